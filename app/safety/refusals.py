"""What this room refuses, besides what every room does."""

from app.web.problems import Refusal


class SignalUnreadable(Refusal):
    """What is stored of a signal does not open."""

    status = 500
    code = "signal_unreadable"
    title = "What is stored of a signal here does not open"

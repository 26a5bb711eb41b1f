"""What this room refuses, besides what every room does."""

from app.web.problems import Refusal

BEARER = {"WWW-Authenticate": "Bearer"}


class CredentialsRefused(Refusal):
    """Unknown address, wrong password or locked account: all the same."""

    status = 401
    code = "credentials_refused"
    title = "These credentials do not fit"

    def __init__(self) -> None:
        """Nothing more is told."""
        super().__init__(headers=BEARER)


class RefreshRefused(Refusal):
    """A refresh token that is malformed, unknown, spent, expired or revoked: all the same."""

    status = 401
    code = "refresh_refused"
    title = "This refresh token does not serve; sign in again"

    def __init__(self) -> None:
        """Nothing more is told."""
        super().__init__(headers=BEARER)


class CodeRefused(Refusal):
    """A mailed code that is wrong, used, expired, out of tries or not the newest: all the same."""

    status = 422
    code = "code_refused"
    title = "This code does not serve; ask for a new one"


class DeviceLimitReached(Refusal):
    """As many devices are signed in as an account may have."""

    status = 409
    code = "device_limit_reached"
    title = "Too many devices are signed in"

    def __init__(self) -> None:
        """Say what helps."""
        super().__init__("Sign one out, or sign in with `replace_oldest`.")


class BusyHashing(Refusal):
    """Too many passwords wait to be hashed."""

    status = 429
    code = "busy_hashing"
    title = "Too many sign-ins at once"

    def __init__(self) -> None:
        """A hash takes a fraction of a second: the queue is empty after two."""
        super().__init__(headers={"Retry-After": "2"})

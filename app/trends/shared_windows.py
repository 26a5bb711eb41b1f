"""The dates that a share tells of: those of its scope over which the operations would answer."""

from collections.abc import Iterable
from datetime import date, timedelta

from app.journal.kinds import Headline, SessionHeadline
from app.journal.scope import Scope
from app.trends.parameters import Today
from app.trends.questions import events
from app.trends.series import APPOINTMENTS
from app.trends.window import Window

LONGEST_DAYS = 731
FURTHEST_EVENT = timedelta(days=events(notes=True).rule.days_ahead)


def shared_window(headlines: Iterable[Headline], scope: Scope, today: date, zone: str) -> Window:
    """The dates of the trends: nobody can have logged a day that is still to come.

    They end with the scope (an open one: today), or where trends do that nobody gave an end: today
    in `zone`, or the next date if one of `headlines`, those of the scope, already has it. Of a
    scope that begins later they are its first date alone.
    """
    latest = max((each.local_date for each in headlines if _is_logged(each)), default=None)
    newest = Today(today, zone, latest).default_last
    last = min(scope.last or today, newest)
    first = max(scope.first or date.min, last - timedelta(days=LONGEST_DAYS - 1))
    return Window(first, max(first, last), zone)


def timeline_window(window: Window, scope: Scope, today: date) -> Window:
    """The dates of the timeline: on to the end of the scope, for appointments."""
    last = min(scope.last or window.last, today + FURTHEST_EVENT)
    return Window(window.first, max(last, window.last), window.time_zone)


def _is_logged(headline: Headline) -> bool:
    return not (isinstance(headline, SessionHeadline) and headline.status in APPOINTMENTS)

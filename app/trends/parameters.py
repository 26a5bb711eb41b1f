"""Which window a question is about: defaults, limits, and the faults of what was asked."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from app.faults import Fault
from app.trends.window import Window
from app.web.problems import InvalidRequest

FIRST_DATE = date(1900, 1, 1)
"""No entry is older."""

MESSAGES = {
    "out_of_range": "This date lies outside its range.",
    "range_reversed": "The range ends before it begins.",
    "window_too_long": "The range is longer than this operation answers.",
    "in_future": "The range ends too far in the future.",
}


@dataclass(frozen=True, slots=True)
class WindowRule:
    """Days, both ends included; `days_ahead` is how far after today a window may end."""

    default_days: int
    longest_days: int = 731
    days_ahead: int = 1


@dataclass(frozen=True, slots=True)
class Today:
    """The date it is in the profile's zone, and the latest one that an entry already has."""

    day: date
    time_zone: str
    latest: date | None = None

    @classmethod
    def at(cls, now: datetime, time_zone: str, latest: date | None) -> "Today":
        """`now` is aware; raises ZoneInfoNotFoundError for a name that is no zone."""
        return cls(now.astimezone(ZoneInfo(time_zone)).date(), time_zone, latest)

    @property
    def default_last(self) -> date:
        """Today, or the next date if an entry already has it: some clocks are ahead."""
        tomorrow = self.day + timedelta(days=1)
        return tomorrow if self.latest is not None and self.latest >= tomorrow else self.day


def resolve_window(rule: WindowRule, today: Today, first: date | None, last: date | None) -> Window:
    """The window asked for, with defaults filled in. Raises InvalidRequest."""
    end = last or today.default_last
    faults = _end_faults(rule, today, end)
    if first is not None:
        faults += _start_faults(rule, first, end)
    if faults:
        raise InvalidRequest(faults=faults)
    start = first or max(end - timedelta(days=rule.default_days - 1), FIRST_DATE)
    return Window(start, end, today.time_zone)


def check_inside(window: Window, day: date | None, parameter: str) -> None:
    """Raises InvalidRequest (`out_of_range`) for a date outside the window."""
    if day is not None and day not in window:
        raise InvalidRequest(faults=[_fault("out_of_range", parameter)])


def _end_faults(rule: WindowRule, today: Today, end: date) -> list[Fault]:
    if end - today.day > timedelta(days=rule.days_ahead):
        return [_fault("in_future", "to")]
    return [_fault("out_of_range", "to")] if end < FIRST_DATE else []


def _start_faults(rule: WindowRule, start: date, end: date) -> list[Fault]:
    if start > end:
        return [_fault("range_reversed", "from")]
    if start < FIRST_DATE:
        return [_fault("out_of_range", "from")]
    too_long = (end - start).days >= rule.longest_days
    return [_fault("window_too_long", "from")] if too_long else []


def _fault(code: str, parameter: str) -> Fault:
    return Fault(code, MESSAGES[code], parameter=parameter)

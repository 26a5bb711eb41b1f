"""From headlines to day series: which dates are observed, and with what value."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import cast

from app.journal.kinds import AssessmentHeadline, FlashbackHeadline, Headline, SessionHeadline
from app.trends.metrics import METRICS, DayValue, Metric
from app.trends.window import Window

CORE_KINDS = ("mood", "anxiety", "flashback", "dissociation")
DOSED_STATUSES = frozenset({"in_progress", "completed"})

DaysOfEntries = Mapping[int, Sequence[Headline]]


class DaySeries:
    """The observed days of one metric, by ordinal."""

    def __init__(self, metric: Metric, days: Mapping[int, DayValue]) -> None:
        """`days` need not be in order."""
        self.metric = metric
        self.days = days
        self._order = sorted(days)
        self.values = {day: days[day].value for day in self._order}

    def inside(self, first: int, last: int | None) -> tuple[list[int], list[float]]:
        """Observed days of `first` … `last` (None: to the end), ascending, and their values."""
        order = self._order
        end = len(order) if last is None else bisect_right(order, last)
        days = order[bisect_left(order, first) : end]
        return days, [self.values[day] for day in days]


class JournalDays:
    """Headlines in any order, laid out by kind and local date."""

    def __init__(self, headlines: Iterable[Headline]) -> None:
        """Reads nothing but what is passed."""
        kinds: dict[str, dict[int, list[Headline]]] = defaultdict(lambda: defaultdict(list))
        for headline in headlines:
            kinds[headline.kind][headline.local_date.toordinal()].append(headline)
        self._kinds = kinds

    def of_kind(self, kind: str) -> DaysOfEntries:
        """The entries of a kind by day; a day stands here only if it has one."""
        return self._kinds.get(kind, {})

    def series(self, metric: Metric) -> DaySeries:
        """The day series of a metric, over all that was passed."""
        rule = METRICS[metric]
        read, days = rule.read, {}
        for day, entries in self.of_kind(rule.kind).items():
            if (value := read(entries)) is not None:
                days[day] = value
        return DaySeries(metric, days)

    def journal_days(self, window: Window) -> list[int]:
        """Dates of the window with an entry of a core kind, ascending."""
        days = {day for kind in CORE_KINDS for day in self.of_kind(kind)}
        return sorted(day for day in days if window.first_day <= day <= window.last_day)

    def entries(self, kind: str, window: Window | None = None) -> list[Headline]:
        """The entries of a kind in order of instant, ties by written time and id."""
        found = [
            entry
            for entries in self.of_kind(kind).values()
            for entry in entries
            if window is None or entry.local_date in window
        ]
        return sorted(found, key=in_time)

    def flashbacks(self, window: Window) -> list[FlashbackHeadline]:
        """The flashback entries of the window."""
        return cast("list[FlashbackHeadline]", self.entries("flashback", window))

    def assessments(self) -> list[AssessmentHeadline]:
        """All assessments."""
        return cast("list[AssessmentHeadline]", self.entries("assessment"))

    def sessions(self) -> list[SessionHeadline]:
        """All sessions, of any status."""
        return cast("list[SessionHeadline]", self.entries("session"))

    def dosed_sessions(self) -> list[SessionHeadline]:
        """The sessions that divide time, by date and then instant; two may share a date."""
        dosed = [session for session in self.sessions() if session.status in DOSED_STATUSES]
        return sorted(dosed, key=lambda session: session.local_date)

    def mixes_reports(self, window: Window) -> bool:
        """Whether episodes and daily counts of flashbacks both stand in the window."""
        return {"episode", "daily_count"} <= {entry.report for entry in self.flashbacks(window)}


def in_time(headline: Headline) -> tuple[object, str, str]:
    """The order of entries: instant, then the time as written, then id."""
    return headline.instant, headline.occurred_at, headline.id


def day_of(headline: Headline) -> int:
    """The ordinal of an entry's local date."""
    return headline.local_date.toordinal()


def date_of(day: int) -> date:
    """The date of an ordinal."""
    return date.fromordinal(day)

"""From headlines to day series: which dates are observed, and with what value."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import cast

from app.journal.kinds import AssessmentHeadline, FlashbackHeadline, Headline, SessionHeadline
from app.trends.day_columns import DayColumns
from app.trends.day_tables import NO_TABLES, DayTables, LoggedDates, table_text
from app.trends.metrics import METRICS, Metric
from app.trends.window import Window

CORE_KINDS = ("mood", "anxiety", "flashback", "dissociation")
DOSED_STATUSES = frozenset({"in_progress", "completed"})
APPOINTMENTS = ("planned", "cancelled")
"""Statuses of sessions that may lie ahead: nothing was logged yet on their dates."""

MIXED_REPORTS = ("episode", "daily_count")
"""Two ways to report flashbacks that do not count alike."""

DaysOfEntries = Mapping[int, Sequence[Headline]]
DaysOfFlashbacks = Mapping[int, Sequence[FlashbackHeadline]]


class DaySeries:
    """The observed days of one metric, by ordinal."""

    def __init__(self, metric: Metric, columns: DayColumns) -> None:
        """`columns` hold its observed days, and no others."""
        self.metric = metric
        self.columns = columns

    @cached_property
    def values(self) -> dict[int, float]:
        """The value of each observed day, ascending."""
        return dict(zip(self.columns.days, self.columns.values, strict=True))

    def inside(self, first: int, last: int | None) -> tuple[list[int], list[float]]:
        """Observed days of `first` … `last` (None: to the end), ascending, and their values."""
        seen = self.columns.between(first, last)
        return seen.days, seen.values


class JournalDays:
    """A journal laid out by local date: headlines in any order, and tables of other months."""

    def __init__(self, headlines: Iterable[Headline], tables: DayTables = NO_TABLES) -> None:
        """Reads nothing but what is passed.

        With `tables` there are no headlines of their months: only what is said of days is whole.
        """
        self.headlines: Sequence[Headline] = list(headlines)
        self._tables = tables
        self._series: dict[Metric, DaySeries] = {}
        kinds: dict[str, dict[int, list[Headline]]] = defaultdict(lambda: defaultdict(list))
        for headline in self.headlines:
            kinds[headline.kind][headline.local_date.toordinal()].append(headline)
        self._kinds = kinds

    def series(self, metric: Metric) -> DaySeries:
        """The day series of a metric, over all that was passed."""
        known = self._series.get(metric)
        if known is None:
            rule = METRICS[metric]
            told = ((day, rule.read(entries)) for day, entries in self.of_kind(rule.kind).items())
            own = DayColumns.of({day: value for day, value in told if value is not None})
            columns = DayColumns.joined([self._tables.columns(metric), own])
            known = self._series[metric] = DaySeries(metric, columns)
        return known

    def dates(self, kind: str) -> set[int]:
        """The days with an entry of a kind."""
        return self._tables.dates(kind) | self.of_kind(kind).keys()

    def journal_days(self, window: Window) -> list[int]:
        """Dates of the window with an entry of a core kind, ascending."""
        days = {day for kind in CORE_KINDS for day in self.dates(kind)}
        return sorted(day for day in days if window.first_day <= day <= window.last_day)

    def dosed_sessions(self) -> list[SessionHeadline]:
        """The sessions that divide time, by date and then instant; two may share a date."""
        dosed = [session for session in self.sessions() if session.status in DOSED_STATUSES]
        return sorted([*dosed, *self._tables.sessions()], key=lambda session: session.local_date)

    def mixes_reports(self, window: Window) -> bool:
        """Whether episodes and daily counts of flashbacks both stand in the window."""
        return all(
            any(window.first_day <= day <= window.last_day for day in self._reports(report))
            for report in MIXED_REPORTS
        )

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

    def table(self) -> bytes:
        """The day table of what was passed, the headlines of a month."""
        return table_text(
            {metric: self.series(metric).columns for metric in METRICS},
            self.dosed_sessions(),
            LoggedDates(
                {kind: sorted(self.dates(kind)) for kind in sorted(self._kinds)},
                {report: sorted(self._reports(report)) for report in MIXED_REPORTS},
            ),
        )

    def of_kind(self, kind: str) -> DaysOfEntries:
        """The entries of a kind by day; a day stands here only if it has one."""
        return self._kinds.get(kind, {})

    def _reports(self, report: str) -> set[int]:
        """The days with a flashback entry that is this report."""
        flashbacks = cast("DaysOfFlashbacks", self.of_kind("flashback"))
        told = {day for day, each in flashbacks.items() if any(f.report == report for f in each)}
        return told | self._tables.reports(report)


def in_time(headline: Headline) -> tuple[object, str, str]:
    """The order of entries: instant, then the time as written, then id."""
    return headline.instant, headline.occurred_at, headline.id


def day_of(headline: Headline) -> int:
    """The ordinal of an entry's local date."""
    return headline.local_date.toordinal()


def date_of(day: int) -> date:
    """The date of an ordinal."""
    return date.fromordinal(day)

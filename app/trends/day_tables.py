"""What the days of a month amount to, in one small text that most answers need no more than.

It is a table of all metrics, one line each, which is read only when somebody asks for that metric;
then the dosed sessions, and which dates have entries of what. The journal keeps it, sealed.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import TypeVar

from msgspec import MsgspecError, Struct, json

from app.journal.kinds import SessionHeadline
from app.trends.day_columns import DayColumns
from app.trends.metrics import METRICS, Metric
from app.vault import SealBroken

METRIC_LINES = tuple(METRICS)
LINES = len(METRIC_LINES) + 2
COLUMNS = json.Decoder(DayColumns)
SESSIONS = json.Decoder(list[SessionHeadline])

Part = TypeVar("Part")


class LoggedDates(Struct, array_like=True, frozen=True, gc=False):
    """Ordinals of the dates with an entry of a kind, and with a report of flashbacks, ascending."""

    kinds: dict[str, list[int]]
    reports: dict[str, list[int]]


LOGGED = json.Decoder(LoggedDates)


def table_text(
    series: Mapping[Metric, DayColumns],
    sessions: Sequence[SessionHeadline],
    logged: LoggedDates,
) -> bytes:
    """The text of a month; the same to the byte for the same entries."""
    columns = [series[metric] for metric in METRIC_LINES]
    return b"\n".join(json.encode(part) for part in (*columns, sessions, logged))


class DayTables:
    """The tables of several months, and the ordinals `first` … `last` that are looked at."""

    def __init__(self, texts: Iterable[bytes], first: int, last: int) -> None:
        """Texts as `table_text` gives them. Raises SealBroken for one with other lines."""
        self._months = [text.split(b"\n") for text in texts]
        self._first, self._last = first, last
        if any(len(lines) != LINES for lines in self._months):
            raise SealBroken("a sealed day table holds no table")

    def columns(self, metric: Metric) -> DayColumns:
        """The observed days of a metric. Raises SealBroken."""
        months = self._read(COLUMNS, METRIC_LINES.index(metric))
        if not all(month.is_even for month in months):
            raise SealBroken("a sealed day table is ragged")
        return DayColumns.joined(months).between(self._first, self._last)

    def sessions(self) -> list[SessionHeadline]:
        """The dosed sessions. Raises SealBroken."""
        found = [each for month in self._read(SESSIONS, LINES - 2) for each in month]
        return [each for each in found if self._first <= each.local_date.toordinal() <= self._last]

    def dates(self, kind: str) -> set[int]:
        """The days with an entry of a kind. Raises SealBroken."""
        return self._dates(month.kinds.get(kind, ()) for month in self._logged)

    def reports(self, report: str) -> set[int]:
        """The days with a flashback entry that is this report. Raises SealBroken."""
        return self._dates(month.reports.get(report, ()) for month in self._logged)

    @cached_property
    def _logged(self) -> list[LoggedDates]:
        return self._read(LOGGED, LINES - 1)

    def _dates(self, months: Iterable[Sequence[int]]) -> set[int]:
        return {day for days in months for day in days if self._first <= day <= self._last}

    def _read(self, decoder: "json.Decoder[Part]", line: int) -> list[Part]:
        try:
            return [decoder.decode(lines[line]) for lines in self._months]
        except MsgspecError:
            raise SealBroken("a sealed day table holds no days") from None


NO_TABLES = DayTables((), 1, 0)

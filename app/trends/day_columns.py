"""What the days of a metric amount to, column by column: a year is read, cut and joined at once."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from itertools import chain, pairwise

from msgspec import Struct

from app.trends.metrics import DayValue


class DayColumns(Struct, array_like=True, frozen=True, gc=False):
    """The observed days, ascending, and beside each of them what its entries say.

    A value with the number of entries behind it and their range, as in DayValue.
    """

    days: list[int]
    values: list[float]
    counts: list[int]
    lows: list[float]
    highs: list[float]

    @classmethod
    def of(cls, days: Mapping[int, DayValue]) -> "DayColumns":
        """From what was read of each day, in any order."""
        order = sorted(days)
        rows = [days[day] for day in order]
        return cls(
            order,
            [float(row.value) for row in rows],
            [row.n for row in rows],
            [float(row.low) for row in rows],
            [float(row.high) for row in rows],
        )

    @classmethod
    def joined(cls, parts: "Iterable[DayColumns]") -> "DayColumns":
        """Of different days, in any order: mostly months that follow one another."""
        some = sorted((part for part in parts if part.days), key=lambda part: part.days[0])
        if len(some) == 1:
            return some[0]
        columns = [
            [*chain.from_iterable(column)] for column in zip(*map(_columns, some), strict=True)
        ]
        if any(one.days[-1] > other.days[0] for one, other in pairwise(some)):
            columns = [
                [*column] for column in zip(*sorted(zip(*columns, strict=True)), strict=True)
            ]
        return cls(*columns) if columns else NO_DAYS

    def between(self, first: int, last: int | None = None) -> "DayColumns":
        """The days from `first` to `last`, None for no end."""
        days = self.days
        start = bisect_left(days, first)
        end = len(days) if last is None else bisect_right(days, last)
        if not start and end == len(days):
            return self
        part = slice(start, end)
        return DayColumns(
            days[part], self.values[part], self.counts[part], self.lows[part], self.highs[part]
        )

    @property
    def is_even(self) -> bool:
        """Whether all columns are as long as the days."""
        return {len(column) for column in _columns(self)} == {len(self.days)}


NO_DAYS = DayColumns([], [], [], [], [])
Column = list[int] | list[float]


def _columns(part: DayColumns) -> tuple[Column, Column, Column, Column, Column]:
    return part.days, part.values, part.counts, part.lows, part.highs

"""Days laid over each other around the sessions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.trends.statistics.central import linear_quantile, median

MINIMUM_FOR_QUARTILES = 4


@dataclass(frozen=True, slots=True)
class AlignedOffset:
    """One offset in days from the sessions; quartiles from four sessions."""

    offset: int
    n_sessions: int
    median: float | None = None
    q1: float | None = None
    q3: float | None = None


Line = Sequence[tuple[int, float]]
"""Offsets and values around one session, ascending."""


@dataclass(frozen=True, slots=True)
class Neighbours:
    """A dosed day with the dosed days around it."""

    day: int
    previous: int | None
    following: int | None

    @property
    def next_offset(self) -> int | None:
        """Days until the next dosed day."""
        return None if self.following is None else self.following - self.day

    @property
    def days_since_previous(self) -> int | None:
        """Days since the dosed day before."""
        return None if self.previous is None else self.day - self.previous

    def next_within(self, days: int) -> bool:
        """Whether the next dosed day comes within so many days."""
        return self.next_offset is not None and self.next_offset <= days

    def previous_within(self, days: int) -> bool:
        """Whether the dosed day before lies within so many days."""
        return self.days_since_previous is not None and self.days_since_previous <= days


def aligned_line(session: Neighbours, days: Mapping[int, float], before: int, after: int) -> Line:
    """The observed values at −`before` … +`after`, strictly between the neighbouring sessions.

    Offset 0 is the value of the whole day; a day between two sessions may serve both.
    """
    first, last = session.day - before, session.day + after
    if session.previous is not None:
        first = max(first, session.previous + 1)
    if session.following is not None:
        last = min(last, session.following - 1)
    return [(day - session.day, days[day]) for day in range(first, last + 1) if day in days]


def aligned_curve(lines: Sequence[Line], before: int, after: int) -> list[AlignedOffset]:
    """Median, and quartiles from four sessions, for every offset −`before` … +`after`.

    Superposed epochs (Chree 1913), with medians; quartiles as `numpy.quantile` gives them.
    """
    values: dict[int, list[float]] = {offset: [] for offset in range(-before, after + 1)}
    for line in lines:
        for offset, value in line:
            values[offset].append(value)
    return [_aligned(offset, seen) for offset, seen in values.items()]


def days_beside(lines: Sequence[Line]) -> list[tuple[float, float]]:
    """The values at −1 and +1 of each session that has both."""
    told = (dict(line) for line in lines)
    return [(values[-1], values[1]) for values in told if -1 in values and 1 in values]


def _aligned(offset: int, seen: list[float]) -> AlignedOffset:
    if not seen:
        return AlignedOffset(offset, 0)
    if len(seen) < MINIMUM_FOR_QUARTILES:
        return AlignedOffset(offset, len(seen), median(seen))
    quartiles = linear_quantile(seen, 0.25), linear_quantile(seen, 0.75)
    return AlignedOffset(offset, len(seen), median(seen), *quartiles)

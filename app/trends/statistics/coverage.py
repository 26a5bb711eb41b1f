"""How many days were logged, the longest gap and the runs of days."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import sub


@dataclass(frozen=True, slots=True)
class Coverage:
    """All in calendar days of the window, both ends included."""

    observed_days: int
    window_days: int
    longest_gap_days: int
    longest_streak_days: int
    current_streak_days: int

    @property
    def coverage(self) -> float:
        """Observed days as a share of the window, 0 to 1."""
        return self.observed_days / self.window_days


def coverage(days: Iterable[int], first: int, last: int) -> Coverage:
    """Count `days` inside `first` … `last`; a day given twice counts once.

    Gaps count unobserved days, edges included. The current streak ends at the last day or the day
    before, since today may still be empty; else it is 0. Plain counts, from no day at all: a rule
    of this journal.
    """
    observed = sorted({day for day in days if first <= day <= last})
    edges = [first - 1, *observed, last + 1]
    streaks = _streaks(observed)
    alive = bool(observed) and observed[-1] >= last - 1
    return Coverage(
        observed_days=len(observed),
        window_days=last - first + 1,
        longest_gap_days=longest_gap(edges),
        longest_streak_days=max(streaks, default=0),
        current_streak_days=streaks[-1] if alive else 0,
    )


def longest_gap(days: Sequence[int]) -> int:
    """The most unobserved days in a row between ascending days; 0 for fewer than two."""
    return max(map(sub, days[1:], days), default=1) - 1


def _streaks(observed: list[int]) -> list[int]:
    """Lengths of the runs of adjacent days, in order."""
    streaks: list[int] = []
    for position, day in enumerate(observed):
        if position and day - observed[position - 1] == 1:
            streaks[-1] += 1
        else:
            streaks.append(1)
    return streaks

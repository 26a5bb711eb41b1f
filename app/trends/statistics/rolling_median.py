"""The median of the last seven calendar days, today included."""

from bisect import bisect_left, insort
from collections.abc import Mapping

from app.trends.statistics.central import median_of_ordered

ROLLING_DAYS = 7
MINIMUM_DAYS = 3


def rolling_medians(
    days: Mapping[int, float], first: int, last: int
) -> list[tuple[int, float | None]]:
    """For each day of `first` … `last`: observed days in d−6 … d, and their median from three.

    `days` maps observed days to values and may begin before `first`. Running medians (Tukey 1977)
    over calendar days: what was not logged counts neither as 0 nor as the day before.
    """
    value_of = days.get
    start = range(first - ROLLING_DAYS + 1, first)
    seen = sorted(value for day in start if (value := value_of(day)) is not None)
    found: list[tuple[int, float | None]] = []
    for day in range(first, last + 1):
        if (value := value_of(day)) is not None:
            insort(seen, value)
        known = len(seen)
        found.append((known, median_of_ordered(seen) if known >= MINIMUM_DAYS else None))
        if (gone := value_of(day - ROLLING_DAYS + 1)) is not None:
            del seen[bisect_left(seen, gone)]
    return found

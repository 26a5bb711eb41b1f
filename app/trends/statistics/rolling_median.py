"""The median of the last seven calendar days, today included."""

from bisect import bisect_left, insort
from collections.abc import Iterator, Mapping

from app.trends.statistics.central import median_of_ordered

ROLLING_DAYS = 7
MINIMUM_DAYS = 3


def rolling_medians(
    days: Mapping[int, float], first: int, last: int
) -> Iterator[tuple[int, float | None]]:
    """For each day of `first` … `last`: observed days in d−6 … d, and their median from three.

    `days` maps observed days to values and may begin before `first`. Running medians (Tukey 1977)
    over calendar days: what was not logged counts neither as 0 nor as the day before.
    """
    seen: list[float] = []  # ascending
    for day in range(first - ROLLING_DAYS + 1, last + 1):
        if (value := days.get(day)) is not None:
            insort(seen, value)
        if day >= first:
            yield len(seen), median_of_ordered(seen) if len(seen) >= MINIMUM_DAYS else None
        if (gone := days.get(day - ROLLING_DAYS + 1)) is not None and day >= first:
            del seen[bisect_left(seen, gone)]

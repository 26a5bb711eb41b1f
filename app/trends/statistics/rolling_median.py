"""The median of the last seven calendar days, today included."""

from bisect import bisect_left, insort
from collections.abc import Mapping
from typing import NamedTuple

ROLLING_DAYS = 7
MINIMUM_DAYS = 3


class RollingMedians(NamedTuple):
    """Day by day, how many of the seven days that end there are observed, and their median."""

    counts: list[int]
    medians: list[float | None]
    """None below three."""


def rolling_medians(days: Mapping[int, float], first: int, last: int) -> RollingMedians:
    """For each day d of `first` … `last`: observed days in d−6 … d, and their median from three.

    `days` maps observed days to values and may begin before `first`. Running medians (Tukey 1977)
    over calendar days: what was not logged counts neither as 0 nor as the day before.
    """
    value_of = days.get
    at = [value_of(day) for day in range(first - ROLLING_DAYS + 1, last + 1)]
    seen = sorted([value for value in at[: ROLLING_DAYS - 1] if value is not None])
    counts: list[int] = []
    medians: list[float | None] = []
    for comes, goes in zip(at[ROLLING_DAYS - 1 :], at, strict=False):  # the older ones go
        if comes is not None:
            insort(seen, comes)
        known = len(seen)
        counts.append(known)
        if known < MINIMUM_DAYS:
            medians.append(None)
        elif known % 2:  # the median is written out: to call it takes as long as all the rest
            medians.append(seen[known // 2])
        else:
            medians.append((seen[known // 2 - 1] + seen[known // 2]) / 2)
        if goes is not None:
            del seen[bisect_left(seen, goes)]
    return RollingMedians(counts, medians)

"""The median of the last seven calendar days, today included."""

from collections.abc import Iterator, Mapping

from app.trends.statistics.central import median

ROLLING_DAYS = 7
MINIMUM_DAYS = 3


def rolling_medians(
    days: Mapping[int, float], first: int, last: int
) -> Iterator[tuple[int, float | None]]:
    """For each day of `first` … `last`: observed days in d−6 … d, and their median from three.

    `days` maps observed days to values and may begin before `first`.
    """
    told = [days.get(day) for day in range(first - ROLLING_DAYS + 1, last + 1)]
    for start in range(last - first + 1):
        seen = [value for value in told[start : start + ROLLING_DAYS] if value is not None]
        yield len(seen), median(seen) if len(seen) >= MINIMUM_DAYS else None

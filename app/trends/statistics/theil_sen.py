"""Theil–Sen: the median of all pairwise slopes, with an interval from order statistics."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import sqrt
from typing import TYPE_CHECKING

from app.trends.statistics.central import median
from app.trends.statistics.kendall import tie_corrected_variance
from app.trends.statistics.normal import TWO_SIDED_95

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MINIMUM_DAYS = 7
MINIMUM_SPAN_DAYS = 9
LONGEST_WINDOW = 731
"""Slopes are asked over no more days; longer series get pairs of their own."""


@dataclass(frozen=True, slots=True)
class TrendLine:
    """`slope`, `low` and `high` in units a day; `intercept` is the value on the first day.

    `kendall_s` and `kendall_variance` fall out of the same pairs and serve Mann–Kendall.
    """

    slope: float
    intercept: float
    low: float
    high: float
    kendall_s: int
    kendall_variance: float


def enough_for_line(days: Sequence[int]) -> bool:
    """Seven observed days that span at least ten calendar days."""
    return len(days) >= MINIMUM_DAYS and days[-1] - days[0] >= MINIMUM_SPAN_DAYS


def trend_line(days: Sequence[int], values: Sequence[float]) -> TrendLine:
    """The line through at least two different ascending days.

    Slope = median of all pairwise slopes, intercept = median(y) − slope × median(x) with x = days
    since the first; 95 % interval by equation 2.6 of Sen with tie-corrected variance (Theil 1950;
    Sen 1968). Equal to `scipy.stats.theilslopes(y, x, alpha=0.95, method="separate")`.
    """
    import numpy as np  # noqa: PLC0415  # loaded by the first slope, not at start-up

    x = np.asarray(days, dtype=float) - days[0]
    y = np.asarray(values, dtype=float)
    earlier, later = _pairs(len(x))
    slopes = y[later]
    slopes -= y[earlier]
    slopes /= x[later] - x[earlier]
    slopes.sort()
    variance = tie_corrected_variance(values)
    low, high = _interval_ranks(slopes.size, variance)
    slope = float(slopes[(slopes.size - 1) // 2] + slopes[slopes.size // 2]) / 2
    falling, not_rising = np.searchsorted(slopes, 0.0), np.searchsorted(slopes, 0.0, "right")
    return TrendLine(
        slope=slope,
        intercept=median(values) - slope * (median(days) - days[0]),
        low=float(slopes[low]),
        high=float(slopes[high]),
        kendall_s=int(slopes.size - not_rising - falling),
        kendall_variance=variance,
    )


def _pairs(size: int) -> tuple["NDArray[np.intp]", "NDArray[np.intp]"]:
    """The earlier and the later place of each pair of `size` days."""
    known = _all_pairs(max(size, LONGEST_WINDOW))
    number = size * (size - 1) // 2
    return known[1][:number], known[0][:number]


@lru_cache(maxsize=1)
def _all_pairs(size: int) -> tuple["NDArray[np.intp]", "NDArray[np.intp]"]:
    """The later place ascends, so the pairs of fewer days stand in front.

    They are the same for every line, so they are made once: 4 MiB.
    """
    import numpy as np  # noqa: PLC0415  # as above

    return np.tril_indices(size, -1)


def _interval_ranks(pairs: int, variance: float) -> tuple[int, int]:
    """Positions, from 0, of the interval's ends among the ascending slopes."""
    spread = TWO_SIDED_95 * sqrt(variance)
    return max(round((pairs - spread) / 2) - 1, 0), min(round((pairs + spread) / 2), pairs - 1)

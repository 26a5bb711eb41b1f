"""Kendall's S of a sequence, and its variance under ties."""

from collections import Counter
from collections.abc import Sequence
from math import sqrt


def kendall_s(values: Sequence[float]) -> int:
    """Σ sign(y_j − y_i) over i < j, the values in order of time (Kendall 1938)."""
    total = 0
    for position, earlier in enumerate(values):
        for later in values[position + 1 :]:
            total += (later > earlier) - (later < earlier)
    return total


def tie_corrected_variance(values: Sequence[float]) -> float:
    """[n(n−1)(2n+5) − Σ t(t−1)(2t+5)] / 18 over groups of t equal values (Kendall 1975)."""
    sizes = (len(values), *(-size for size in Counter(values).values()))
    return sum(_weight(abs(size)) * (1 if size > 0 else -1) for size in sizes) / 18


def kendall_tau_b(s: int, values: Sequence[float]) -> float | None:
    """S / √(pairs × pairs without ties in value); times are all different.

    Equal to `scipy.stats.kendalltau` of the days and the values. At least two values that are not
    all equal, else None.
    """
    pairs = len(values) * (len(values) - 1) // 2
    tied = sum(size * (size - 1) // 2 for size in Counter(values).values())
    return s / sqrt(pairs * (pairs - tied)) if pairs > tied else None


def _weight(size: int) -> int:
    return size * (size - 1) * (2 * size + 5)

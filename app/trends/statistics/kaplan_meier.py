"""The median duration when some ends were not seen."""

from collections.abc import Sequence
from fractions import Fraction

MINIMUM_DURATIONS = 5
HALF = Fraction(1, 2)


def kaplan_meier_median(ended: Sequence[int], censored: Sequence[int]) -> float | None:
    """The first time with survival ≤ 0.5 (Kaplan and Meier 1958); None if it is never reached.

    `ended` are durations whose end was seen, `censored` those known to be at least so long; one
    censored at the time of an end counts as still going on there. From five of both together.
    Equal to the survival function of `scipy.stats.ecdf` on `CensoredData`.
    """
    if len(ended) + len(censored) < MINIMUM_DURATIONS:
        return None
    survival = Fraction(1)
    for time in sorted(set(ended)):
        at_risk = sum(1 for duration in (*ended, *censored) if duration >= time)
        survival *= 1 - Fraction(ended.count(time), at_risk)
        if survival <= HALF:
            return float(time)
    return None

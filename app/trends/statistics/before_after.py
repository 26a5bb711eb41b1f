"""The days before a session against the days after it."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from app.trends.statistics.central import median
from app.trends.statistics.kendall import kendall_s
from app.trends.statistics.slope_words import ChangeWords

COMPARED_DAYS = 7
MINIMUM_DAYS = 3
MINIMUM_DAYS_FOR_WORDS = 5
DIGITS = 9
"""NAP is a ratio of counts; so many digits keep 1 − 0.1 from falling short of 0.9."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """After against before; `nap`, `tau` and `tau_u` in the better direction, the rest raw.

    `nap_se` is undefined at a NAP of 0 or 1, `hedges_g` without any spread.
    """

    median_pre: float
    median_post: float
    median_difference: float
    hodges_lehmann: float
    nap: float
    tau: float
    tau_u: float
    baseline_s: int
    nap_se: float | None
    mean_difference: float
    hedges_g: float | None


def enough_to_compare(before: Sequence[float], after: Sequence[float]) -> bool:
    """Three days on each side."""
    return min(len(before), len(after)) >= MINIMUM_DAYS


def compare(before: Sequence[float], after: Sequence[float], direction: int) -> Comparison:
    """Compare values in order of date; `direction` is +1 if higher is better, else −1.

    NAP = (better pairs + ½ ties)/(n_pre × n_post), which is U of Mann and Whitney (Parker and
    Vannest 2009); tau-U without correction for the baseline's trend beyond S/(n_pre × n_post)
    (Parker et al. 2011); Hodges and Lehmann 1963. From three values on each side.
    """
    differences = [post - pre for pre in before for post in after]
    pairs = len(differences)
    better = sum(1 for difference in differences if difference * direction > 0)
    nap = (better + differences.count(0) / 2) / pairs
    tau = 2 * nap - 1
    trend = direction * kendall_s(before)
    median_pre, median_post = median(before), median(after)
    mean_difference = sum(after) / len(after) - sum(before) / len(before)
    return Comparison(
        median_pre=median_pre,
        median_post=median_post,
        median_difference=median_post - median_pre,
        hodges_lehmann=median(differences),
        nap=nap,
        tau=tau,
        tau_u=tau - trend / pairs,
        baseline_s=trend,
        nap_se=_nap_standard_error(nap, len(before), len(after)),
        mean_difference=mean_difference,
        hedges_g=_hedges_g(mean_difference, before, after),
    )


def comparison_words(
    comparison: Comparison, n_pre: int, n_post: int, *, points: float, nap: float
) -> ChangeWords:
    """Clear when the medians differ by `points` and NAP lies at or beyond `nap` or 1 − `nap`.

    From five days on each side; a rule of this journal.
    """
    if min(n_pre, n_post) < MINIMUM_DAYS_FOR_WORDS:
        return ChangeWords.NOT_ENOUGH_DAYS
    far = round(max(comparison.nap, 1 - comparison.nap), DIGITS) >= nap
    if not far or abs(comparison.median_difference) < points:
        return ChangeWords.NO_CLEAR_CHANGE
    rises = comparison.median_difference > 0
    return ChangeWords.CLEAR_RISE if rises else ChangeWords.CLEAR_FALL


def _nap_standard_error(nap: float, n_pre: int, n_post: int) -> float | None:
    """√{[N(1−N) + (n_post−1)(Q1−N²) + (n_pre−1)(Q2−N²)]/(n_pre n_post)} (Hanley, McNeil 1982)."""
    if nap in (0, 1):
        return None
    q1, q2 = nap / (2 - nap), 2 * nap**2 / (1 + nap)
    spread = nap * (1 - nap) + (n_post - 1) * (q1 - nap**2) + (n_pre - 1) * (q2 - nap**2)
    return sqrt(spread / (n_pre * n_post))


def _hedges_g(
    mean_difference: float, before: Sequence[float], after: Sequence[float]
) -> float | None:
    """Difference of means / pooled SD × (1 − 3/(4 df − 1)) (Hedges 1981)."""
    freedom = len(before) + len(after) - 2
    squares = _sum_of_squares(before) + _sum_of_squares(after)
    if not squares:
        return None
    return mean_difference / sqrt(squares / freedom) * (1 - 3 / (4 * freedom - 1))


def _sum_of_squares(values: Sequence[float]) -> float:
    if len(set(values)) == 1:
        return 0.0
    mean = sum(values) / len(values)
    return sum((value - mean) ** 2 for value in values)

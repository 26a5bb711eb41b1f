"""Flashbacks after a date against before it."""

from dataclasses import dataclass

from app.trends.statistics.quantiles import beta_quantile, binomial_masses

MINIMUM_DAYS = 7
ROUNDING = 1e-7
"""Outcomes whose probabilities differ by less than this share count as equally likely."""


@dataclass(frozen=True, slots=True)
class RateRatio:
    """After / before with its exact 95 % interval and the p of an exact binomial test."""

    ratio: float
    low: float
    high: float
    p: float


@dataclass(frozen=True, slots=True)
class Exposure:
    """Flashbacks counted over so many observed days."""

    count: int
    observed_days: int


def rate_ratio(before: Exposure, after: Exposure) -> RateRatio:
    """The ratio of two Poisson rates; at least one event before, and an observed day on each side.

    Conditional on the sum, the count after is binomial: the Clopper–Pearson limits of k2 in
    k1 + k2 are turned by q/(1−q) × t1/t2, p is that of k2 in k1 + k2 at t2/(t1 + t2) (Przyborowski
    and Wilenski 1940). Equal to `scipy.stats.binomtest` with the exact interval.
    """
    k1, k2, t1, t2 = before.count, after.count, before.observed_days, after.observed_days
    low = beta_quantile(0.025, k2, k1 + 1) if k2 else 0.0
    high = beta_quantile(0.975, k2 + 1, k1)
    return RateRatio(
        ratio=k2 / t2 / (k1 / t1),
        low=low / (1 - low) * t1 / t2,
        high=high / (1 - high) * t1 / t2,
        p=_binomial_p(k2, k1 + k2, t2 / (t1 + t2)),
    )


def _binomial_p(successes: int, trials: int, share: float) -> float:
    """The probability of all outcomes that are no more likely than the observed one."""
    masses = binomial_masses(trials, share)
    limit = masses[successes] * (1 + ROUNDING)
    return min(1.0, sum(mass for mass in masses if mass <= limit))

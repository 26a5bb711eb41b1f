"""Flashbacks a week, with an interval that fits how they scatter."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import exp, sqrt

from app.trends.statistics.quantiles import chi_square_quantile

MINIMUM_DAYS = 7
WEEK = 7
NORMAL_95 = 1.959964


class RateInterval(StrEnum):
    """How the interval was made."""

    GARWOOD = "garwood"
    QUASI_POISSON = "quasi_poisson"


@dataclass(frozen=True, slots=True)
class FlashbackRate:
    """Rate and 95 % interval in flashbacks a week; the dispersion is absent when none occurred."""

    rate_per_week: float
    interval: RateInterval
    low: float
    high: float
    dispersion_index: float | None


def flashback_rate(daily_counts: Sequence[int]) -> FlashbackRate | None:
    """The rate over the observed days; None below seven.

    Rate = 7k/t. Garwood's exact interval (1936) unless the dispersion index, variance (ddof 1) over
    mean, exceeds 1: then the quasi-Poisson interval rate × exp(∓1.959964 √(D/k)) (Wedderburn 1974).
    """
    if len(daily_counts) < MINIMUM_DAYS:
        return None
    count, days = sum(daily_counts), len(daily_counts)
    dispersion = _dispersion_index(daily_counts)
    if dispersion is None or dispersion <= 1:
        low, high = garwood_interval(count, days)
        return FlashbackRate(weekly(count, days), RateInterval.GARWOOD, low, high, dispersion)
    rate, factor = weekly(count, days), exp(NORMAL_95 * sqrt(dispersion / count))
    interval = RateInterval.QUASI_POISSON
    return FlashbackRate(rate, interval, rate / factor, rate * factor, dispersion)


def weekly(count: int, days: int) -> float:
    """7 × count / days."""
    return WEEK * count / days


def garwood_interval(count: int, days: int) -> tuple[float, float]:
    """7/t × [χ²(.025, 2k)/2, χ²(.975, 2k+2)/2] a week; the lower end is 0 when none occurred."""
    low = chi_square_quantile(0.025, 2 * count) if count else 0.0
    high = chi_square_quantile(0.975, 2 * count + 2)
    return WEEK / days * low / 2, WEEK / days * high / 2


def _dispersion_index(daily_counts: Sequence[int]) -> float | None:
    """(tΣx² − k²)/((t − 1)k), which is variance over mean; absent when none occurred.

    Whole numbers up to one division, so that 1 comes out as 1 and not a hair above it.
    """
    count, days = sum(daily_counts), len(daily_counts)
    if not count:
        return None
    squares = sum(value * value for value in daily_counts)
    return (days * squares - count * count) / ((days - 1) * count)

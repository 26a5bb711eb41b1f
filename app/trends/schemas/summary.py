"""`getTrendSummary`: this week against last, and the direction in words."""

from typing import Annotated

from pydantic import Field

from app.trends.schemas.envelope import (
    MetricDay,
    OfOneMetric,
    SomeDays,
    TrendAnswer,
    TrendStatus,
)
from app.trends.schemas.scalars import Count, Double, Interval, Maybe, Part
from app.trends.statistics.slope_words import ChangeWords

N_METRICS = 7


class SummarySlope(Part):
    """The slope in brief, in units a week."""

    status: TrendStatus
    words: ChangeWords
    slope_per_week: Maybe[Double] = None
    ci95_per_week: Maybe[Interval] = None


class InstabilityNumbers(Part):
    """How much the value moves from day to day; numbers from five pairs of adjacent dates."""

    n_pairs: Count
    rmssd: Maybe[Double] = None
    """Root of the mean squared successive difference."""
    sd: Maybe[Double] = None
    mad: Maybe[Double] = None
    """Median absolute deviation, unscaled."""


class MetricSummary(OfOneMetric):
    """One metric at a glance."""

    n_days: Count
    coverage: Double
    last_7: SomeDays
    previous_7: SomeDays
    difference: Maybe[Double] = None
    """Median of the last seven dates minus that of the seven before."""
    slope: SummarySlope
    instability: InstabilityNumbers
    best_day: Maybe[MetricDay] = None
    worst_day: Maybe[MetricDay] = None
    latest: Maybe[MetricDay] = None


class TrendSummary(TrendAnswer):
    """All seven metrics, in fixed order."""

    metrics: Annotated[list[MetricSummary], Field(min_length=N_METRICS, max_length=N_METRICS)]

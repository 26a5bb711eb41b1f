"""`getSlope`: where a metric goes, with an interval."""

from typing import Annotated

from pydantic import Field

from app.trends.schemas.envelope import OfOneMetric, TrendAnswer
from app.trends.schemas.scalars import Count, Double, Interval, Maybe, Part
from app.trends.statistics.slope_words import ChangeWords

MOST_PAIRS = 2**31 - 1


class SlopeTechnical(Part):
    """Mann–Kendall, for clinicians and reviewers. The app does not show these numbers."""

    s: Annotated[int, Field(ge=-MOST_PAIRS, le=MOST_PAIRS, json_schema_extra={"format": "int32"})]
    var_s: Double
    z: Double
    p: Double
    tau_b: Maybe[Double] = None
    n_adjacent_pairs: Count
    lag1: Maybe[Double] = None
    """Autocorrelation of the residuals over adjacent dates."""
    inflation: Double
    z_adjusted: Double
    p_adjusted: Double
    n_effective: Double


class Slope(Part):
    """Theil–Sen line in units a week; the intercept is its value on the first observed date."""

    words: ChangeWords
    slope_per_week: Maybe[Double] = None
    ci95_per_week: Maybe[Interval] = None
    intercept: Maybe[Double] = None
    technical: Maybe[SlopeTechnical] = None


class SlopeTrend(TrendAnswer, OfOneMetric):
    """The slope of a metric over the window."""

    slope: Slope

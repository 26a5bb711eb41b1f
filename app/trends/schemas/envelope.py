"""What every answer begins with."""

from enum import StrEnum
from typing import Annotated

from pydantic import ConfigDict, Field

from app.trends.metrics import BetterDirection, Metric, MetricUnit
from app.trends.schemas.scalars import Count, Day, Double, Maybe, Part

MOST_CAVEATS = 32
MOST_PARAMETERS = 16


class TrendStatus(StrEnum):
    """Enough data, too little of it (counts are still given), or no answer to the formula."""

    OK = "ok"
    INSUFFICIENT_DATA = "insufficient_data"
    UNDEFINED = "undefined"


class Caveat(StrEnum):
    """What a reader should know before trusting a number."""

    FEW_DAYS = "few_days"
    LOW_COVERAGE = "low_coverage"
    LONG_GAP = "long_gap"
    CONSTANT = "constant"
    AUTOCORRELATED = "autocorrelated"
    SESSIONS_INSIDE = "sessions_inside"
    MIXED_REPORTS = "mixed_reports"
    OVERDISPERSED = "overdispersed"
    FEW_SESSIONS = "few_sessions"
    OVERLAPPING_SESSIONS = "overlapping_sessions"
    SESSION_IN_BASELINE = "session_in_baseline"
    RECALLED_ENTRIES = "recalled_entries"
    OUTSIDE_SESSION_WINDOW = "outside_session_window"
    NOT_CAUSE = "not_cause"
    PRORATED = "prorated"
    RECALL_OVERLAP = "recall_overlap"
    TRUNCATED = "truncated"


class MethodName(StrEnum):
    """How an answer was made."""

    ROLLING_MEDIAN = "rolling_median"
    SUMMARY = "summary"
    THEIL_SEN = "theil_sen"
    SESSION_ALIGNED = "session_aligned"
    SESSION_TABLE = "session_table"
    FLASHBACK_RATE = "flashback_rate"
    ASSESSMENT_CHANGE = "assessment_change"
    WEEKDAY_MEDIAN = "weekday_median"
    COVERAGE = "coverage"
    TIMELINE = "timeline"


class TrendWindow(Part):
    """The dates an answer is about, both included."""

    model_config = ConfigDict(populate_by_name=True, serialize_by_alias=True)

    from_: Day = Field(alias="from")
    to: Day
    time_zone: Annotated[str, Field(max_length=64)]
    """The profile's zone, which decides what date today is."""


class MethodParameter(Part):
    """One setting of a method, as text."""

    name: Annotated[str, Field(max_length=64)]
    value: Annotated[str, Field(max_length=64)]


class TrendMethod(Part):
    """How the numbers were made; the version rises when any of them may change."""

    name: MethodName
    version: Annotated[str, Field(max_length=16)]
    parameters: Annotated[list[MethodParameter], Field(max_length=MOST_PARAMETERS)]


class TrendAnswer(Part):
    """The envelope that all answers share."""

    window: TrendWindow
    status: TrendStatus
    n_days: Count
    """Observed dates in the window; without one metric, dates with an entry of a core kind."""
    span_days: Count
    """Days from the first observed date to the last."""
    coverage: Double
    """Observed dates as a share of the window's calendar days."""
    method: TrendMethod
    caveats: Annotated[list[Caveat], Field(max_length=MOST_CAVEATS)]
    """A set, in no order."""
    plain: Annotated[str, Field(max_length=200)]
    """One sentence for people."""


class OfOneMetric(Part):
    """The members of an answer that is about one metric as a whole."""

    metric: Metric
    unit: MetricUnit
    better: BetterDirection


class MetricDay(Part):
    """A date and its value."""

    date: Day
    value: Double


class SomeDays(Part):
    """A few days, and their median from three."""

    n_days: Count
    median: Maybe[Double] = None

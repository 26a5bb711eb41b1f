"""`getFlashbackTrend`: weekly rates with exact intervals, triggers, contexts."""

from typing import Annotated

from pydantic import ConfigDict, Field

from app.journal.kinds.flashback import FlashbackContext, FlashbackTrigger
from app.trends.schemas.envelope import OfOneMetric, SomeDays, TrendAnswer, TrendStatus
from app.trends.schemas.scalars import Count, Day, Double, Interval, Maybe, Part
from app.trends.statistics.flashback_rate import RateInterval

MOST_WEEKS = 106
MOST_CODES = 32


class FlashbackTotal(Part):
    """The whole window; numbers from seven observed dates."""

    count: Count
    observed_days: Count
    rate_per_week: Maybe[Double] = None
    dispersion_index: Maybe[Double] = None
    """Variance of the daily counts over their mean; above 1 the interval is quasi-Poisson."""
    interval: Maybe[RateInterval] = None
    ci95_per_week: Maybe[Interval] = None


class FlashbackWeek(Part):
    """Monday to Sunday, cut to the window; numbers from four observed dates."""

    model_config = ConfigDict(populate_by_name=True, serialize_by_alias=True)

    from_: Day = Field(alias="from")
    to: Day
    count: Count
    observed_days: Count
    rate_per_week: Maybe[Double] = None
    ci95_per_week: Maybe[Interval] = None


class TriggerCount(Part):
    """Episodes that named a trigger; the median of their distress from three."""

    code: FlashbackTrigger
    episodes: Count
    distress_median: Maybe[Double] = None


class ContextCount(Part):
    """Episodes in a context; the median of their distress from three."""

    code: FlashbackContext
    episodes: Count
    distress_median: Maybe[Double] = None


class FlashbackReports(Part):
    """Dates with each kind of report; a date can have several."""

    episode_days: Count
    daily_count_days: Count
    none_today_days: Count


class NightmareNumbers(Part):
    """Nightmares; the rate from seven observed dates."""

    count: Count
    observed_days: Count
    rate_per_week: Maybe[Double] = None


class CountedDays(Part):
    """Flashbacks on observed dates."""

    count: Count
    observed_days: Count


class ComparisonTechnical(Part):
    """For clinicians and reviewers. The app does not show this number."""

    p: Double


class FlashbackComparison(Part):
    """After a date against before it; the date itself belongs to neither."""

    date: Day
    status: TrendStatus
    before: CountedDays
    after: CountedDays
    ratio: Maybe[Double] = None
    """Rate after over rate before."""
    ci95: Maybe[Interval] = None
    technical: Maybe[ComparisonTechnical] = None


class FlashbackNumbers(Part):
    """Everything about the window's flashbacks."""

    total: FlashbackTotal
    weeks: Annotated[list[FlashbackWeek], Field(max_length=MOST_WEEKS)]
    distress: SomeDays
    by_trigger: Annotated[list[TriggerCount], Field(max_length=MOST_CODES)]
    by_context: Annotated[list[ContextCount], Field(max_length=MOST_CODES)]
    reports: FlashbackReports
    nightmares: NightmareNumbers
    comparison: Maybe[FlashbackComparison] = None


class FlashbackTrend(TrendAnswer, OfOneMetric):
    """Flashbacks a week, with intervals that say how much chance is in them."""

    flashbacks: FlashbackNumbers

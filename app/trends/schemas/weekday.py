"""`getWeekdayPattern`: whether the days of the week differ."""

from typing import Annotated

from pydantic import Field

from app.journal.kinds.values import Within
from app.trends.schemas.envelope import OfOneMetric, TrendAnswer
from app.trends.schemas.scalars import Count, Double, Maybe, Part
from app.trends.statistics.weekday import WeekdayWords


class WeekdayMedian(Part):
    """One day of the week; the median from four dates."""

    weekday: Annotated[int, Within(1, 7)]
    """1 is Monday (ISO 8601)."""
    n_days: Count
    median: Maybe[Double] = None


class WeekdayTechnical(Part):
    """Kruskal–Wallis, for clinicians and reviewers. The app does not show these numbers."""

    h: Double
    p: Double


class WeekdayNumbers(Part):
    """The seven days of the week."""

    words: WeekdayWords
    by_weekday: Annotated[list[WeekdayMedian], Field(min_length=7, max_length=7)]
    technical: Maybe[WeekdayTechnical] = None


class WeekdayPattern(TrendAnswer, OfOneMetric):
    """A metric by day of the week."""

    weekdays: WeekdayNumbers

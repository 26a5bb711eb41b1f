"""`getDailyTrend`: one row a calendar date."""

from typing import Annotated

from pydantic import Field

from app.trends.schemas.envelope import OfOneMetric, TrendAnswer
from app.trends.schemas.scalars import Count, Day, DayNumber, Id, Maybe, Part

MOST_SESSIONS_A_DAY = 100
MOST_ROWS = 731


class DailyTrendRow(Part):
    """One date. Where nothing was logged there is no value, and never a zero."""

    date: Day
    value: Maybe[DayNumber] = None
    n: Count
    """Entries behind the value."""
    min: Maybe[DayNumber] = None
    """The least of these entries; not for counts."""
    max: Maybe[DayNumber] = None
    """The greatest of these entries; not for counts."""
    rolling_n: Count
    """Observed dates among the seven that end here."""
    rolling_median_7: Maybe[DayNumber] = None
    """Median of these, from three."""
    session_ids: Maybe[Annotated[list[Id], Field(max_length=MOST_SESSIONS_A_DAY)]] = None
    """Sessions of this date in which a dose was given."""


class DailyTrend(TrendAnswer, OfOneMetric):
    """A metric day by day, with its rolling median."""

    days: Annotated[list[DailyTrendRow], Field(max_length=MOST_ROWS)]

"""`getCoverage`: which days were logged. Harder days are logged less often."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from app.trends.schemas.envelope import TrendAnswer
from app.trends.schemas.scalars import Count, Double, Part


class LoggedKind(StrEnum):
    """The kinds of entry that are logged daily."""

    MOOD = "mood"
    ANXIETY = "anxiety"
    FLASHBACK = "flashback"


class LoggedDays(Part):
    """Dates with an entry, in calendar days of the window."""

    observed_days: Count
    window_days: Count
    coverage: Double
    longest_gap_days: Count
    """Dates in a row without an entry, the window's edges included."""
    longest_streak_days: Count
    current_streak_days: Count
    """The run that ends at the window's last date or the day before, else 0."""


class KindLoggedDays(LoggedDays):
    """The same for entries of one kind."""

    kind: LoggedKind


class Logging(Part):
    """All core kinds together, then the daily ones each."""

    overall: LoggedDays
    kinds: Annotated[list[KindLoggedDays], Field(max_length=len(LoggedKind))]


class LoggingCoverage(TrendAnswer):
    """How complete the journal is. Harder days are logged less often, so gaps are not at random."""

    logging: Logging

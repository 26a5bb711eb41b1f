"""`getAssessmentTrend`: the scores of one questionnaire, and which changes count."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypeAliasType

from app.journal.kinds.scoring import AssessmentBand, AssessmentStatus
from app.trends.metrics import BetterDirection, MetricUnit
from app.trends.schemas.envelope import TrendAnswer
from app.trends.schemas.scalars import Count, Day, Double, Id, Maybe, Part
from app.trends.statistics.reliable_change import ChangeVerdict

MOST_SCORES = 100_000
MOST_CONSTANTS = 8

# fmt: off
TrendInstrument = TypeAliasType(
    "TrendInstrument",
    Literal[
        "phq-9", "gad-7", "pcl-5", "who-5", "cadss-23", "cadss-6", "qids-sr16", "madrs-s", "isi",
        "des-b",
    ],
)
# fmt: on
"""The instruments with a trend: all but the screener pc-ptsd-5."""


class ChangeUse(StrEnum):
    """Beyond the wobble of the questionnaire, or enough for people to notice."""

    RELIABLE = "reliable"
    MEANINGFUL = "meaningful"


class ScoreChange(Part):
    """A change and whether it counts; a verdict stands only where a checked constant does."""

    change: Double
    reliable: Maybe[ChangeVerdict] = None
    meaningful: Maybe[ChangeVerdict] = None


class AssessmentScore(Part):
    """One questionnaire. Bands are the questionnaire's own, not diagnoses."""

    entry_id: Id
    date: Day
    status: AssessmentStatus
    total: Maybe[Count] = None
    percent: Maybe[Count] = None
    average: Maybe[Double] = None
    band: Maybe[AssessmentBand] = None
    prorated: bool
    """Whether skipped items were filled in by the mean of the others."""
    recall_overlaps_previous: bool
    """Whether it came sooner after the one before than the questionnaire looks back."""
    from_first: Maybe[ScoreChange] = None
    from_previous: Maybe[ScoreChange] = None


class ChangeConstant(Part):
    """From how many points a change counts, and who says so."""

    use: ChangeUse
    points: Double
    citation: Annotated[str, Field(max_length=200)]


class AssessmentHistory(Part):
    """The scores of the window, by time."""

    instrument: TrendInstrument
    scores: Annotated[list[AssessmentScore], Field(max_length=MOST_SCORES)]
    constants: Annotated[list[ChangeConstant], Field(max_length=MOST_CONSTANTS)]


class AssessmentTrend(TrendAnswer):
    """One questionnaire over time."""

    unit: MetricUnit
    better: BetterDirection
    assessment: AssessmentHistory

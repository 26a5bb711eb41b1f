"""The trend summary that a share carries: the answers of every operation under its scope."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field
from typing_extensions import TypeAliasType

from app.journal.kinds.registry import KindName
from app.trends.schemas.assessments import AssessmentTrend
from app.trends.schemas.coverage import LoggingCoverage
from app.trends.schemas.daily import DailyTrend
from app.trends.schemas.envelope import MOST_CAVEATS, Caveat
from app.trends.schemas.flashbacks import FlashbackTrend
from app.trends.schemas.scalars import Day, Maybe, Part, WrittenInstant
from app.trends.schemas.session_response import SessionResponse
from app.trends.schemas.session_table import SessionTable
from app.trends.schemas.slope import SlopeTrend
from app.trends.schemas.summary import TrendSummary
from app.trends.schemas.timeline import Timeline
from app.trends.schemas.weekday import WeekdayPattern

MOST_METRICS = 7
MOST_INSTRUMENTS = 10
MOST_KINDS = 16

DocumentMode = TypeAliasType("DocumentMode", Literal["snapshot", "live"])


class DocumentScope(Part):
    """What of the journal the document is made from; it is as if there were nothing else."""

    model_config = ConfigDict(populate_by_name=True, serialize_by_alias=True)

    kinds: Annotated[list[KindName], Field(max_length=MOST_KINDS)]
    from_: Day = Field(alias="from")
    to: Day
    include_notes: bool
    include_signals: bool
    include_assessment_item_answers: bool


class TrendDocument(Part):
    """Every answer that the shared kinds allow; a member whose kinds are not shared is absent."""

    format: Literal["afterglow-trends"]
    version: Literal[1]
    generated_at: WrittenInstant
    mode: DocumentMode
    """Frozen when the link was made, or as of its opening."""
    scope: DocumentScope
    time_zone: Annotated[str, Field(max_length=64)]
    not_monitored: Literal[True]
    """Nobody watches these entries as they arrive."""
    caveats: Annotated[list[Caveat], Field(max_length=MOST_CAVEATS)]
    """Those of all answers together."""
    summary: Maybe[TrendSummary] = None
    daily: Maybe[Annotated[list[DailyTrend], Field(max_length=MOST_METRICS)]] = None
    slopes: Maybe[Annotated[list[SlopeTrend], Field(max_length=MOST_METRICS)]] = None
    session_response: Maybe[Annotated[list[SessionResponse], Field(max_length=MOST_METRICS)]] = None
    sessions: Maybe[SessionTable] = None
    flashbacks: Maybe[FlashbackTrend] = None
    assessments: Maybe[Annotated[list[AssessmentTrend], Field(max_length=MOST_INSTRUMENTS)]] = None
    weekday: Maybe[Annotated[list[WeekdayPattern], Field(max_length=MOST_METRICS)]] = None
    coverage: Maybe[LoggingCoverage] = None
    timeline: Maybe[Timeline] = None

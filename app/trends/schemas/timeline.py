"""`getTimeline`: what to draw over the curves."""

from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypeAliasType

from app.journal.kinds.assessment import Instrument
from app.journal.kinds.scoring import AssessmentBand
from app.journal.kinds.session_shapes import Route, SessionPhase, SessionStatus, Substance
from app.model import Choice
from app.trends.schemas.envelope import TrendAnswer
from app.trends.schemas.scalars import Count, Day, Double, Id, Maybe, Part, WrittenInstant

MOST_EVENTS = 5000


class TimelineMark(Part):
    """Which entry, and when."""

    id: Id
    date: Day
    at: WrittenInstant


class SessionEvent(TimelineMark):
    """A treatment session of any status."""

    type: Literal["session"]
    status: SessionStatus
    substance: Substance
    route: Route
    dose_mg: Maybe[Double] = None
    phase: Maybe[SessionPhase] = None


class AssessmentEvent(TimelineMark):
    """A questionnaire that was filled in."""

    type: Literal["assessment"]
    instrument: Instrument
    total: Maybe[Count] = None
    band: Maybe[AssessmentBand] = None


NotedKind = TypeAliasType("NotedKind", Literal["mood", "anxiety", "flashback", "dissociation"])


class NoteEvent(TimelineMark):
    """An entry with a note; the text stays in the journal."""

    type: Literal["note"]
    kind: NotedKind


class TimelineEvent(Choice):
    """A mark on the time axis, told apart by `type`."""

    root: Annotated[SessionEvent | AssessmentEvent | NoteEvent, Field(discriminator="type")]


class Timeline(TrendAnswer):
    """Sessions, questionnaires and notes, by instant."""

    events: Annotated[list[TimelineEvent], Field(max_length=MOST_EVENTS)]

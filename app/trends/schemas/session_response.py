"""`getSessionResponse`: the days around the sessions, laid over each other."""

from typing import Annotated

from pydantic import Field

from app.trends.schemas.envelope import OfOneMetric, TrendAnswer
from app.trends.schemas.scalars import Count, Day, Double, Id, Maybe, Offset, Part

MOST_OFFSETS = 71
MOST_LINES = 3653


class CurvePoint(Part):
    """One offset from the sessions' dates; quartiles from four sessions."""

    offset: Offset
    n_sessions: Count
    median: Maybe[Double] = None
    q1: Maybe[Double] = None
    q3: Maybe[Double] = None


class LinePoint(Part):
    """The value of one date around one session."""

    offset: Offset
    value: Double


class ResponseLine(Part):
    """The days around one session, strictly between its neighbours."""

    session_id: Id
    date: Day
    points: Annotated[list[LinePoint], Field(max_length=MOST_OFFSETS)]


class AlignedDays(Part):
    """All sessions of the window with a dose, one a date."""

    n_sessions: Count
    curve: Annotated[list[CurvePoint], Field(max_length=MOST_OFFSETS)]
    lines: Annotated[list[ResponseLine], Field(max_length=MOST_LINES)]


class SessionResponse(TrendAnswer, OfOneMetric):
    """A metric around the sessions. It tells what came when, never why."""

    response: AlignedDays

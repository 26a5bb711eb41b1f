"""The ten JSON operations of the trends."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, BeforeValidator
from starlette.requests import Request
from starlette.responses import Response

from app.accounts.refusals import ProfileUnreadable
from app.journal.opening import EntryUnreadable
from app.journal.scope import Scope
from app.trends import questions
from app.trends.answers.session_response import DEFAULT_AFTER, DEFAULT_BEFORE
from app.trends.metrics import Metric
from app.trends.questions import Question
from app.trends.schemas.assessments import AssessmentTrend, TrendInstrument
from app.trends.schemas.coverage import LoggingCoverage
from app.trends.schemas.daily import DailyTrend
from app.trends.schemas.flashbacks import FlashbackTrend
from app.trends.schemas.session_response import SessionResponse
from app.trends.schemas.session_table import SessionTable
from app.trends.schemas.slope import SlopeTrend
from app.trends.schemas.summary import TrendSummary
from app.trends.schemas.timeline import Timeline
from app.trends.schemas.weekday import WeekdayPattern
from app.trends.service import Trends
from app.web.answers import not_modified, page_headers
from app.web.conditional import CONDITIONAL_READ, is_fresh, tag_as_sent
from app.web.days import FirstDay, LastDay, written_day
from app.web.identity import CurrentPatient, SignedIn
from app.web.json_body import json_body_answer
from app.web.paging import plain_integer
from app.web.problems import refusals
from app.web.provide import provided
from app.web.routing import StrictRoute

router = APIRouter(prefix="/v1/trends", tags=["Trends"], route_class=StrictRoute)

OfTrends = Annotated[Trends, Depends(provided(Trends))]
AskedMetric = Annotated[Metric, Query(description="What the answer is about.")]
AskedInstrument = Annotated[TrendInstrument, Query(description="Which questionnaire.")]
CompareOn = Annotated[
    date | None,
    BeforeValidator(written_day),
    Query(description="A date of the window: flashbacks after it against before it."),
]
DaysBefore = Annotated[
    int,
    BeforeValidator(plain_integer),
    Query(ge=1, le=28, description="Days to show before each session."),
]
DaysAfter = Annotated[
    int,
    BeforeValidator(plain_integer),
    Query(ge=1, le=42, description="Days to show after each session."),
]


class Asked:
    """What all operations take: the caller, the window, and what the caller already has."""

    def __init__(
        self,
        request: Request,
        patient: CurrentPatient,
        trends: OfTrends,
        first: FirstDay = None,
        last: LastDay = None,
    ) -> None:
        """Gathered by the framework."""
        self.request = request
        self.patient: SignedIn = patient
        self.trends = trends
        self.first, self.last = first, last

    async def answer(self, question: Question) -> Response:
        """200 with the answer and its tag, or 304."""
        reply = await self.trends.answer(
            Scope.of_patient(self.patient.account_id),
            question,
            self.first,
            self.last,
            lambda tag: is_fresh(self.request, tag_as_sent(self.request, tag)),
        )
        headers = page_headers(tag_as_sent(self.request, reply.tag))
        if reply.body is None:
            return not_modified(headers)
        return json_body_answer(self.request, reply.body, headers)


WithWindow = Annotated[Asked, Depends()]


def _answers(model: type[BaseModel]) -> dict[str, Any]:
    """What the OpenAPI file says of an operation (FastAPI's settings are untyped, hence Any)."""
    return {
        "responses": {
            200: {"model": model, "description": "The answer, also when it is thin."},
            **refusals(EntryUnreadable, ProfileUnreadable),
        },
        "openapi_extra": dict(CONDITIONAL_READ),
    }


@router.get("/daily", **_answers(DailyTrend))
async def get_daily_trend(asked: WithWindow, metric: AskedMetric) -> Response:
    """Day by day.

    One row a calendar date with its rolling median; a date without entries has no value, and never
    a zero. Default window 90 days, at most 731.
    """
    return await asked.answer(questions.daily(metric))


@router.get("/summary", **_answers(TrendSummary))
async def get_trend_summary(asked: WithWindow) -> Response:
    """All metrics at a glance.

    The last seven dates of the window against the seven before, and the direction over all of it
    in words. Default window 42 days, at most 731.
    """
    return await asked.answer(questions.summary())


@router.get("/slope", **_answers(SlopeTrend))
async def get_slope(asked: WithWindow, metric: AskedMetric) -> Response:
    """Where a metric goes.

    Theil–Sen slope with a 95 % interval and an adjusted Mann–Kendall test. Members of `technical`
    are for clinicians and reviewers; the app does not show them. Default window 42 days, at most
    731.
    """
    return await asked.answer(questions.slope(metric))


@router.get("/session-response", **_answers(SessionResponse))
async def get_session_response(
    asked: WithWindow,
    metric: AskedMetric,
    before: DaysBefore = DEFAULT_BEFORE,
    after: DaysAfter = DEFAULT_AFTER,
) -> Response:
    """The days around the sessions.

    A metric laid over itself by days from each session; it tells what came when, never why.
    Default window 731 days, at most 3653.
    """
    return await asked.answer(questions.response(metric, before, after))


@router.get("/sessions", **_answers(SessionTable))
async def get_session_table(asked: WithWindow) -> Response:
    """One row a session.

    Dose, vitals, dissociation, the days before and after, and how long changes lasted. Members of
    `technical` are for clinicians and reviewers; the app does not show them. Default window 731
    days, at most 3653.
    """
    return await asked.answer(questions.table())


@router.get("/flashbacks", **_answers(FlashbackTrend))
async def get_flashback_trend(asked: WithWindow, compare_on: CompareOn = None) -> Response:
    """Flashbacks a week.

    Rates with exact intervals, triggers and contexts. Members of `technical` are for clinicians
    and reviewers; the app does not show them. Default window 90 days, at most 731.
    """
    return await asked.answer(questions.flashbacks(compare_on))


@router.get("/assessments", **_answers(AssessmentTrend))
async def get_assessment_trend(asked: WithWindow, instrument: AskedInstrument) -> Response:
    """The scores of a questionnaire.

    With bands and with the changes that are reliable or meaningful. Bands are the questionnaire's
    own, not diagnoses. Default window 731 days, at most 3653.
    """
    return await asked.answer(questions.assessments(instrument))


@router.get("/weekday", **_answers(WeekdayPattern))
async def get_weekday_pattern(asked: WithWindow, metric: AskedMetric) -> Response:
    """A metric by day of the week.

    Members of `technical` are for clinicians and reviewers; the app does not show them. Default
    window 182 days, at most 731.
    """
    return await asked.answer(questions.weekday(metric))


@router.get("/coverage", **_answers(LoggingCoverage))
async def get_coverage(asked: WithWindow) -> Response:
    """Which days were logged.

    Harder days are logged less often, so a gap is not a good day. Default window 90 days, at most
    731.
    """
    return await asked.answer(questions.coverage())


@router.get("/timeline", **_answers(Timeline))
async def get_timeline(asked: WithWindow) -> Response:
    """What to draw over the curves.

    Sessions of any status, questionnaires, and which entries have a note; never its text. Default
    window 90 days, at most 3653, up to 366 days ahead.
    """
    return await asked.answer(questions.events(notes=True))

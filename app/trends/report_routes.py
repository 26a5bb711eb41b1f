"""The clinician's page as an operation of the trends."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import Response

from app.accounts.refusals import ProfileUnreadable
from app.audit import Actor
from app.journal.opening import EntryUnreadable
from app.journal.scope import Scope
from app.trends.report.page import Paper
from app.trends.report.service import Reports
from app.web.answers import PRIVATE_NO_CACHE, not_modified
from app.web.conditional import CONDITIONAL_READ, is_fresh
from app.web.days import FirstDay, LastDay
from app.web.exchange import exchange_of
from app.web.identity import CurrentPatient
from app.web.problems import RateLimited, refusals
from app.web.provide import provided
from app.web.routing import StrictRoute

PDF = "application/pdf"
MOST_CHARACTERS = 2**21
FILE_NAME = "symptom-journal-summary.pdf"

FILE = {"type": "string", "format": "binary", "maxLength": MOST_CHARACTERS}

router = APIRouter(prefix="/v1/trends", tags=["Trends"], route_class=StrictRoute)

OfReports = Annotated[Reports, Depends(provided(Reports))]
AskedPaper = Annotated[Paper, Query(description="What the page is printed on.")]


class Pdf(Response):
    """A page to print."""

    media_type = PDF


@router.get(
    "/report.pdf",
    response_class=Pdf,
    responses={
        **refusals(RateLimited, EntryUnreadable, ProfileUnreadable),
        200: {"content": {PDF: {"schema": FILE}}},
    },
    openapi_extra=dict(CONDITIONAL_READ),
)
async def get_report(
    request: Request,
    patient: CurrentPatient,
    reports: OfReports,
    first: FirstDay = None,
    last: LastDay = None,
    paper: AskedPaper = "a4",
) -> Response:
    """The journal on one page.

    For a clinician, as a tagged PDF: completeness, the course, the days around the sessions,
    questionnaires and directions, from the same answers as the other trends. Notes and tags never
    appear. Default window 90 days, at most 731.
    """
    reply = await reports.answer(
        Scope.of_patient(patient.account_id),
        paper,
        first,
        last,
        lambda tag: is_fresh(request, tag),
    )
    headers = {"ETag": reply.tag, "Cache-Control": PRIVATE_NO_CACHE}
    if reply.pdf is None:
        return not_modified(headers)
    actor = Actor("device", str(patient.device_id), exchange_of(request.scope).request_id)
    await reports.note(patient.account_id, paper, actor)
    headers["Content-Disposition"] = f'inline; filename="{FILE_NAME}"'
    return Pdf(reply.pdf, headers=headers)

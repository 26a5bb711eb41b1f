"""The patient's view of the audit chain."""

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from app.audit.schemas import MOST_NUMBER, AuditEvent, AuditEventPage
from app.audit.trail import Trail
from app.faults import Fault
from app.web.answers import json_answer, not_modified, page_headers
from app.web.conditional import CONDITIONAL_READ, is_fresh, page_tag, tag_as_sent
from app.web.identity import CurrentPatient, SignedIn
from app.web.paging import DEFAULT_LIMIT, PageCursor, PageLimit, decode_cursor, encode_cursor
from app.web.problems import InvalidRequest
from app.web.provide import provided
from app.web.routing import StrictRoute

router = APIRouter(route_class=StrictRoute, tags=["Accounts"])
Here = Annotated[Trail, Depends(provided(Trail))]


@router.get(
    "/v1/audit-events",
    operation_id="listAuditEvents",
    response_model=AuditEventPage,
    openapi_extra=CONDITIONAL_READ,
)
async def list_audit_events(
    request: Request,
    signed_in: CurrentPatient,
    trail: Here,
    limit: PageLimit = DEFAULT_LIMIT,
    cursor: PageCursor = None,
) -> Response:
    """List what was done with the patient's data, by whom and when, newest first.

    Every change is here, every way in that was taken or refused, every export, report and link.
    Single reads by the patient's own devices are not. No event holds a value or a word of the
    journal, none is ever changed, and none is taken out.
    """
    start = _start(cursor)

    def known(newest: int) -> bool:
        return is_fresh(request, _tag(request, newest, signed_in, start, limit))

    newest, links, following = await trail.page(signed_in.account_id, start, limit, known)
    headers = page_headers(_tag(request, newest, signed_in, start, limit))
    if links is None:
        return not_modified(headers)
    page = AuditEventPage.model_construct(
        items=[AuditEvent.of(each, signed_in.device_id) for each in links],
        next_cursor=None if following is None else encode_cursor(following),
    )
    return json_answer(page, headers=headers)


def _start(cursor: str | None) -> int | None:
    """The number that a page begins with. Raises InvalidRequest for a cursor of another list."""
    if cursor is None:
        return None
    (number,) = decode_cursor(cursor, int)
    if not 1 <= int(number) <= MOST_NUMBER:
        wrong = Fault("bad_cursor", "This is not a cursor of this list.", parameter="cursor")
        raise InvalidRequest(faults=[wrong])
    return int(number)


def _tag(request: Request, newest: int, signed_in: SignedIn, start: int | None, limit: int) -> str:
    """What the answer rests on: the chain, who asks (each sees its own device), and the page."""
    rests_on = (str(signed_in.device_id), newest, start, limit)
    return tag_as_sent(request, page_tag(signed_in.account_id, *rests_on))

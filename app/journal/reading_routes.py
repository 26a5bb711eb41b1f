"""The journal's operations that read: lists, single entries and what they said before."""

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from app.journal.journal import Journal
from app.journal.kinds import Entry
from app.journal.listing import OfSession, history_place, list_filter
from app.journal.opening import EntryUnreadable, unreadable_member
from app.journal.reading import JournalState
from app.journal.schemas import EntryPage, EntryVersionPage
from app.journal.scope import Scope
from app.journal.store_pages import ListFilter
from app.journal.stored import NEWEST_CONTENT
from app.web.answers import json_answer, not_modified, page_headers, page_json
from app.web.conditional import (
    CONDITIONAL_READ,
    answer_unless_known,
    entity_tag,
    is_fresh,
    page_tag,
    tag_as_sent,
)
from app.web.identity import CurrentPatient
from app.web.paging import DEFAULT_LIMIT, PageCursor, PageLimit, encode_cursor, encode_place
from app.web.problems import refusals
from app.web.provide import provided
from app.web.routing import PathId, StrictRoute

router = APIRouter(route_class=StrictRoute, tags=["Journal"])
Here = Annotated[Journal, Depends(provided(Journal))]


@router.get(
    "/v1/entries",
    operation_id="listEntries",
    response_model=EntryPage,
    openapi_extra=CONDITIONAL_READ,
)
async def list_entries(
    request: Request,
    signed_in: CurrentPatient,
    journal: Here,
    wanted: Annotated[ListFilter, Depends(list_filter)],
    session_id: OfSession = None,
    limit: PageLimit = DEFAULT_LIMIT,
) -> Response:
    """List entries, newest first, by kinds, local dates (both included) or session.

    The order is that of `occurred_at`, to the minute. An entry that is added while a client pages
    makes no other one appear twice or vanish.
    """
    scope = Scope.of_patient(signed_in.account_id)
    query, tag = request.scope["query_string"].decode(), ""

    def unchanged(state: JournalState) -> bool:
        nonlocal tag  # of the state that the page is of
        rests_on = page_tag(scope.account_id, "listEntries", NEWEST_CONTENT, *state, query)
        tag = tag_as_sent(request, rests_on)
        return is_fresh(request, tag)

    page = await journal.reading.page(scope, wanted, session_id, limit, unless=unchanged)
    if page is None:
        return not_modified(page_headers(tag))
    following = page.next_place and encode_place(*page.next_place)
    if page.unreadable:  # a tag that no client is asked about: such a page is read each time
        tag = tag_as_sent(request, page_tag(scope.account_id, tag, page.unreadable))
    body = page_json(page.items, following, unreadable_member(page.unreadable))
    return json_answer(body, headers=page_headers(tag))


@router.get(
    "/v1/entries/{entry_id}",
    operation_id="getEntry",
    response_model=Entry,
    responses=refusals(EntryUnreadable),
    openapi_extra=CONDITIONAL_READ,
)
async def get_entry(
    request: Request, signed_in: CurrentPatient, journal: Here, entry_id: PathId
) -> Response:
    """Read one entry. A deleted one is not found."""
    entry = await journal.reading.entry(Scope.of_patient(signed_in.account_id), entry_id)
    tag = entity_tag(entry.revision)
    if is_fresh(request, tag):
        return not_modified({"ETag": tag})
    return json_answer(entry.json(), headers={"ETag": tag})


@router.get(
    "/v1/entries/{entry_id}/history",
    operation_id="getEntryHistory",
    response_model=EntryVersionPage,
    openapi_extra=CONDITIONAL_READ,
)
async def get_entry_history(
    request: Request,
    signed_in: CurrentPatient,
    journal: Here,
    entry_id: PathId,
    limit: PageLimit = DEFAULT_LIMIT,
    cursor: PageCursor = None,
) -> Response:
    """Read what an entry said before, newest version first; the current one is left out."""
    scope = Scope.of_patient(signed_in.account_id)
    page = await journal.reading.history(scope, entry_id, history_place(cursor), limit)
    following = encode_cursor(page.next_below) if page.next_below else None
    body = page_json(page.items, following, unreadable_member(page.unreadable))
    return answer_unless_known(request, signed_in.account_id, body)

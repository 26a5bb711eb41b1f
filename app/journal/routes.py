"""The journal's operations that write: single entries and check-ins."""

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from app.audit import Actor
from app.faults import fault
from app.journal.answers import check_in_json, saved_json
from app.journal.changes import Amendment, Creation, Deletion, EntryDeleted, EntryExists, refused
from app.journal.journal import Journal, Patient
from app.journal.kinds import EntryDraft, EntryPatch, EntryRefused, EntryReplacement, read_draft
from app.journal.kinds.check_in import CheckInDraft, read_check_in
from app.journal.opening import EntryUnreadable
from app.journal.schemas import SavedCheckIn, SavedEntry
from app.web.answers import json_answer, no_content
from app.web.conditional import ExpectedRevision, entity_tag
from app.web.exchange import exchange_of
from app.web.identity import CurrentPatient, SignedIn
from app.web.openapi_headers import ENTITY_TAG, NEW_LOCATION
from app.web.problems import InvalidRequest, refusals
from app.web.provide import provided
from app.web.routing import PathId, StrictRoute, json_body, takes

router = APIRouter(route_class=StrictRoute, tags=["Journal"])
Here = Annotated[Journal, Depends(provided(Journal))]
SAVED_BEFORE = "The same was saved before; nothing changed."
WHERE_SAVED = ENTITY_TAG | NEW_LOCATION


def patient_of(request: Request, signed_in: SignedIn) -> Patient:
    """The caller in the journal's own words."""
    actor = Actor("device", str(signed_in.device_id), exchange_of(request.scope).request_id)
    return Patient(signed_in.account_id, actor)


@router.post(
    "/v1/entries",
    operation_id="createEntry",
    status_code=201,
    response_model=SavedEntry,
    responses={
        200: {"model": SavedEntry, "description": SAVED_BEFORE, "headers": WHERE_SAVED},
        201: {"headers": WHERE_SAVED},
        **refusals(EntryExists, EntryDeleted, EntryUnreadable),
    },
)
@takes(EntryDraft)
async def create_entry(request: Request, signed_in: CurrentPatient, journal: Here) -> Response:
    """Save a new entry.

    The client makes the id, so sending the same again is harmless: the same id and content answer
    200 with the same entry and signals, other content 409. Nobody reads entries as they arrive.
    """
    try:
        draft = read_draft(json_body(request))
    except EntryRefused as refusal:
        raise refused(refusal) from None
    (saved,) = await journal.create(patient_of(request, signed_in), [Creation(draft)])
    headers = {
        "Location": f"/v1/entries/{saved.entry.id}",
        "ETag": entity_tag(saved.entry.revision),
    }
    return json_answer(saved_json(saved), 201 if saved.outcome.decision.effective else 200, headers)


@router.post(
    "/v1/check-ins",
    operation_id="checkIn",
    status_code=201,
    response_model=SavedCheckIn,
    responses={
        200: {"model": SavedCheckIn, "description": SAVED_BEFORE},
        **refusals(EntryExists, EntryDeleted, EntryUnreadable),
    },
)
@takes(CheckInDraft)
async def check_in(request: Request, signed_in: CurrentPatient, journal: Here) -> Response:
    """Save the lean daily set, mood, anxiety and flashbacks, in one transaction.

    All parts are saved or none. The same again answers 200; 409 does not say which id is taken.
    """
    try:
        parts = read_check_in(json_body(request))
    except EntryRefused as refusal:
        raise refused(refusal) from None
    creations = [Creation(part.draft, parts) for part in parts]
    saved = await journal.create(patient_of(request, signed_in), creations)
    created = any(part.outcome.decision.effective for part in saved)
    return json_answer(check_in_json(saved), 201 if created else 200)


@router.put("/v1/entries/{entry_id}", operation_id="replaceEntry", response_model=SavedEntry)
@takes(EntryReplacement)
async def replace_entry(
    request: Request,
    signed_in: CurrentPatient,
    journal: Here,
    entry_id: PathId,
    revision: ExpectedRevision,
) -> Response:
    """Put new content in place of an entry's; members left out are cleared."""
    amendment = Amendment(entry_id, revision, _object(request), whole=True)
    return await _amended(request, signed_in, journal, amendment)


@router.patch(
    "/v1/entries/{entry_id}",
    operation_id="updateEntry",
    response_model=SavedEntry,
    responses=refusals(EntryUnreadable),
)
@takes(EntryPatch)
async def update_entry(
    request: Request,
    signed_in: CurrentPatient,
    journal: Here,
    entry_id: PathId,
    revision: ExpectedRevision,
) -> Response:
    """Change some members of an entry by a merge patch; null clears.

    A change that changes nothing keeps the revision.
    """
    amendment = Amendment(entry_id, revision, _object(request), whole=False)
    return await _amended(request, signed_in, journal, amendment)


@router.delete("/v1/entries/{entry_id}", operation_id="deleteEntry", status_code=204)
async def delete_entry(
    request: Request,
    signed_in: CurrentPatient,
    journal: Here,
    entry_id: PathId,
    revision: ExpectedRevision,
) -> Response:
    """Delete an entry and its history for good; a tombstone stays. Repeating changes nothing."""
    await journal.delete(patient_of(request, signed_in), Deletion(entry_id, revision))
    return no_content()


async def _amended(
    request: Request, signed_in: SignedIn, journal: Journal, amendment: Amendment
) -> Response:
    saved = await journal.amend(patient_of(request, signed_in), amendment)
    return json_answer(saved_json(saved), headers={"ETag": entity_tag(saved.entry.revision)})


def _object(request: Request) -> dict[str, object]:
    """The body, which must be an object. Raises InvalidRequest."""
    body = json_body(request)
    if not isinstance(body, dict):
        raise InvalidRequest(faults=[fault("wrong_type", "")])
    return body

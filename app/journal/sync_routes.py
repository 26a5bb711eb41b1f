"""The two operations of offline-first clients."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BeforeValidator, ValidationError
from starlette.requests import Request
from starlette.responses import Response

from app.audit import Actor
from app.faults import faults_from
from app.journal.journal import Journal
from app.journal.opening import unreadable_member
from app.journal.schemas import (
    DEVICE_MARK,
    MOST_CURSOR,
    MOST_ITEMS,
    SyncEnvelope,
    SyncPage,
    SyncPush,
    SyncResults,
)
from app.journal.scope import Scope
from app.journal.sync import SyncResetRequired
from app.web.answers import json_answer
from app.web.exchange import exchange_of
from app.web.identity import CurrentPatient
from app.web.paging import plain_integer
from app.web.problems import BodyTooLarge, InvalidRequest, refusals
from app.web.provide import provided
from app.web.routing import StrictRoute, json_body, takes

router = APIRouter(route_class=StrictRoute, tags=["Sync"])
Here = Annotated[Journal, Depends(provided(Journal))]
FeedCursor = Annotated[
    int,
    BeforeValidator(plain_integer),
    Query(
        ge=0,
        le=MOST_CURSOR,
        json_schema_extra={"format": "int64"},
        description="`cursor` of the answer before; 0 reads everything.",
    ),
]
FeedLimit = Annotated[
    int,
    BeforeValidator(plain_integer),
    Query(
        ge=1,
        le=MOST_ITEMS,
        json_schema_extra={"format": "int32"},
        description="Changes a page, at most 200; a page may be shorter.",
    ),
]
FeedDevice = Annotated[
    str | None,
    Query(
        pattern=DEVICE_MARK,
        max_length=64,
        description="The mark under which this device pushes; adds `own` where it matters.",
    ),
]


class BatchTooLarge(BodyTooLarge):
    """More than 200 items in one push: the client halves its batch."""

    code = "batch_too_large"
    title = "A push carries at most 200 items"


@router.get(
    "/v1/sync/changes",
    operation_id="pullChanges",
    response_model=SyncPage,
    responses=refusals(SyncResetRequired),
)
async def pull_changes(
    signed_in: CurrentPatient,
    journal: Here,
    cursor: FeedCursor = 0,
    limit: FeedLimit = MOST_ITEMS,
    device_id: FeedDevice = None,
) -> Response:
    """Read what changed since `cursor`, tombstones included, oldest change first.

    Repeat with the cursor of the answer while `has_more` is true. 410 means that the server was
    restored: read again from 0, keep every local row, and upload what the full read lacks.
    """
    scope = Scope.of_patient(signed_in.account_id)
    pulled = await journal.sync.pull(scope, cursor, limit, device_id)
    return json_answer(
        b'{"changes":[%b],"cursor":%d,"has_more":%b%b}'
        % (
            b",".join(pulled.changes),
            pulled.cursor,
            b"true" if pulled.has_more else b"false",
            unreadable_member(pulled.unreadable),
        )
    )


@router.post(
    "/v1/sync/changes",
    operation_id="pushChanges",
    response_model=SyncResults,
    responses=refusals(BatchTooLarge),
)
@takes(SyncPush, judged_alone="changes")
async def push_changes(request: Request, signed_in: CurrentPatient, journal: Here) -> Response:
    """Bring local changes, in one transaction, each judged alone.

    Repeating a push is always harmless. Every item has its own result; a rejected item carries
    the code and the place, and its text stays on the phone.
    """
    try:
        push = SyncEnvelope.model_validate(json_body(request))
    except ValidationError as wrong:
        raise InvalidRequest(faults=faults_from(wrong)) from None
    if len(push.changes) > MOST_ITEMS:
        raise BatchTooLarge
    scope = Scope.of_patient(signed_in.account_id)
    actor = Actor("device", str(signed_in.device_id), exchange_of(request.scope).request_id)
    results = await journal.sync.push(scope, push.device_id, push.changes, actor)
    return json_answer(b'{"results":[%b]}' % b",".join(results))

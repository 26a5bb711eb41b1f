"""The reader's side: public, open to every origin, and silent about dead links."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response

from app.accounts.refusals import BusyHashing
from app.faults import Fault
from app.limits import Bucket
from app.sharing.accesses import Visit, Visitor
from app.sharing.answers import manifest_of
from app.sharing.clients import coarse_client
from app.sharing.manifest import (
    MOST_FILE_CHARACTERS,
    Recipient,
    ShareManifest,
    ShareManifestRequest,
)
from app.sharing.refusals import UNREADABLE, PasscodeProblem, ShareNotFound
from app.sharing.sharing import Sharing
from app.sharing.shl import SECRET_CHARACTERS
from app.throttling import network_of
from app.web.answers import json_answer
from app.web.exchange import exchange_of
from app.web.identity import PUBLIC
from app.web.problem_answers import problem_answer
from app.web.problems import InvalidRequest, MethodNotAllowed, RateLimited, Refusal, refusals
from app.web.provide import provided
from app.web.routing import StrictRoute

JOSE = "application/jose"
COME_BACK = {"Retry-After": "300"}
"""For live links, in seconds."""

router = APIRouter(route_class=StrictRoute, tags=["Sharing"])
Here = Annotated[Sharing, Depends(provided(Sharing))]
SHAPE = {"minLength": SECRET_CHARACTERS, "maxLength": SECRET_CHARACTERS}
# What is no secret of ours is unknown like any other: only the OpenAPI file tells the length.
Secret = Annotated[str, Path(description="A secret of the link.", json_schema_extra=SHAPE)]
FILE = {JOSE: {"schema": {"type": "string", "maxLength": MOST_FILE_CHARACTERS}}}
NEEDED = Fault("missing", "This parameter is required.", parameter="recipient")


class Jose(Response):
    """An encrypted file."""

    media_type = JOSE


@router.post(
    "/shl/{token}",
    operation_id="openShare",
    response_model=ShareManifest,
    responses={
        **refusals(ShareNotFound, RateLimited, BusyHashing, *UNREADABLE),
        401: {"model": PasscodeProblem, "description": "`passcode_needed`, `passcode_wrong`"},
    },
    openapi_extra=PUBLIC,
)
async def open_share(
    request: Request, token: Secret, asked: ShareManifestRequest, sharing: Here
) -> Response:
    """Open a link with its passcode (the manifest request of SMART Health Links).

    A wrong passcode costs one of ten tries in the life of the link; a missing one costs none. A
    link that is unknown, withdrawn, expired, locked or used up is 404. At most 30 openings a
    minute, and 60 requests.
    """
    visit = _visit(request, asked.recipient)
    try:
        await _count(request, sharing, token)
        served = await sharing.readers.open(token, asked, visit)
    except Refusal as refusal:
        return _refused(refusal, request, sharing, visit)
    manifest = manifest_of(served, sharing.equipment.base)
    return json_answer(manifest, headers=COME_BACK if served.share.mode == "live" else None)


@router.get(
    "/shl/{token}",
    operation_id="readSharedFile",
    response_class=Jose,
    responses={
        **refusals(ShareNotFound, RateLimited, MethodNotAllowed, *UNREADABLE),
        200: {"content": FILE, "description": "A JWE whose key stands in the link."},
    },
    openapi_extra=PUBLIC,
)
async def read_shared_file(
    request: Request,
    token: Secret,
    sharing: Here,
    recipient: Annotated[
        Recipient | None,
        Query(description="Who reads, needed by direct links; the patient will see it."),
    ] = None,
) -> Response:
    """Read the file of a direct link. Each success counts as an opening.

    A link with a passcode answers 405: it opens by `openShare` alone.
    """
    visit = _visit(request, recipient)
    try:
        found = await sharing.readers.find_direct(token)
        await _count(request, sharing, token)
        share = sharing.readers.living(found, visit)
        if recipient is None:
            raise InvalidRequest(faults=[NEEDED])
        served = await sharing.readers.read_direct(share, visit)
    except Refusal as refusal:
        return _refused(refusal, request, sharing, visit)
    return Jose(served.jwe)


@router.get(
    "/shl/files/{ticket}",
    operation_id="readSharedLocation",
    response_class=Jose,
    responses={
        **refusals(ShareNotFound, RateLimited),
        200: {"content": FILE, "description": "A JWE whose key stands in the link."},
    },
    openapi_extra=PUBLIC,
)
async def read_shared_location(request: Request, ticket: Secret, sharing: Here) -> Response:
    """Read the file that a manifest located. The place lives ten minutes and dies with the link."""
    visit = _visit(request, None)
    try:
        await _count(request, sharing, ticket)
        jwe = await sharing.readers.read_located(ticket, visit)
    except Refusal as refusal:
        return _refused(refusal, request, sharing, visit)
    return Jose(jwe, background=_afterwards(sharing, visit))


async def _count(request: Request, sharing: Sharing, secret: str) -> None:
    """Whoever opens link after link is stopped, and one link is not asked all the time.

    Raises RateLimited, the same for links that are dead or never were. What is refused so is not
    told to the patient: call it first.
    """
    await sharing.equipment.throttles.take(
        (Bucket.SHARE_OPEN_ADDRESS, network_of(request)), (Bucket.SHARE_OPEN_LINK, secret)
    )


def _visit(request: Request, recipient: str | None) -> Visit:
    client = coarse_client(request.headers.get("user-agent"))
    return Visit(Visitor(client, exchange_of(request.scope).request_id, recipient))


def _refused(refusal: Refusal, request: Request, sharing: Sharing, visit: Visit) -> Response:
    answer = problem_answer(refusal, request.scope)
    answer.background = _afterwards(sharing, visit)
    return answer


def _afterwards(sharing: Sharing, visit: Visit) -> BackgroundTask | None:
    """Tell the patient once the answer is out, so that its time tells the reader nothing."""
    return BackgroundTask(sharing.accesses.tell, visit.left) if visit.left else None

"""The patient's side of sharing: links made, looked at, shown as QR codes and withdrawn."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response
from typing_extensions import TypeAliasType

from app.accounts.refusals import BusyHashing, RecoveryHold
from app.audit import Actor
from app.faults import faults_from
from app.sharing.answers import living_link, shown, shown_accesses, with_secrets
from app.sharing.qr import qr_code
from app.sharing.refusals import UNREADABLE, ShareExists, ShareUnreadable
from app.sharing.schemas import Share, ShareAccessPage, ShareDraft, SharePage
from app.sharing.sealed import OpenedShare
from app.sharing.sharing import Sharing
from app.web.answers import json_answer, no_content
from app.web.conditional import CONDITIONAL_READ, answer_unless_known
from app.web.exchange import exchange_of
from app.web.identity import CurrentPatient, SignedIn
from app.web.openapi_headers import NEW_LOCATION
from app.web.paging import DEFAULT_LIMIT, PageCursor, PageLimit, decode_place, encode_place, lacking
from app.web.problems import InvalidRequest, NotFound, StepUpRequired, refusals
from app.web.provide import provided
from app.web.routing import PathId, StrictRoute, json_body, takes

MOST_SVG_CHARACTERS = 1_000_000
SVG, PNG = "image/svg+xml", "image/png"

router = APIRouter(route_class=StrictRoute, tags=["Sharing"])
Here = Annotated[Sharing, Depends(provided(Sharing))]
MADE_BEFORE = "The same was made before; nothing changed."
QrForm = TypeAliasType("QrForm", Literal["viewer", "bare"])
WantedForm = Annotated[
    QrForm,
    Query(description="`bare` leaves out the page that shows the journal: for readers' own apps."),
]


class Svg(Response):
    """A picture in vectors."""

    media_type = SVG


class Png(Response):
    """A picture in pixels."""

    media_type = PNG


def actor_of(request: Request, signed_in: SignedIn) -> Actor:
    """The calling device, as the audit chain names it."""
    request_id = exchange_of(request.scope).request_id
    return Actor("device", str(signed_in.device_id), request_id)


@router.post(
    "/v1/shares",
    operation_id="createShare",
    status_code=201,
    response_model=Share,
    responses={
        200: {"model": Share, "description": MADE_BEFORE, "headers": NEW_LOCATION},
        201: {"headers": NEW_LOCATION},
        **refusals(StepUpRequired, RecoveryHold, ShareExists, BusyHashing, *UNREADABLE),
    },
)
@takes(ShareDraft)
async def create_share(request: Request, signed_in: CurrentPatient, sharing: Here) -> Response:
    """Make a link to a chosen part of the journal.

    It needs a fresh proof of identity (`stepUp`). The client makes the id: the same id and draft
    answer 200 with the same share, another draft 409. A repeat needs the proof too. Send the
    passcode by another way than the link. What a reader has downloaded stays with the reader, and a
    direct link opens for whoever photographs it.
    """
    draft = _draft(json_body(request))
    created = await sharing.creating.create(signed_in, draft, actor_of(request, signed_in))
    headers = {"Location": f"/v1/shares/{created.share.row.id}"}
    return _told(sharing, created.share, 201 if created.new else 200, headers)


@router.get(
    "/v1/shares",
    operation_id="listShares",
    response_model=SharePage,
    openapi_extra=CONDITIONAL_READ,
)
async def list_shares(
    request: Request,
    signed_in: CurrentPatient,
    sharing: Here,
    limit: PageLimit = DEFAULT_LIMIT,
    cursor: PageCursor = None,
) -> Response:
    """List the links, newest first, dead ones too, without link and passcode."""
    after = None if cursor is None else decode_place(cursor)
    found = await sharing.shares.page(signed_in.account_id, after, limit)
    now = sharing.equipment.clock()
    page = SharePage(
        items=[shown(each, now) for each in found.opened],
        next_cursor=found.next_place and encode_place(*found.next_place),
        unreadable=lacking(found.closed),
    )
    return answer_unless_known(request, signed_in.account_id, page)


@router.delete("/v1/shares", operation_id="revokeAllShares", status_code=204)
async def revoke_all_shares(request: Request, signed_in: CurrentPatient, sharing: Here) -> Response:
    """Withdraw every link, at once and for good."""
    await sharing.shares.revoke_all(signed_in.account_id, actor_of(request, signed_in))
    return no_content()


@router.get(
    "/v1/shares/{share_id}",
    operation_id="getShare",
    response_model=Share,
    responses=refusals(ShareUnreadable),
)
async def get_share(
    request: Request, signed_in: CurrentPatient, sharing: Here, share_id: PathId
) -> Response:
    """Read a link back, with its passcode while it is active."""
    return _told(sharing, await _read(request, signed_in, sharing, share_id))


@router.delete("/v1/shares/{share_id}", operation_id="revokeShare", status_code=204)
async def revoke_share(
    request: Request, signed_in: CurrentPatient, sharing: Here, share_id: PathId
) -> Response:
    """Withdraw a link, at once and for good; it stays in the list with its log.

    Repeating it changes nothing.
    """
    actor = actor_of(request, signed_in)
    await sharing.shares.revoke(signed_in.account_id, share_id, actor)
    return no_content()


@router.get(
    "/v1/shares/{share_id}/qr.svg",
    operation_id="getShareQrCode",
    response_class=Svg,
    responses={
        **refusals(ShareUnreadable),
        200: {"content": {SVG: {"schema": {"type": "string", "maxLength": MOST_SVG_CHARACTERS}}}},
    },
)
async def get_share_qr_code(
    request: Request,
    signed_in: CurrentPatient,
    sharing: Here,
    share_id: PathId,
    form: WantedForm = "viewer",
) -> Response:
    """Show an active link as a QR code in vectors."""
    share = await _read(request, signed_in, sharing, share_id)
    return Svg(qr_code(_pictured(sharing, share, form), "svg"))


@router.get(
    "/v1/shares/{share_id}/qr.png",
    operation_id="getShareQrCodePng",
    response_class=Png,
    responses={
        **refusals(ShareUnreadable),
        200: {"content": {PNG: {"schema": {"type": "string", "format": "binary"}}}},
    },
)
async def get_share_qr_code_png(
    request: Request,
    signed_in: CurrentPatient,
    sharing: Here,
    share_id: PathId,
    form: WantedForm = "viewer",
) -> Response:
    """Show an active link as a QR code in pixels."""
    share = await _read(request, signed_in, sharing, share_id)
    return Png(qr_code(_pictured(sharing, share, form), "png"))


@router.get(
    "/v1/shares/{share_id}/accesses",
    operation_id="listShareAccesses",
    response_model=ShareAccessPage,
    openapi_extra=CONDITIONAL_READ,
)
async def list_share_accesses(
    request: Request,
    signed_in: CurrentPatient,
    sharing: Here,
    share_id: PathId,
    limit: PageLimit = DEFAULT_LIMIT,
    cursor: PageCursor = None,
) -> Response:
    """List who says they opened a link, newest first, and how it ended.

    `recipient` is a claim: what the reader typed. At most 500 rows of a link are kept.
    """
    after = None if cursor is None else decode_place(cursor)
    found, following = await sharing.shares.accesses(signed_in.account_id, share_id, after, limit)
    following_cursor = following and encode_place(*following)
    page = ShareAccessPage(items=shown_accesses(found), next_cursor=following_cursor)
    return answer_unless_known(request, signed_in.account_id, page)


def _draft(body: object) -> ShareDraft:
    """Raises InvalidRequest.

    Not left to the framework: its faults would take the member `passcode` of a draft of the kind
    `passcode` for the tag of a union.
    """
    try:
        return ShareDraft.model_validate(body)
    except ValidationError as wrong:
        raise InvalidRequest(faults=faults_from(wrong)) from None


async def _read(
    request: Request, signed_in: SignedIn, sharing: Sharing, share_id: UUID
) -> OpenedShare:
    actor = actor_of(request, signed_in)
    return await sharing.shares.read(signed_in.account_id, share_id, actor)


def _told(
    sharing: Sharing, share: OpenedShare, status: int = 200, headers: dict[str, str] | None = None
) -> Response:
    house = sharing.equipment
    told = with_secrets(share, house.clock(), house.base, house.viewer)
    return json_answer(told, status, headers)


def _pictured(sharing: Sharing, share: OpenedShare, form: QrForm) -> str:
    """The text of a QR code. Raises NotFound for a dead link."""
    house = sharing.equipment
    link = living_link(share, house.base, house.clock())
    if link is None:
        raise NotFound
    return link.bare() if form == "bare" else link.for_viewer(house.viewer)

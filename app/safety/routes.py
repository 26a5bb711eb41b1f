"""The operations on signals, and the public list of places where help is."""

import asyncio
import logging
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import Response

from app.audit import Actor
from app.safety.keeper import SignalPlace, Signals
from app.safety.refusals import SignalUnreadable
from app.safety.resources import CRISIS_RESOURCES
from app.safety.schemas import CrisisResourceList, Signal, SignalPage, SignalPatch
from app.web.answers import json_answer
from app.web.conditional import CONDITIONAL_READ, answer_unless_known
from app.web.exchange import exchange_of
from app.web.identity import PUBLIC_OR_SIGNED_IN, CurrentPatient, signed_in
from app.web.paging import DEFAULT_LIMIT, PageCursor, PageLimit, decode_place, encode_place, lacking
from app.web.problems import Refusal, refusals
from app.web.provide import provided
from app.web.routing import PathId, StrictRoute

KEPT = {"Cache-Control": "public, max-age=86400"}
OF_STRANGERS = {"Vary": "Authorization"}
"""Kept on the way for strangers alone: a patient's own answer is another."""

PATIENCE_SECONDS = 1.0
"""For the profile: who needs help does not wait for a database that is away."""

LOG = logging.getLogger(__name__)
router = APIRouter(route_class=StrictRoute, tags=["Safety"])
Here = Annotated[Signals, Depends(provided(Signals))]


@router.get(
    "/v1/signals",
    operation_id="listSignals",
    response_model=SignalPage,
    openapi_extra=CONDITIONAL_READ,
)
async def list_signals(
    request: Request,
    signed_in: CurrentPatient,
    signals: Here,
    limit: PageLimit = DEFAULT_LIMIT,
    cursor: PageCursor = None,
) -> Response:
    """List the signals that the safety rules raised, newest first.

    Nobody reads entries as they arrive, and an empty list means nothing.
    """
    after = None if cursor is None else SignalPlace(*decode_place(cursor))
    found = await signals.page(signed_in.account_id, after, limit)
    page = SignalPage(
        items=tuple(found.shown),
        next_cursor=found.next_place and encode_place(*found.next_place),
        unreadable=lacking(found.closed),
        monitored=False,
    )
    return answer_unless_known(request, signed_in.account_id, page)


@router.patch(
    "/v1/signals/{signal_id}",
    operation_id="updateSignal",
    response_model=Signal,
    responses=refusals(SignalUnreadable),
)
async def update_signal(
    request: Request,
    patch: SignalPatch,
    signed_in: CurrentPatient,
    signals: Here,
    signal_id: PathId,
) -> Response:
    """Acknowledge or dismiss a signal. Repeating an answer changes nothing.

    One that does not open can only be dismissed: then it is gone, and the answer is 404.
    """
    actor = Actor("device", str(signed_in.device_id), exchange_of(request.scope).request_id)
    signal = await signals.answer(signed_in.account_id, signal_id, patch.status, actor)
    return json_answer(signal)


@router.get(
    "/v1/crisis-resources",
    operation_id="listCrisisResources",
    response_model=CrisisResourceList,
    openapi_extra=PUBLIC_OR_SIGNED_IN,
)
async def list_crisis_resources(
    request: Request,
    signals: Here,
    country: Annotated[
        str | None, Query(pattern="^[A-Za-z]{2}$", max_length=2, description="ISO 3166-1 alpha-2.")
    ] = None,
) -> Response:
    """List where help is in a country.

    Without `country` it is the region of the caller's profile, where an access token is sent. For
    strangers, and for a country that is not known, the list is that of `ZZ`, which names no number.
    No token is refused: with one that does not serve the answer is that for strangers.
    """
    if country is not None:
        return json_answer(CRISIS_RESOURCES.listed(country), headers=KEPT)
    if "authorization" not in request.headers:
        return json_answer(CRISIS_RESOURCES.listed(), headers=KEPT | OF_STRANGERS)
    return json_answer(CRISIS_RESOURCES.listed(locale=await _own_locale(request, signals)))


async def _own_locale(request: Request, signals: Signals) -> str | None:
    """That of the caller's profile. None whatever stands in its way: where help is comes first."""
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            caller = await signed_in(request)
            return (await signals.own_help(caller.account_id)).locale
    except Refusal:
        return None
    except Exception as fault:
        LOG.warning("help is listed without a profile: %s", type(fault).__name__)
        return None

"""The operation that erases an account."""

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from app.accounts.routes import actor_of
from app.portability.erasure import Erasure
from app.portability.ledger import LedgerBroken
from app.web.answers import no_content
from app.web.identity import CurrentPatient
from app.web.problems import StepUpRequired, Unavailable, refusals
from app.web.provide import provided
from app.web.routing import StrictRoute

router = APIRouter(route_class=StrictRoute, tags=["Accounts"])


@router.delete(
    "/v1/account",
    operation_id="deleteAccount",
    status_code=204,
    responses=refusals(StepUpRequired),
)
async def delete_account(
    request: Request,
    signed_in: CurrentPatient,
    erasure: Annotated[Erasure, Depends(provided(Erasure))],
) -> Response:
    """Erase the account with everything in it, at once and for good.

    Needs a fresh proof of identity. Entries, their history, links, devices and the keys that open
    them are gone when this answers; every token is dead and every link answers like one that never
    was. What remains is the audit chain under its id, without any content. A mail confirms it.
    Where no answer came, ask again: 401, and a refresh that is refused, say that it is done. After
    503 it may be done a little later.
    """
    try:
        await erasure.of_patient(signed_in, actor_of(request, signed_in))
    except LedgerBroken:
        raise Unavailable from None
    return no_content()

"""Who calls: the one dependency that turns a bearer token into the signed-in patient."""

import re
from dataclasses import dataclass
from typing import Annotated, Protocol
from uuid import UUID

from fastapi import Depends
from starlette.requests import Request

from app.web.exchange import exchange_of
from app.web.problems import TokenInvalid
from app.web.provide import given

BEARER = re.compile(r"[Bb][Ee][Aa][Rr][Ee][Rr] ([A-Za-z0-9._~+/-]{1,512}=*)")

SECURITY_SCHEME = "accessToken"
"""The name of the one scheme in the OpenAPI file."""

PUBLIC: dict[str, list[object]] = {"security": []}
"""For a route's `openapi_extra`: anybody may call it. A route without it must ask who calls."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The caller of a request: an account, on one of its signed-in devices."""

    account_id: UUID
    device_id: UUID


class Authenticator(Protocol):
    """Knows whose token it is."""

    async def __call__(self, token: str) -> SignedIn:
        """The caller behind an access token. Raises TokenInvalid."""
        ...


async def signed_in(request: Request) -> SignedIn:
    """The caller of this request. Raises TokenInvalid for whatever is not a live access token."""
    token = bearer_token(request)
    authenticate = given(request, Authenticator)  # type: ignore[type-abstract]  # a key, never made
    caller = await authenticate(token)
    exchange_of(request.scope).signed_in = caller
    return caller


CurrentPatient = Annotated[SignedIn, Depends(signed_in)]


def bearer_token(request: Request) -> str:
    """The token of the one `Authorization: Bearer` header. Raises TokenInvalid."""
    headers = request.headers.getlist("authorization")
    match = BEARER.fullmatch(headers[0]) if len(headers) == 1 else None
    if match is None:
        raise TokenInvalid
    return match.group(1)

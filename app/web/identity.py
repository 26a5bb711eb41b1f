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

READS = frozenset({"GET", "HEAD"})
"""Methods that change nothing."""

SECURITY_SCHEME = "accessToken"
"""The name of the one scheme in the OpenAPI file."""

PUBLIC: dict[str, list[object]] = {"security": []}
"""For a route's `openapi_extra`: anybody may call it. A route without it must ask who calls."""


PUBLIC_OR_SIGNED_IN: dict[str, list[object]] = {"security": [{}, {SECURITY_SCHEME: []}]}
"""For a route's `openapi_extra`: anybody may call it, and whoever sends a token is told more."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The caller of a request: an account, on one of its signed-in devices."""

    account_id: UUID
    device_id: UUID


class Authenticator(Protocol):
    """Knows whose token it is."""

    async def __call__(self, token: str, *, writes: bool = False) -> SignedIn:
        """The caller behind an access token. Raises TokenInvalid or RateLimited.

        `writes`: whether the request is one that changes something.
        """
        ...


async def signed_in(request: Request) -> SignedIn:
    """The caller of this request. Raises TokenInvalid for whatever is not a live access token."""
    token = bearer_token(request)
    authenticate = given(request, Authenticator)  # type: ignore[type-abstract]  # a key, never made
    caller = await authenticate(token, writes=request.method not in READS)
    exchange_of(request.scope).signed_in = caller
    return caller


async def signed_in_if_told(request: Request) -> SignedIn | None:
    """The caller of a public operation, where one sends a token. Raises TokenInvalid."""
    return await signed_in(request) if "authorization" in request.headers else None


AnyCaller = Annotated[SignedIn | None, Depends(signed_in_if_told)]
CurrentPatient = Annotated[SignedIn, Depends(signed_in)]


def bearer_token(request: Request) -> str:
    """The token of the one `Authorization: Bearer` header. Raises TokenInvalid."""
    given = [value for name, value in request.scope["headers"] if name == b"authorization"]
    match = BEARER.fullmatch(given[0].decode("latin-1")) if len(given) == 1 else None
    if match is None:
        raise TokenInvalid
    return match.group(1)

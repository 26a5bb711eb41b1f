"""Coming in and proving again with ID tokens."""

import httpx

from tests.accounts.client import DEVICE, Client, Json
from tests.accounts.external.tokens import NONCE

REFUSED = (401, "credentials_refused")


async def enter(visitor: Client, token: str, **more: Json) -> httpx.Response:
    """Sign in with a token."""
    body = {"method": "id_token", "id_token": token, "nonce": NONCE, "device": DEVICE}
    return await visitor.http.post("/v1/tokens", json=body | more)


async def prove(visitor: Client, token: str) -> httpx.Response:
    """Step up with a token."""
    body = {"method": "id_token", "id_token": token, "nonce": NONCE}
    return await visitor.ask("POST", "/v1/step-up", body)

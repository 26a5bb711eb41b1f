"""Steps that the stories of passkeys are made of."""

import httpx

from tests.accounts.client import DEVICE, Client, Json
from tests.accounts.house import PASSWORD
from tests.authenticator import Authenticator

REGISTRATION = "/v1/passkeys/registration"
SIGN_IN = "/v1/passkeys/sign-in"


async def step_up(client: Client) -> None:
    """A fresh proof by password."""
    proof = {"method": "password", "password": PASSWORD}
    answer = await client.ask("POST", "/v1/step-up", proof)
    assert answer.status_code == 200, answer.text


async def begin(client: Client) -> Json:
    """The answer that starts a registration."""
    await step_up(client)
    answer = await client.ask("POST", REGISTRATION)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def finish(
    client: Client, started: Json, authenticator: Authenticator, **more: Json
) -> httpx.Response:
    """What a registration ends with."""
    draft = {
        "challenge_id": started["challenge_id"],
        "credential": authenticator.create(started["options"]),
        "name": "Blue key",
    }
    return await client.ask("POST", f"{REGISTRATION}/completion", draft | more)


async def registered(client: Client, **more: Json) -> Authenticator:
    """An authenticator that holds a passkey of the account."""
    authenticator = Authenticator()
    answer = await finish(client, await begin(client), authenticator, **more)
    assert answer.status_code == 201, answer.text
    return authenticator


async def challenged(client: Client, *, signed_in: bool) -> Json:
    """A challenge, asked for with the access token or as a stranger."""
    asking = client.ask("POST", SIGN_IN) if signed_in else client.http.post(SIGN_IN)
    answer = await asking
    assert answer.status_code == 200, answer.text
    return answer.json()


async def enter(
    client: Client, authenticator: Authenticator, started: Json = None, **more: Json
) -> httpx.Response:
    """Sign in as somebody who has a passkey and nothing else."""
    started = started or await challenged(client, signed_in=False)
    draft = {
        "challenge_id": started["challenge_id"],
        "credential": authenticator.get(started["options"]),
        "device": DEVICE,
    }
    return await client.http.post(f"{SIGN_IN}/completion", json=draft | more)


async def prove(
    client: Client, authenticator: Authenticator, started: Json = None
) -> httpx.Response:
    """Step up with a passkey."""
    started = started or await challenged(client, signed_in=True)
    proof = {
        "method": "passkey",
        "challenge_id": started["challenge_id"],
        "credential": authenticator.get(started["options"]),
    }
    return await client.ask("POST", "/v1/step-up", proof)


async def events_of(client: Client) -> list[tuple[str, str]]:
    """(action, outcome) of the account's chain."""
    caller = await client.house.caller(client.tokens["access_token"])
    return [(action, told) for action, _, told in await client.house.events(caller.account_id)]

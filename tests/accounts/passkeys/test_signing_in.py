"""Signing in and proving again with a passkey, over HTTP."""

from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from app.accounts.hashing_places import RUNNING, WAITING
from tests.accounts.client import Client, Json, code_of
from tests.accounts.crowds import crowd
from tests.accounts.house import House
from tests.accounts.passkeys.stories import (
    challenged,
    enter,
    events_of,
    prove,
    registered,
    step_up,
)
from tests.authenticator import PRESENT, VERIFIED, Authenticator, text_of
from tests.clocks import SetClock

pytestmark = pytest.mark.anyio
REFUSED = (401, "credentials_refused")


async def test_a_passkey_signs_a_device_in_without_an_address(client: Client) -> None:
    await client.sign_up()
    authenticator = await registered(client, require_passkey=True)
    started = await challenged(client, signed_in=False)
    assert started["options"]["allowCredentials"] == []
    assert started["options"]["userVerification"] == "required"
    answer = await enter(client, authenticator, started)
    assert answer.status_code == 200, answer.text
    assert set(answer.json()) == client.tokens.keys() - {"recovery_codes"}
    assert answer.json()["account_id"] == client.tokens["account_id"]
    bearer = {"Authorization": f"Bearer {answer.json()['access_token']}"}
    assert len((await client.ask("GET", "/v1/devices", **bearer)).json()["items"]) == 2
    (passkey,) = (await client.ask("GET", "/v1/passkeys")).json()["items"]
    assert passkey["last_used"] == "2026-06-01"
    assert (await events_of(client))[-1] == ("device.signed_in", "done")
    mail = (await client.house.mails_to(client.email))[-1]
    assert mail["Subject"] == "A new device has signed in"


LIES: dict[str, Json] = {
    "another origin": {"origin": "https://afterglow.evil.example"},
    "another relying party": {"rp_id": "evil.example"},
    "no verified user": {"flags": PRESENT},
    "nobody present": {"flags": VERIFIED},
    "a foreign frame": {"cross_origin": True},
    "another key": {"key": ec.generate_private_key(ec.SECP256R1())},
    "an unknown credential": {"credential_id": bytes(32)},
    "another account": {"user_handle": text_of(bytes(16))},
}


@pytest.mark.parametrize("lie", LIES)
async def test_what_does_not_fit_is_refused_in_the_same_words(client: Client, lie: str) -> None:
    await client.sign_up()
    liar = replace(await registered(client), **LIES[lie])
    answer = await enter(client, liar)
    assert code_of(answer) == REFUSED
    assert answer.headers["www-authenticate"] == "Bearer"
    assert code_of(await prove(client, liar)) == REFUSED
    assert (await events_of(client))[-1] == ("step_up", "refused")


async def test_an_assertion_that_names_nobody_is_refused_at_sign_in(client: Client) -> None:
    await client.sign_up()
    authenticator = await registered(client)
    started = await challenged(client, signed_in=False)
    credential = authenticator.get(started["options"])
    for response in (
        {name: value for name, value in credential["response"].items() if name != "userHandle"},
        credential["response"] | {"userHandle": None},
    ):
        answer = await enter(
            client, authenticator, started, credential=credential | {"response": response}
        )
        assert code_of(answer) == REFUSED


async def test_a_challenge_is_answered_once_within_five_minutes(
    client: Client, clock: SetClock
) -> None:
    await client.sign_up()
    authenticator = await registered(client)
    started = await challenged(client, signed_in=False)
    credential = authenticator.get(started["options"])
    clock.advance(minutes=4, seconds=59)
    assert (await enter(client, authenticator, started, credential=credential)).status_code == 200
    replayed = await enter(client, authenticator, started, credential=credential)
    assert code_of(replayed) == REFUSED
    assert code_of(await enter(client, authenticator, started)) == REFUSED
    late = await challenged(client, signed_in=False)
    clock.advance(minutes=5)
    assert code_of(await enter(client, authenticator, late)) == REFUSED


async def test_a_challenge_of_one_ceremony_serves_no_other(client: Client) -> None:
    await client.sign_up()
    authenticator = await registered(client)
    proof = await challenged(client, signed_in=True)
    assert code_of(await enter(client, authenticator, proof)) == REFUSED
    entrance = await challenged(client, signed_in=False)
    assert code_of(await prove(client, authenticator, entrance)) == REFUSED
    assert (await enter(client, authenticator, entrance)).status_code == 200
    assert (await prove(client, authenticator, proof)).status_code == 200


async def test_a_counter_that_goes_back_is_refused_and_reported(client: Client) -> None:
    await client.sign_up()
    authenticator = await registered(client)
    copied = replace(authenticator)
    assert (await enter(client, authenticator)).status_code == 200
    assert code_of(await enter(client, copied)) == REFUSED
    assert (await events_of(client))[-1] == ("passkey.counter_back", "refused")
    assert (await enter(client, authenticator)).status_code == 200
    assert code_of(await prove(client, copied)) == REFUSED
    assert (await events_of(client))[-1] == ("passkey.counter_back", "refused")


async def test_a_counter_that_begins_again_at_nothing_is_refused(client: Client) -> None:
    await client.sign_up()
    authenticator = await registered(client)
    assert (await enter(client, authenticator)).status_code == 200
    authenticator.count, authenticator.step = 0, 0
    assert code_of(await enter(client, authenticator)) == REFUSED


async def test_authenticators_that_do_not_count_sign_in_again_and_again(client: Client) -> None:
    await client.sign_up()
    authenticator = await registered(client)
    authenticator.step = 0
    for _ in range(2):
        assert (await enter(client, authenticator)).status_code == 200


async def test_a_passkey_proves_again_on_the_device_that_asked(client: Client) -> None:
    await client.sign_up()
    authenticator = await registered(client)
    entered = (await enter(client, authenticator)).json()
    started = await challenged(client, signed_in=True)
    assert len(started["options"]["allowCredentials"]) == 1
    first, client.tokens = client.tokens, entered
    assert code_of(await prove(client, authenticator, started)) == REFUSED
    client.tokens = first
    answer = await prove(client, authenticator, started)
    assert (answer.status_code, answer.json()) == (200, {"valid_until": "2026-06-01T12:05:00Z"})
    assert code_of(await prove(client, authenticator, started)) == REFUSED


async def test_another_accounts_passkey_proves_nothing(client: Client) -> None:
    await client.sign_up()
    authenticator = await registered(client)
    other = await Client(client.http, client.house).sign_up()
    assert code_of(await prove(other, authenticator)) == REFUSED
    authenticator.user_handle = ""
    assert code_of(await prove(other, authenticator)) == REFUSED


async def test_a_device_that_asked_need_not_be_told_whose_passkey_it_is(client: Client) -> None:
    """Authenticators that were handed a list of passkeys mostly say nothing of it."""
    await client.sign_up()
    authenticator = await registered(client)
    authenticator.user_handle = ""
    assert (await prove(client, authenticator)).status_code == 200


async def test_what_was_shown_before_is_refused_and_the_patient_is_told(client: Client) -> None:
    await client.sign_up()
    authenticator = await registered(client)
    started = await challenged(client, signed_in=False)
    credential = authenticator.get(started["options"])
    for status, told in ((200, ("device.signed_in", "done")), (401, ("sign_in", "refused"))):
        answer = await enter(client, authenticator, started, credential=credential)
        assert answer.status_code == status
        assert (await events_of(client))[-1] == told
    started = await challenged(client, signed_in=True)
    for status, outcome in ((200, "done"), (401, "refused")):
        assert (await prove(client, authenticator, started)).status_code == status
        assert (await events_of(client))[-1] == ("step_up", outcome)


async def test_a_crowd_that_hashes_keeps_no_passkey_out(client: Client, house: House) -> None:
    await client.sign_up()
    authenticator = await registered(client)
    async with crowd(house.hasher, RUNNING + WAITING):
        assert (await enter(client, authenticator)).status_code == 200
        assert (await prove(client, authenticator)).status_code == 200


async def test_a_bad_token_gets_no_challenge(client: Client) -> None:
    answer = await client.ask("POST", "/v1/passkeys/sign-in", Authorization="Bearer nonsense")
    assert code_of(answer) == (401, "token_invalid")


async def test_the_eleventh_device_needs_room(client: Client) -> None:
    await client.sign_up()
    authenticator = await registered(client)
    for _ in range(9):
        assert (await enter(client, authenticator)).status_code == 200
    started = await challenged(client, signed_in=False)
    shown = {"credential": authenticator.get(started["options"])}
    answer = await enter(client, authenticator, started, **shown)
    assert code_of(answer) == (409, "device_limit_reached")
    again = await enter(client, authenticator, started, **shown, replace_oldest=True)
    assert again.status_code == 200, "the challenge was not spent"


async def test_hostile_bytes_are_refused_like_everything_else(client: Client) -> None:
    await client.sign_up()
    authenticator = await registered(client)
    for member in ("clientDataJSON", "authenticatorData", "signature"):
        for junk in ("AA", text_of(b"{" * 3000), text_of(b"[" * 40_000), text_of(b'"\xff"')):
            started = await challenged(client, signed_in=False)
            credential = authenticator.get(started["options"])
            credential["response"][member] = junk
            answer = await enter(client, authenticator, started, credential=credential)
            assert code_of(answer) == REFUSED
    await step_up(client)
    started = (await client.ask("POST", "/v1/passkeys/registration")).json()
    for junk in ("AA", text_of(b"\x9f" * 40_000), text_of(b"\xbb" + b"\xff" * 8)):
        credential = Authenticator().create(started["options"])
        credential["response"]["attestationObject"] = junk
        draft = {"challenge_id": started["challenge_id"], "credential": credential, "name": "Key"}
        path = "/v1/passkeys/registration/completion"
        assert code_of(await client.ask("POST", path, draft))[0] == 422


@pytest.mark.parametrize("member", ["id", "userHandle"])
async def test_a_name_that_is_no_base64_is_refused_like_everything_else(
    client: Client, member: str
) -> None:
    await client.sign_up()
    authenticator = await registered(client)
    started = await challenged(client, signed_in=False)
    credential = authenticator.get(started["options"])
    if member == "id":
        credential |= {"id": "A", "rawId": "A"}
    else:
        credential["response"]["userHandle"] = "A"
    assert code_of(await enter(client, authenticator, started, credential=credential)) == REFUSED

"""Making passkeys, listing and deleting them, over HTTP."""

from dataclasses import replace
from uuid import uuid4

import pytest
from sqlalchemy import select

from app.accounts.store_passkeys import PASSKEY
from app.database import Database
from tests.accounts.client import Client, code_of, faults_in
from tests.accounts.house import PASSWORD
from tests.accounts.passkeys.stories import (
    REGISTRATION,
    begin,
    enter,
    events_of,
    finish,
    registered,
    step_up,
)
from tests.authenticator import PRESENT, Authenticator, bytes_of, text_of
from tests.clocks import SetClock

pytestmark = pytest.mark.anyio
REFUSED = [("passkey_refused", "/credential")]


async def test_a_passkey_is_made_from_options_that_demand_a_verified_user(client: Client) -> None:
    await client.sign_up()
    started = await begin(client)
    options = started["options"]
    assert len(bytes_of(options["challenge"])) == 32
    assert options["rp"] == {"id": "127.0.0.1", "name": "Afterglow"}
    assert options["user"]["name"] == options["user"]["displayName"] == client.email
    assert {each["alg"] for each in options["pubKeyCredParams"]} == {-7, -8, -257}
    assert options["authenticatorSelection"] == {
        "residentKey": "required",
        "requireResidentKey": True,
        "userVerification": "required",
    }
    assert (options["attestation"], options["excludeCredentials"]) == ("none", [])
    answer = await finish(client, started, Authenticator())
    assert answer.status_code == 201
    assert answer.json() == {
        "id": answer.json()["id"],
        "name": "Blue key",
        "created_at": "2026-06-01T12:00:00Z",
    }
    listed = await client.ask("GET", "/v1/passkeys")
    assert listed.json() == {"items": [answer.json()], "passkey_required": False}
    assert (await events_of(client))[-1] == ("passkey.added", "done")


async def test_the_next_registration_excludes_the_passkeys_that_are_there(client: Client) -> None:
    await client.sign_up()
    authenticator = await registered(client)
    (excluded,) = (await begin(client))["options"]["excludeCredentials"]
    assert excluded["type"] == "public-key"
    assert bytes_of(excluded["id"]) == authenticator.credential_id


async def test_registering_and_deleting_want_a_fresh_proof(client: Client, clock: SetClock) -> None:
    await client.sign_up()
    assert code_of(await client.ask("POST", REGISTRATION)) == (403, "step_up_required")
    started = await begin(client)
    clock.advance(minutes=4)
    await registered(client)
    clock.advance(minutes=4)
    late = await finish(client, started, Authenticator())
    assert code_of(late)[0] == 422  # the challenge is over before the proof is looked at
    clock.advance(minutes=1)
    (passkey,) = (await client.ask("GET", "/v1/passkeys")).json()["items"]
    deleted = await client.ask("DELETE", f"/v1/passkeys/{passkey['id']}")
    assert code_of(deleted) == (403, "step_up_required")


async def test_a_proof_that_ends_on_the_way_is_asked_for_again(
    client: Client, clock: SetClock
) -> None:
    await client.sign_up()
    await step_up(client)
    clock.advance(minutes=4)
    started = (await client.ask("POST", REGISTRATION)).json()
    clock.advance(minutes=1)
    authenticator = Authenticator()
    late = await finish(client, started, authenticator)
    assert code_of(late) == (403, "step_up_required")
    await step_up(client)
    assert (await finish(client, started, authenticator)).status_code == 201


LIES = {
    "another origin": Authenticator(origin="https://afterglow.evil.example"),
    "another relying party": Authenticator(rp_id="evil.example"),
    "no verified user": Authenticator(flags=PRESENT),
    "a foreign frame": Authenticator(cross_origin=True),
}


@pytest.mark.parametrize("lie", LIES)
async def test_a_passkey_that_does_not_fit_is_refused(client: Client, lie: str) -> None:
    await client.sign_up()
    authenticator = replace(LIES[lie], credential_id=uuid4().bytes)
    assert faults_in(await finish(client, await begin(client), authenticator)) == REFUSED
    assert (await client.ask("GET", "/v1/passkeys")).json()["items"] == []


async def test_the_id_beside_a_passkey_has_to_be_the_one_it_was_made_with(client: Client) -> None:
    await client.sign_up()
    authenticator, started = Authenticator(), await begin(client)
    for claimed in (text_of(uuid4().bytes), "A"):
        credential = authenticator.create(started["options"]) | {"id": claimed, "rawId": claimed}
        answer = await finish(client, started, authenticator, credential=credential)
        assert faults_in(answer) == REFUSED
    assert (await finish(client, started, authenticator)).status_code == 201


async def test_a_challenge_serves_its_device_its_ceremony_and_five_minutes_alone(
    client: Client, clock: SetClock
) -> None:
    await client.sign_up()
    started = await begin(client)
    swapped = started | {"challenge_id": (await begin(client))["challenge_id"]}
    assert faults_in(await finish(client, swapped, Authenticator())) == REFUSED
    own = client.tokens
    client.tokens = (await client.ask("POST", "/v1/tokens", client.sign_in())).json()
    await step_up(client)
    assert faults_in(await finish(client, started, Authenticator())) == REFUSED
    client.tokens = own
    asked = (await client.ask("POST", "/v1/passkeys/sign-in")).json()
    other = started | {"challenge_id": asked["challenge_id"]}
    other["options"] = started["options"] | {"challenge": asked["options"]["challenge"]}
    assert faults_in(await finish(client, other, Authenticator())) == REFUSED
    clock.advance(minutes=4, seconds=59)
    await step_up(client)
    assert (await finish(client, started, Authenticator())).status_code == 201
    late = await begin(client)
    clock.advance(minutes=5)
    await client.ask("POST", "/v1/tokens/refresh", {"refresh_token": own["refresh_token"]})
    client.tokens = (
        own
        | (
            await client.ask("POST", "/v1/tokens/refresh", {"refresh_token": own["refresh_token"]})
        ).json()
    )
    await step_up(client)
    assert faults_in(await finish(client, late, Authenticator())) == REFUSED


async def test_a_challenge_and_a_credential_are_taken_once(client: Client) -> None:
    await client.sign_up()
    started, authenticator = await begin(client), Authenticator()
    assert (await finish(client, started, authenticator)).status_code == 201
    assert faults_in(await finish(client, started, Authenticator())) == REFUSED
    assert faults_in(await finish(client, await begin(client), authenticator)) == REFUSED


async def test_a_credential_of_another_account_is_not_taken_over(client: Client) -> None:
    await client.sign_up()
    authenticator = await registered(client)
    other = await Client(client.http, client.house).sign_up()
    answer = await finish(other, await begin(other), authenticator)
    assert faults_in(answer) == REFUSED
    assert (await enter(client, replace(authenticator))).status_code == 401


async def test_other_devices_are_signed_out_and_the_patient_is_told(client: Client) -> None:
    await client.sign_up()
    other = (await client.ask("POST", "/v1/tokens", client.sign_in())).json()
    await registered(client)
    bearer = {"Authorization": f"Bearer {other['access_token']}"}
    assert code_of(await client.ask("GET", "/v1/devices", **bearer)) == (401, "token_invalid")
    spent = {"refresh_token": other["refresh_token"]}
    refreshed = await client.http.post("/v1/tokens/refresh", json=spent)
    assert code_of(refreshed) == (401, "refresh_refused")
    assert (await client.ask("GET", "/v1/devices")).status_code == 200
    mail = (await client.house.mails_to(client.email))[-1]
    assert mail["Subject"] == "Your passkeys were changed"


async def test_a_demand_ends_with_the_last_passkey(client: Client) -> None:
    await client.sign_up()
    await registered(client, require_passkey=True)
    second = await registered(client)
    page = (await client.ask("GET", "/v1/passkeys")).json()
    assert page["passkey_required"] is True
    assert ("passkey.added_and_required", "done") in await events_of(client)
    for passkey in page["items"]:
        refused = await client.ask("POST", "/v1/tokens", client.sign_in())
        assert code_of(refused) == (403, "passkey_required")
        await step_up(client)
        gone = await client.ask("DELETE", f"/v1/passkeys/{passkey['id']}")
        assert gone.status_code == 204
        assert (await events_of(client))[-1] == ("passkey.deleted", "done")
    listed = (await client.ask("GET", "/v1/passkeys")).json()
    assert listed == {"items": [], "passkey_required": False}
    assert (await client.ask("POST", "/v1/tokens", client.sign_in())).status_code == 200
    assert (await enter(client, second)).status_code == 401


async def test_a_right_password_without_the_passkey_is_told_by_mail(client: Client) -> None:
    await client.sign_up()
    await registered(client, require_passkey=True)
    before = len(await client.house.mails_to(client.email))
    wrong = await client.ask("POST", "/v1/tokens", client.sign_in(password=PASSWORD + "!"))
    assert code_of(wrong) == (401, "credentials_refused")
    assert len(await client.house.mails_to(client.email)) == before
    await client.ask("POST", "/v1/tokens", client.sign_in())
    mails = await client.house.mails_to(client.email)
    assert [each["Subject"] for each in mails[before:]] == ["A sign-in was refused"]
    assert (await events_of(client))[-1] == ("passkey_required", "refused")


async def test_another_accounts_passkey_is_no_passkey(client: Client) -> None:
    await client.sign_up()
    await registered(client)
    (passkey,) = (await client.ask("GET", "/v1/passkeys")).json()["items"]
    other = await Client(client.http, client.house).sign_up()
    await step_up(other)
    for path in (f"/v1/passkeys/{passkey['id']}", f"/v1/passkeys/{uuid4()}"):
        assert code_of(await other.ask("DELETE", path)) == (404, "not_found")
    assert (await other.ask("GET", "/v1/passkeys")).json()["items"] == []


async def test_names_lie_sealed(client: Client, everything: Database) -> None:
    await client.sign_up()
    await registered(client, name="Grandmother's tablet")
    names = select(PASSKEY.c.sealed_name)
    rows = await everything.read(uuid4(), lambda work: work.fetch(names))
    assert rows
    assert all(b"Grandmother" not in row[0] for row in rows)

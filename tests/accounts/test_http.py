"""The operations over HTTP: statuses, headers and what answers hold."""

import pytest

from app.accounts.routes import router
from app.web.openapi import openapi_document
from app.web.openapi_rules import openapi_faults
from app.web.shape import build_shell
from tests.accounts.client import DEVICE, Client, code_of
from tests.accounts.house import PASSWORD

pytestmark = pytest.mark.anyio


async def test_a_patient_signs_up_and_gets_everything_once(client: Client) -> None:
    await client.sign_up()
    assert set(client.tokens) == {
        "access_token",
        "refresh_token",
        "expires_in",
        "account_id",
        "device",
        "recovery_codes",
    }
    assert len(client.tokens["recovery_codes"]) == 10
    device = client.tokens["device"]
    assert device == DEVICE | {
        "id": device["id"],
        "created_at": "2026-06-01T12:00:00Z",
        "last_seen": "2026-06-01",
        "current": True,
    }
    listed = await client.ask("GET", "/v1/devices")
    assert listed.json() == {"items": [device]}
    assert listed.headers["cache-control"] == "private, no-cache"


async def test_signing_in_and_refreshing(client: Client) -> None:
    await client.sign_up()
    entered = await client.ask("POST", "/v1/tokens", client.sign_in())
    assert entered.status_code == 200
    assert set(entered.json()) == client.tokens.keys() - {"recovery_codes"}
    spent = {"refresh_token": entered.json()["refresh_token"]}
    refreshed = await client.ask("POST", "/v1/tokens/refresh", spent)
    assert refreshed.status_code == 200
    assert set(refreshed.json()) == entered.json().keys() - {"device"}


async def test_every_answer_with_tokens_names_their_account(client: Client) -> None:
    await client.sign_up()
    entered = (await client.ask("POST", "/v1/tokens", client.sign_in())).json()
    spent = {"refresh_token": entered["refresh_token"]}
    refreshed = (await client.ask("POST", "/v1/tokens/refresh", spent)).json()
    again = (await client.ask("POST", "/v1/tokens/refresh", spent)).json()
    caller = await client.house.caller(client.tokens["access_token"])
    told = {each["account_id"] for each in (client.tokens, entered, refreshed, again)}
    assert told == {str(caller.account_id)}
    other = await Client(client.http, client.house).sign_up()
    assert other.tokens["account_id"] != client.tokens["account_id"]


async def test_a_revoked_device_is_401_at_its_next_request(client: Client) -> None:
    await client.sign_up()
    entered = (await client.ask("POST", "/v1/tokens", client.sign_in())).json()
    other = {"Authorization": f"Bearer {entered['access_token']}"}
    assert (await client.ask("GET", "/v1/devices", **other)).status_code == 200
    revoked = await client.ask("DELETE", f"/v1/devices/{entered['device']['id']}")
    assert (revoked.status_code, revoked.content) == (204, b"")
    assert code_of(await client.ask("GET", "/v1/devices", **other)) == (401, "token_invalid")
    again = await client.ask("DELETE", f"/v1/devices/{entered['device']['id']}")
    assert code_of(again) == (404, "not_found")
    assert (await client.ask("DELETE", "/v1/devices")).status_code == 204
    own = await client.ask("DELETE", f"/v1/devices/{client.tokens['device']['id']}")
    assert own.status_code == 204
    assert code_of(await client.ask("GET", "/v1/devices")) == (401, "token_invalid")


async def test_a_proof_says_until_when_it_is_good(client: Client) -> None:
    await client.sign_up()
    proof = {"method": "password", "password": PASSWORD}
    answer = await client.ask("POST", "/v1/step-up", proof)
    assert (answer.status_code, answer.json()) == (200, {"valid_until": "2026-06-01T12:05:00Z"})


async def test_the_profile_is_read_and_changed_by_its_tag(client: Client) -> None:
    await client.sign_up()
    read = await client.ask("GET", "/v1/profile")
    assert read.headers["etag"] == '"1"'
    assert read.json() == {
        "time_zone": "UTC",
        "locale": "en",
        "revision": 1,
        "updated_at": "2026-06-01T12:00:00Z",
    }
    unchanged = await client.ask("GET", "/v1/profile", If_None_Match='"1"')
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    patch = {"time_zone": "Europe/Berlin", "treatment_focus": ["ptsd"]}
    assert code_of(await client.ask("PATCH", "/v1/profile", patch)) == (
        428,
        "precondition_required",
    )
    changed = await client.ask("PATCH", "/v1/profile", patch, If_Match='"1"')
    assert (changed.status_code, changed.headers["etag"]) == (200, '"2"')
    assert changed.json()["treatment_focus"] == ["ptsd"]
    stale = await client.ask("PATCH", "/v1/profile", patch, If_Match='"1"')
    assert code_of(stale) == (412, "precondition_failed")
    assert stale.headers["etag"] == '"2"'
    merged = await client.ask(
        "PATCH",
        "/v1/profile",
        {"treatment_focus": None},
        If_Match='"2"',
        Content_Type="application/merge-patch+json",
    )
    assert "treatment_focus" not in merged.json()


def test_the_openapi_file_of_this_room_breaks_no_rule() -> None:
    app = build_shell("Afterglow", "1.0.0", [router], {})
    document = openapi_document(app)
    assert openapi_faults(document) == []
    identifiers = {
        operation["operationId"]
        for path in document["paths"].values()
        for operation in path.values()
    }
    assert identifiers == {
        "registerAccount",
        "verifyEmail",
        "createTokens",
        "refreshTokens",
        "listDevices",
        "revokeDevice",
        "revokeOtherDevices",
        "stepUp",
        "getProfile",
        "updateProfile",
    }

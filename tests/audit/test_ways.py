"""Ways in, taken and refused, by patients and by readers, stand in the chain."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from app.audit import Actor
from app.trends.report.service import Reports
from app.web.problems import TokenInvalid
from tests.audit.trails import events_of, told
from tests.authenticator import Authenticator, add_passkey
from tests.clocks import SetClock
from tests.service import PASSWORD, Patient, Service, settled
from tests.sharing.links import account_of, ask_for, manifest, read_direct, share

pytestmark = pytest.mark.anyio
TABLET = {"name": "Tablet", "platform": "test"}
REFUSED_SIGN_IN = ("sign_in", "refused", "service")


async def sign_in(service: Service, email: str, password: str = PASSWORD, **more: Any) -> int:
    body = {"method": "password", "email": email, "password": password, "device": TABLET, **more}
    return (await service.http.post("/v1/tokens", json=body)).status_code


async def test_a_new_account_begins_its_chain(patient: Patient) -> None:
    (event,) = await events_of(patient)
    assert (event["number"], event["action"]) == (1, "account.created")
    assert event["actor"]["id"] == patient.tokens["device"]["id"]


async def test_a_sign_in_is_told_also_a_refused_one(service: Service, patient: Patient) -> None:
    other = await service.sign_up()
    assert await sign_in(service, patient.email) == 200
    assert await sign_in(service, patient.email, "a quiet pond under six birches") == 401
    assert await sign_in(service, "nobody@patients.example") == 401
    assert told(await events_of(patient))[1:] == [
        ("device.signed_in", "done", "device"),
        REFUSED_SIGN_IN,
    ]
    assert len(await events_of(other)) == 1


async def test_a_sign_in_over_the_limit_of_devices_is_told(
    service: Service, patient: Patient
) -> None:
    for _ in range(9):
        assert await sign_in(service, patient.email) == 200
    assert await sign_in(service, patient.email) == 409
    assert await sign_in(service, patient.email, replace_oldest=True) == 200
    # The patient's own device was the one unseen longest; the tenth one is asked.
    body = {"method": "password", "email": patient.email, "password": PASSWORD, "device": TABLET}
    tokens = (await service.http.post("/v1/tokens", json={**body, "replace_oldest": True})).json()
    events = told(await events_of(Patient(service.http, patient.email, tokens)))
    assert events[-3:] == [
        REFUSED_SIGN_IN,
        ("device.replaced_oldest", "done", "device"),
        ("device.replaced_oldest", "done", "device"),
    ]


async def test_a_sign_in_by_passkey_is_told_also_a_refused_one(
    service: Service, patient: Patient
) -> None:
    key = Authenticator("http://afterglow.test", "afterglow.test")
    await patient.step_up()
    begun = (await patient.ask("POST", "/v1/passkeys/registration")).json()
    draft = {"challenge_id": begun["challenge_id"], "credential": key.create(begun["options"])}
    made = await patient.ask(
        "POST", "/v1/passkeys/registration/completion", json={**draft, "name": "Key"}
    )
    assert made.status_code == 201, made.text
    before = len(await events_of(patient))
    for challenge, status in (("own", 200), ("another's", 401)):
        asked = (await service.http.post("/v1/passkeys/sign-in")).json()
        proof = {"challenge_id": asked["challenge_id"], "device": TABLET}
        if challenge != "own":  # what was signed is another challenge than the one that is named
            asked = (await service.http.post("/v1/passkeys/sign-in")).json()
        proof["credential"] = key.get(asked["options"])
        answer = await service.http.post("/v1/passkeys/sign-in/completion", json=proof)
        assert answer.status_code == status, answer.text
    assert told(await events_of(patient))[before:] == [
        ("device.signed_in", "done", "device"),
        REFUSED_SIGN_IN,
    ]


async def recovery(service: Service, email: str) -> dict[str, Any]:
    asked = await service.http.post("/v1/accounts/recovery", json={"email": email})
    assert asked.status_code == 202
    await settled(service)
    return {
        "request_id": asked.json()["request_id"],
        "new_password": "another lake under nine alders",
        "device": TABLET,
    }


async def come_back(service: Service, body: dict[str, Any], **more: Any) -> httpx.Response:
    return await service.http.post("/v1/accounts/recovery/completion", json={**body, **more})


async def test_a_recovery_is_told_also_a_refused_one(service: Service, patient: Patient) -> None:
    body = await recovery(service, patient.email)
    code = service.mailed_code(patient.email)
    wrong = f"{(int(code) + 1) % 10**8:08}"
    assert (await come_back(service, body, code=wrong)).status_code == 422
    spare = {"code": code, "recovery_code": "agv_" + "0" * 26}
    assert (await come_back(service, body, **spare)).status_code == 422
    back = await come_back(service, body, code=code)
    assert back.status_code == 200, back.text
    events = await events_of(Patient(service.http, patient.email, back.json()))
    assert told(events)[1:] == [
        ("recovery", "refused", "service"),
        ("recovery", "refused", "service"),
        ("account.recovered", "done", "device"),
    ]


async def test_a_recovery_that_lacks_the_demanded_passkey_is_told(
    service: Service, patient: Patient
) -> None:
    anothers = (await service.sign_up()).tokens["recovery_codes"][0]
    await add_passkey(patient, require_passkey=True)
    before = len(await events_of(patient))
    body = await recovery(service, patient.email)
    code = service.mailed_code(patient.email)
    assert (await come_back(service, body, code=code)).status_code == 403
    last = await come_back(service, body, code=code, recovery_code=anothers)
    assert last.status_code == 422
    events = (await events_of(patient))[before:]
    assert told(events) == [("recovery", "refused", "service")] * 2
    assert events[-1]["request_id"] == last.headers["X-Request-Id"]
    account_id = await account_of(service, patient)
    assert events[-1]["object"] == {"kind": "account", "id": str(account_id)}


async def test_a_wrong_code_for_an_address_without_an_account_is_told_nobody(
    service: Service, patient: Patient
) -> None:
    body = await recovery(service, "nobody@patients.example")
    assert (await come_back(service, body, code="00000000")).status_code == 422
    assert len(await events_of(patient)) == 1


async def test_a_replayed_refresh_token_is_told_and_a_good_one_is_not(
    service: Service, patient: Patient, clock: SetClock
) -> None:
    tablet = await service.http.post(
        "/v1/tokens",
        json={"method": "password", "email": patient.email, "password": PASSWORD, "device": TABLET},
    )
    spent = {"refresh_token": tablet.json()["refresh_token"]}
    new = await service.http.post("/v1/tokens/refresh", json=spent)
    newer = {"refresh_token": new.json()["refresh_token"]}
    assert (await service.http.post("/v1/tokens/refresh", json=newer)).status_code == 200
    before = len(await events_of(patient))
    clock.now += timedelta(minutes=1)
    assert (await service.http.post("/v1/tokens/refresh", json=spent)).status_code == 401
    (event,) = (await events_of(patient))[before:]
    assert (event["action"], event["outcome"]) == ("refresh_replayed", "refused")
    assert event["actor"]["this_device"] is False


async def test_a_step_up_is_told_also_a_refused_one(patient: Patient) -> None:
    await patient.step_up()
    wrong = {"method": "password", "password": "another lake under nine alders"}
    assert (await patient.ask("POST", "/v1/step-up", json=wrong)).status_code == 401
    assert told(await events_of(patient))[1:] == [
        ("step_up", "done", "device"),
        ("step_up", "refused", "device"),
    ]


async def test_what_readers_do_is_told(service: Service, patient: Patient) -> None:
    passcode = await share(patient)
    direct = await share(patient, kind="direct")
    before = len(await events_of(patient))
    await manifest(service, passcode)
    assert (await ask_for(service, passcode, "?" * 8)).status_code == 401
    for status in (200, 404):
        assert (await read_direct(service, direct)).status_code == status
        await patient.ask("DELETE", f"/v1/shares/{direct.id}")
    events = (await events_of(patient))[before:]
    assert told(events) == [
        ("share.opened", "done", "reader"),
        ("share.passcode_wrong", "refused", "reader"),
        ("share.opened", "done", "reader"),
        ("share.revoked", "done", "device"),
        ("share.refused", "refused", "reader"),
    ]
    assert [each["object"] for each in events] == [
        {"kind": "share", "id": each.id} for each in (passcode, passcode, direct, direct, direct)
    ]


async def test_ten_wrong_passcodes_and_the_end_of_the_link_are_told(
    service: Service, patient: Patient
) -> None:
    link = await share(patient)
    before = len(await events_of(patient))
    for _ in range(10):
        assert (await ask_for(service, link, "?" * 8)).status_code == 401
    assert [action for action, *_ in told(await events_of(patient))[before:]] == [
        *["share.passcode_wrong"] * 9,
        "share.locked",
    ]


async def test_a_push_names_the_device_that_is_signed_in_and_not_the_mark_it_gives(
    patient: Patient,
) -> None:
    item = {"id": "0197c0de-0011-7000-8000-00000000aaaa", "op": "upsert", "data": MOOD}
    push = {"device_id": "somebody-else", "changes": [item]}
    assert (await patient.ask("POST", "/v1/sync/changes", json=push)).status_code == 200
    event = (await events_of(patient))[-1]
    assert event["action"] == "journal.pushed"
    assert event["actor"]["id"] == patient.tokens["device"]["id"]
    assert event["object"] == {"kind": "entry", "id": item["id"]}


MOOD = {
    "kind": "mood",
    "score": 6,
    "occurred_at": "2026-06-01T12:00:00+02:00",
    "time_zone": "Europe/Berlin",
}


async def test_a_report_of_an_account_that_was_erased_meanwhile_does_not_leave(
    service: Service, patient: Patient
) -> None:
    account_id = await account_of(service, patient)
    reports: Reports = service.app.state.provided[Reports]
    await patient.step_up()
    assert (await patient.ask("DELETE", "/v1/account")).status_code == 204
    with pytest.raises(TokenInvalid):
        await reports.note(account_id, "a4", Actor("device", "x"))

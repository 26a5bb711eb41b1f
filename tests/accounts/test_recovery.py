"""Coming back into an account: the mailed code is the proof, and a stranger learns nothing."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from app.accounts.accounts import Accounts
from app.accounts.codes import TRIES
from app.accounts.locking import set_account_locked
from app.audit import Actor
from app.database import Database
from tests.authenticator import add_passkey
from tests.clocks import SetClock
from tests.service import PASSWORD, Patient, Service, an_entry, settled
from tests.sharing.links import a_draft, account_of, chain
from tests.sync.recorder import RecordingDatabase

pytestmark = pytest.mark.anyio
START, FINISH = "/v1/accounts/recovery", "/v1/accounts/recovery/completion"
NEW_PASSWORD = "another lake under nine alders"
TABLET = {"name": "Tablet", "platform": "test"}


async def begin(service: Service, email: str) -> dict[str, Any]:
    """Ask for a code."""
    answer = await service.http.post(START, json={"email": email})
    assert answer.status_code == 202, answer.text
    await settled(service)
    asked: dict[str, Any] = answer.json()
    return asked


async def finish(service: Service, asked: dict[str, Any], code: str, **more: Any) -> httpx.Response:
    """Use it."""
    body = {"request_id": asked["request_id"], "code": code, "device": TABLET}
    return await service.http.post(FINISH, json={**body, "new_password": NEW_PASSWORD, **more})


async def recover(service: Service, patient: Patient, **more: Any) -> Patient:
    """The patient on the device that came back."""
    asked = await begin(service, patient.email)
    answer = await finish(service, asked, service.mailed_code(patient.email), **more)
    assert answer.status_code == 200, answer.text
    return Patient(service.http, patient.email, answer.json())


def refused(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


async def sign_in(service: Service, email: str, password: str) -> httpx.Response:
    body = {"method": "password", "email": email, "password": password, "device": TABLET}
    return await service.http.post("/v1/tokens", json=body)


async def test_the_journal_is_there_under_the_new_password(
    service: Service, patient: Patient
) -> None:
    await patient.save(an_entry(note="still here"))
    back = await recover(service, patient)
    (entry,) = (await back.ask("GET", "/v1/entries")).json()["items"]
    assert entry["note"] == "still here"
    assert back.tokens["account_id"] == patient.tokens["account_id"]
    assert refused(await sign_in(service, patient.email, PASSWORD)) == (401, "credentials_refused")
    assert (await sign_in(service, patient.email, NEW_PASSWORD)).status_code == 200


async def test_every_other_device_is_signed_out_and_a_mail_tells(
    service: Service, patient: Patient
) -> None:
    back = await recover(service, patient)
    assert refused(await patient.ask("GET", "/v1/entries")) == (401, "token_invalid")
    spent = {"refresh_token": patient.tokens["refresh_token"]}
    again = await service.http.post("/v1/tokens/refresh", json=spent)
    assert refused(again) == (401, "refresh_refused")
    (device,) = (await back.ask("GET", "/v1/devices")).json()["items"]
    assert device["name"] == "Tablet"
    await settled(service)
    assert "Your password was changed" in service.mailed()[-1]


async def test_recovery_codes_are_replaced(service: Service, patient: Patient) -> None:
    old = patient.tokens["recovery_codes"]
    new = (await recover(service, patient)).tokens["recovery_codes"]
    assert len(set(new)) == 10
    assert not set(new) & set(old)
    asked = await begin(service, patient.email)
    code = service.mailed_code(patient.email)
    assert refused(await finish(service, asked, code, recovery_code=old[0])) == (
        422,
        "code_refused",
    )
    assert (await finish(service, asked, code, recovery_code=new[0])).status_code == 200


async def test_an_unknown_address_gets_the_same_answer_and_no_mail(
    service: Service, patient: Patient
) -> None:
    known = await begin(service, patient.email)
    before = len(service.mailed())
    unknown = await begin(service, "nobody@patients.example")
    assert known.keys() == unknown.keys()
    assert known["expires_in"] == unknown["expires_in"] == 600
    assert len(service.mailed()) == before
    assert refused(await finish(service, unknown, "12345678")) == (422, "code_refused")


async def test_an_unknown_address_takes_the_same_statements(
    service: Service, patient: Patient
) -> None:
    """One round trip more or less is heard in the time of the answer."""
    recovery = service.app.state.provided[Accounts].recovery
    recorder = RecordingDatabase(recovery._equipment.database)
    recovery._equipment = replace(recovery._equipment, database=recorder)
    for email in (patient.email, "nobody@patients.example"):
        await begin(service, email)
    known, unknown = recorder.units
    assert known == unknown
    assert "mail.ADD_MAIL" in known


async def test_a_code_works_once_and_only_the_newest(service: Service, patient: Patient) -> None:
    first = await begin(service, patient.email)
    first_code = service.mailed_code(patient.email)
    second = await begin(service, patient.email)
    second_code = service.mailed_code(patient.email)
    assert refused(await finish(service, first, first_code)) == (422, "code_refused")
    assert refused(await finish(service, first, second_code)) == (422, "code_refused")
    assert (await finish(service, second, second_code)).status_code == 200
    assert refused(await finish(service, second, second_code)) == (422, "code_refused")


async def test_a_code_ends_after_ten_minutes(
    service: Service, patient: Patient, clock: SetClock
) -> None:
    asked = await begin(service, patient.email)
    clock.now += timedelta(minutes=10)
    code = service.mailed_code(patient.email)
    assert refused(await finish(service, asked, code)) == (422, "code_refused")


async def test_a_sign_up_code_recovers_nothing(service: Service, patient: Patient) -> None:
    asked = await service.http.post(
        "/v1/accounts", json={"email": "new@patients.example", "password": PASSWORD}
    )
    await settled(service)
    code = service.mailed_code("new@patients.example")
    assert refused(await finish(service, asked.json(), code)) == (422, "code_refused")


async def test_parallel_guesses_win_nothing(service: Service, patient: Patient) -> None:
    asked = await begin(service, patient.email)
    right = service.mailed_code(patient.email)
    wrong = f"{(int(right) + 1) % 10**8:08}"
    answers = await asyncio.gather(*(finish(service, asked, wrong) for _ in range(8)))
    assert {each.status_code for each in answers} <= {422, 429}
    while (await finish(service, asked, wrong)).status_code == 429:
        await asyncio.sleep(0.05)
    for _ in range(5):
        await finish(service, asked, wrong)
    assert refused(await finish(service, asked, right)) == (422, "code_refused")


async def test_one_code_used_twice_at_once_gives_one_way_in(
    service: Service, patient: Patient
) -> None:
    asked = await begin(service, patient.email)
    code = service.mailed_code(patient.email)
    answers = await asyncio.gather(*(finish(service, asked, code) for _ in range(2)))
    assert sorted(each.status_code for each in answers) == [200, 422]


async def test_a_poor_password_is_told_and_the_code_still_serves(
    service: Service, patient: Patient
) -> None:
    asked = await begin(service, patient.email)
    code = service.mailed_code(patient.email)
    poor = await finish(service, asked, code, new_password="short")
    assert refused(poor) == (422, "invalid_request")
    (fault,) = poor.json()["errors"]
    assert (fault["code"], fault["pointer"]) == ("password_too_short", "/new_password")
    for _ in range(TRIES):
        again = await finish(service, asked, code, new_password="passwordpassword")
        assert refused(again) == (422, "invalid_request")
    assert (await finish(service, asked, code)).status_code == 200


async def test_a_password_made_of_the_address_is_refused_and_costs_a_try(service: Service) -> None:
    patient = await service.sign_up(f"marigold.kettledrum{uuid4().hex[:4]}@patients.example")
    asked = await begin(service, patient.email)
    code = service.mailed_code(patient.email)
    own = f"x7 {patient.email.partition('@')[0]} q"
    for _ in range(TRIES):
        poor = await finish(service, asked, code, new_password=own)
        faults = poor.json()["errors"]
        assert {each["code"] for each in faults} >= {"password_context"}
        assert {each["pointer"] for each in faults} == {"/new_password"}
    assert refused(await finish(service, asked, code)) == (422, "code_refused")


async def test_for_a_day_nothing_leaves_the_account(
    service: Service, patient: Patient, clock: SetClock
) -> None:
    back = await recover(service, patient)
    body = {"method": "password", "password": NEW_PASSWORD}
    for passed, share_status, export_status in (
        (timedelta(0), 403, 403),
        (timedelta(hours=24, seconds=-1), 403, 403),
        (timedelta(seconds=1), 201, 200),
    ):
        clock.now += passed
        await back.refresh()
        assert (await back.ask("POST", "/v1/step-up", json=body)).status_code == 200
        share = await back.ask("POST", "/v1/shares", json=a_draft())
        export = await back.ask("GET", "/v1/export?format=ndjson")
        assert (share.status_code, export.status_code) == (share_status, export_status)
        if share_status == 403:
            assert refused(share) == refused(export) == (403, "recovery_hold")
    assert (await back.save(an_entry()))["entry"]["kind"] == "mood"


async def test_a_demanded_passkey_bars_the_way_until_a_recovery_code_comes_along(
    service: Service, patient: Patient
) -> None:
    codes = patient.tokens["recovery_codes"]
    await add_passkey(patient, require_passkey=True)
    asked = await begin(service, patient.email)
    code = service.mailed_code(patient.email)
    assert refused(await finish(service, asked, code)) == (403, "passkey_required")
    assert (await patient.ask("GET", "/v1/entries")).status_code == 200
    other = (await service.sign_up()).tokens["recovery_codes"][0]
    wrong = await finish(service, asked, code, recovery_code=other)
    assert refused(wrong) == (422, "code_refused")
    done = await finish(service, asked, code, recovery_code=codes[3])
    assert done.status_code == 200
    assert (await sign_in(service, patient.email, NEW_PASSWORD)).status_code == 200


async def test_a_locked_account_is_recovered_by_nobody_and_its_chain_says_so(
    service: Service, patient: Patient, database: Database, clock: SetClock
) -> None:
    account_id = await account_of(service, patient)
    asked = await begin(service, patient.email)
    code = service.mailed_code(patient.email)
    operator = Actor("operator", "somebody")
    await set_account_locked(database, clock, account_id, operator, locked=True)
    assert refused(await finish(service, asked, code)) == (422, "code_refused")
    told = await chain(database, account_id, str(account_id))
    assert told[-2:] == [("account.locked", "done", "operator"), ("recovery", "refused", "service")]

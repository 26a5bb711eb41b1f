"""What an account keeps and cannot open: named, put right or taken away, and no bar to a way in."""

from typing import Any

import httpx
import pytest

from app.accounts.store_accounts import ACCOUNT, PROFILE
from app.accounts.store_devices import DEVICE
from app.accounts.store_passkeys import PASSKEY
from app.telemetry import SEAL_FAILURES
from tests.authenticator import add_passkey
from tests.journal.broken_rows import SPOILT, Spoil, flipped, spoil_column
from tests.portability.exports import exported_lines
from tests.portability.imports import DAYLIO
from tests.portability.lives import erase
from tests.service import PASSWORD, Patient, Service, an_entry, problem_of, settled
from tests.sharing.links import a_draft, ask_for, share

pytestmark = pytest.mark.anyio
# What an answer holds is for the test to say.
Json = dict[str, Any]
KEPT = {name: how for name, how in SPOILT.items() if name != "nothing left"}
PATH = "/v1/profile"
WHOLE: Json = {"time_zone": "Europe/Vienna", "locale": "de-AT", "treatment_focus": ["ptsd"]}
UNREADABLE = (500, "profile_unreadable")


def code_of(answer: httpx.Response) -> tuple[int, str]:
    """Status and code of a problem."""
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.status_code, answer.json()["code"]


async def closed_profile(service: Service, patient: Patient, how: Spoil = flipped) -> str:
    """The tag of the patient's settings, which are spoilt then."""
    answer = await patient.ask("GET", PATH)
    await spoil_column(service, patient, PROFILE.c.sealed, how=how)
    return answer.headers["etag"]


async def listed(patient: Patient, path: str) -> Json:
    """A list that is answered."""
    answer = await patient.ask("GET", path)
    assert answer.status_code == 200, answer.text
    told: Json = answer.json()
    return told


@pytest.mark.parametrize("how", KEPT.values(), ids=KEPT)
async def test_settings_that_do_not_open_are_put_right_by_all_of_them(
    service: Service, patient: Patient, how: Spoil
) -> None:
    match = {"If-Match": await closed_profile(service, patient, how)}
    before = SEAL_FAILURES.counts.get(("profile",), 0)
    assert code_of(await patient.ask("GET", PATH)) == UNREADABLE
    assert SEAL_FAILURES.counts["profile",] == before + 1
    stale = await patient.ask("PATCH", PATH, {"If-Match": '"7"'}, json=WHOLE)
    assert (stale.status_code, stale.headers["etag"]) == (412, match["If-Match"])
    for part in ({"time_zone": "Europe/Vienna"}, {"locale": "de-AT"}, {"crisis_plan": None}, {}):
        assert code_of(await patient.ask("PATCH", PATH, match, json=part)) == UNREADABLE
    poor = WHOLE | {"clinic_contact": {"phone": "112"}}
    refused = await patient.ask("PATCH", PATH, match, json=poor)
    assert problem_of(refused) == {("missing", "/clinic_contact/name")}
    answer = await patient.ask("PATCH", PATH, match, json=WHOLE)
    assert answer.status_code == 200, answer.text
    assert WHOLE.items() <= answer.json().items()
    assert answer.json()["revision"] == 2
    again = await patient.ask("GET", PATH)
    assert (again.json(), again.headers["etag"]) == (answer.json(), '"2"')


async def test_what_rests_on_the_date_of_today_is_refused_and_saves_are_not(
    service: Service, patient: Patient
) -> None:
    live = await share(patient, mode="live")
    diary = {"action": "preview", "diary": "daylio", "content": DAYLIO}
    await closed_profile(service, patient)
    await patient.step_up()
    for answer in (
        await patient.ask("GET", "/v1/trends/daily?metric=mood"),
        await patient.ask("GET", "/v1/trends/report.pdf"),
        await patient.ask("POST", "/v1/shares", json=a_draft()),
        await ask_for(service, live, live.passcode),
        await patient.ask("POST", "/v1/imports", json=diary),
    ):
        assert code_of(answer) == UNREADABLE
    zone = {"time_zone": "Europe/Berlin"}
    assert (await patient.ask("POST", "/v1/imports", json=diary | zone)).status_code == 200
    await patient.save(an_entry(help_wanted=True))
    signals = (await listed(patient, "/v1/signals"))["items"]
    assert [each["id"] for each in signals[0]["resources"]] == ["zz-emergency"]


@pytest.mark.parametrize(
    ("column", "mails"),
    [(ACCOUNT.c.sealed_email, 0), (PROFILE.c.sealed, 2)],
    ids=["address", "settings"],
)
async def test_signing_in_and_carrying_off_and_erasing_go_on(
    service: Service, patient: Patient, column: Any, mails: int
) -> None:
    await spoil_column(service, patient, column)
    told = len([each for each in service.mailed() if patient.email in each])
    again = await patient.sign_in_again()
    await exported_lines(again)
    await settled(service)
    assert len([each for each in service.mailed() if patient.email in each]) == told + mails
    assert (await erase(again)).status_code == 204


async def test_a_device_whose_name_does_not_open_is_named_and_can_be_signed_out(
    service: Service, patient: Patient
) -> None:
    tablet = await patient.sign_in_again()
    own, other = (each.tokens["device"]["id"] for each in (patient, tablet))
    await spoil_column(service, patient, DEVICE.c.sealed_about, other)
    told = await listed(patient, "/v1/devices")
    assert [each["id"] for each in told["items"]] == [own]
    assert told["unreadable"] == [{"id": other}]
    assert (await patient.ask("DELETE", f"/v1/devices/{other}")).status_code == 204
    assert "unreadable" not in await listed(patient, "/v1/devices")
    assert (await tablet.ask("GET", "/v1/devices")).status_code == 401


async def test_a_passkey_whose_name_does_not_open_is_named_and_can_be_deleted(
    service: Service, patient: Patient
) -> None:
    await add_passkey(patient)
    (passkey,) = (await listed(patient, "/v1/passkeys"))["items"]
    await spoil_column(service, patient, PASSKEY.c.sealed_name)
    told = await listed(patient, "/v1/passkeys")
    assert (told["items"], told["unreadable"]) == ([], [{"id": passkey["id"]}])
    await patient.step_up()
    assert (await patient.ask("DELETE", f"/v1/passkeys/{passkey['id']}")).status_code == 204


async def test_a_device_whose_secret_does_not_open_signs_in_anew(
    service: Service, patient: Patient
) -> None:
    await spoil_column(service, patient, DEVICE.c.sealed_secret)
    spent = patient.tokens["refresh_token"]
    answer = await patient.http.post("/v1/tokens/refresh", json={"refresh_token": spent})
    assert code_of(answer) == (401, "refresh_refused")
    body = {
        "method": "password",
        "email": patient.email,
        "password": PASSWORD,
        "device": {"name": "Phone", "platform": "test"},
        "known_device": spent,
    }
    assert (await patient.http.post("/v1/tokens", json=body)).status_code == 200

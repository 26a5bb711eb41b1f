"""No reader is shown a journal that lacks an entry as if it were all of it, and links can break."""

import pytest

from app.sharing.store import SHARE
from app.sharing.store_accesses import ACCESS
from tests.journal.broken_rows import spoil, spoil_column
from tests.journal.kept_digests import delete
from tests.service import Patient, Service, an_entry
from tests.sharing.links import a_draft, accesses, ask_for, opened, revoke, share
from tests.sharing.r4 import resources

pytestmark = pytest.mark.anyio


async def test_a_link_to_what_does_not_open_is_refused(service: Service, patient: Patient) -> None:
    live = await share(patient, mode="live")
    entry = (await patient.save(an_entry()))["entry"]
    await spoil(service, patient, entry["id"])
    await patient.step_up()
    for answer in (
        await ask_for(service, live, live.passcode),
        await patient.ask("POST", "/v1/shares", json=a_draft()),
        await patient.ask("GET", "/v1/trends/report.pdf"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (500, "entry_unreadable")
    await share(patient, scope={"kinds": ["anxiety"]})
    await delete(patient, entry)
    assert not resources(await opened(service, live), "Observation")


async def test_a_link_that_does_not_open_is_named_and_can_be_withdrawn(
    service: Service, patient: Patient
) -> None:
    draft = a_draft()
    sound, closed = await share(patient), await share(patient, draft)
    await spoil_column(service, patient, SHARE.c.sealed_about, closed.id)
    told = (await patient.ask("GET", "/v1/shares")).json()
    assert [each["id"] for each in told["items"]] == [sound.id]
    assert told["unreadable"] == [{"id": closed.id}]
    await patient.step_up()
    path = f"/v1/shares/{closed.id}"
    for answer in (
        *[await patient.ask("GET", f"{path}{more}") for more in ("", "/qr.svg", "/qr.png")],
        await patient.ask("POST", "/v1/shares", json=draft),
        await ask_for(service, closed, closed.passcode),
    ):
        assert (answer.status_code, answer.json()["code"]) == (500, "share_unreadable")
    await revoke(patient, closed)
    assert (await ask_for(service, closed, closed.passcode)).status_code == 404


async def test_a_list_needs_no_secrets_of_a_link(service: Service, patient: Patient) -> None:
    link = await share(patient)
    before = (await patient.ask("GET", "/v1/shares")).json()
    await spoil_column(service, patient, SHARE.c.sealed_link)
    assert (await patient.ask("GET", "/v1/shares")).json() == before
    for answer in (
        await patient.ask("GET", f"/v1/shares/{link.id}"),
        await ask_for(service, link, link.passcode),
    ):
        assert (answer.status_code, answer.json()["code"]) == (500, "share_unreadable")


async def test_an_opening_stands_in_the_log_without_the_name_that_does_not_open(
    service: Service, patient: Patient
) -> None:
    link = await share(patient)
    await opened(service, link)
    (before,) = await accesses(patient, link)
    await spoil_column(service, patient, ACCESS.c.sealed_recipient)
    (after,) = await accesses(patient, link)
    assert before.pop("recipient") == "Dr Lee"
    assert after.pop("recipient_unreadable") is True
    assert after == before

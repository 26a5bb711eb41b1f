"""No reader is shown a journal that lacks an entry, as if it were all of it."""

import pytest

from tests.journal.broken_rows import spoil
from tests.journal.kept_digests import delete
from tests.service import Patient, Service, an_entry
from tests.sharing.links import a_draft, ask_for, opened, share
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

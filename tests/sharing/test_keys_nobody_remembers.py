"""A patient's keys are read in the unit of work that needs them, where no process knows them."""

import pytest

from tests.service import Patient, Service, an_entry
from tests.sharing.links import (
    a_draft,
    ask_for,
    manifest,
    opened,
    outcomes,
    revoke,
    share,
    state,
)

pytestmark = pytest.mark.anyio


@pytest.fixture
def database_url(sqlite_file_url: str) -> str:
    """One engine: nothing here is a matter of statements."""
    return sqlite_file_url


@pytest.fixture(autouse=True)
def nobody_remembers(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a process that has just begun, at every step."""
    monkeypatch.setattr("app.vault.vault.CACHED_SECONDS", 0.0)


async def test_links_are_made_and_read_back(patient: Patient) -> None:
    draft = a_draft()
    link = await share(patient, draft)
    again = await patient.ask("POST", "/v1/shares", json=draft)
    assert (again.status_code, again.json()) == (200, link.share)
    assert await state(patient, link) == link.share
    (listed,) = (await patient.ask("GET", "/v1/shares")).json()["items"]
    assert listed["id"] == link.id
    await revoke(patient, link)
    assert (await state(patient, link))["status"] == "revoked"


async def test_links_are_opened_and_their_readers_are_told(
    service: Service, patient: Patient
) -> None:
    live, direct = await share(patient, mode="live"), await share(patient, kind="direct")
    for _ in range(2):
        await opened(service, live)
        await patient.save(an_entry())
    await opened(service, direct)
    await ask_for(service, live, "WRONG234")
    (file,) = (await manifest(service, live, embeddedLengthMax=0))["files"]
    assert (await service.http.get(file["location"])).status_code == 200
    assert await outcomes(patient, direct) == [("direct", "opened")]
    assert await outcomes(patient, live) == [
        ("file", "opened"),
        ("manifest", "opened"),
        ("manifest", "opened"),
        ("manifest", "opened"),
        ("manifest", "wrong_passcode"),
    ]

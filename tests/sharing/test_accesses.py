"""What the patient is told of the readers, page by page and up to a limit."""

from datetime import timedelta

import pytest

from tests.clocks import SetClock
from tests.service import Patient, Service
from tests.sharing.links import (
    accesses,
    ask_for,
    manifest,
    outcomes,
    share,
)

pytestmark = pytest.mark.anyio


async def test_the_patient_sees_who_came(
    service: Service, patient: Patient, clock: SetClock
) -> None:
    link = await share(patient)
    browser = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140"}
    assert await accesses(patient, link) == []
    await ask_for(service, link, recipient="Eve")
    clock.now += timedelta(minutes=1)
    await ask_for(service, link, "WRONG234", recipient="Eve")
    clock.now += timedelta(minutes=1)
    await ask_for(service, link, link.passcode, headers=browser, recipient="Dr Lee")
    assert await accesses(patient, link) == [
        {
            "at": "2026-06-01T12:02:00Z",
            "via": "manifest",
            "outcome": "opened",
            "tries_left": 9,
            "recipient": "Dr Lee",
            "client": "browser on a computer",
        },
        {
            "at": "2026-06-01T12:01:00Z",
            "via": "manifest",
            "outcome": "wrong_passcode",
            "tries_left": 9,
            "recipient": "Eve",
            "client": "program",
        },
        {
            "at": "2026-06-01T12:00:00Z",
            "via": "manifest",
            "outcome": "no_passcode",
            "tries_left": 10,
            "recipient": "Eve",
            "client": "program",
        },
    ]


async def test_the_log_is_read_page_by_page(
    service: Service, patient: Patient, clock: SetClock
) -> None:
    link = await share(patient)
    for number in range(5):
        clock.now += timedelta(seconds=1)
        await ask_for(service, link, recipient=f"Reader {number}")
    seen: list[str] = []
    cursor: dict[str, str] = {}
    for _ in range(3):
        path = f"/v1/shares/{link.id}/accesses"
        page = (await patient.ask("GET", path, params={"limit": 2, **cursor})).json()
        seen += [each["recipient"] for each in page["items"]]
        cursor = {"cursor": page["next_cursor"]} if "next_cursor" in page else {}
    assert seen == [f"Reader {number}" for number in (4, 3, 2, 1, 0)]
    assert cursor == {}


async def test_the_log_of_a_link_has_an_end_and_openings_always_find_a_place(
    service: Service, patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.sharing.accesses.MOST_ACCESSES", 5)
    link = await share(patient)
    for _ in range(8):
        await ask_for(service, link)
    assert len(await accesses(patient, link)) == 5
    await manifest(service, link)
    await ask_for(service, link, "WRONG234")
    await ask_for(service, link)
    assert await outcomes(patient, link) == [
        ("manifest", "no_passcode"),
        ("manifest", "no_passcode"),
        ("manifest", "no_passcode"),
        ("manifest", "opened"),
        ("manifest", "wrong_passcode"),
    ]

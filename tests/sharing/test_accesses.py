"""What the patient is told of the readers, page by page and up to a limit."""

from datetime import timedelta

import pytest
from sqlalchemy import Integer, Uuid, bindparam, column, select, table

from app.database import Database
from tests.clocks import SetClock
from tests.service import Patient, Service
from tests.sharing.links import (
    Link,
    accesses,
    account_of,
    ask_for,
    chain,
    manifest,
    outcomes,
    revoke,
    room,
    share,
)

pytestmark = pytest.mark.anyio
REFUSALS = (
    select(column("refusals", Integer))
    .select_from(table("share"))
    .where(column("id", Uuid) == bindparam("share"))
)


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


async def read_by_pages(patient: Patient, link: Link, number: int) -> list[str]:
    """Who stands on so many pages of two, the last of which leads nowhere."""
    seen: list[str] = []
    cursor: dict[str, str] = {}
    for _ in range(number):
        path = f"/v1/shares/{link.id}/accesses"
        page = (await patient.ask("GET", path, params={"limit": 2, **cursor})).json()
        seen += [each["recipient"] for each in page["items"]]
        cursor = {"cursor": page["next_cursor"]} if "next_cursor" in page else {}
    assert cursor == {}
    return seen


async def test_the_log_is_read_page_by_page(
    service: Service, patient: Patient, clock: SetClock
) -> None:
    link = await share(patient)
    for number in range(5):
        clock.now += timedelta(seconds=1)
        await ask_for(service, link, recipient=f"Reader {number}")
    told = await read_by_pages(patient, link, 3)
    assert told == [f"Reader {number}" for number in (4, 3, 2, 1, 0)]


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


async def test_a_page_that_ends_within_an_instant_leaves_nobody_out(
    service: Service, patient: Patient
) -> None:
    link = await share(patient)
    readers = [f"Reader {number}" for number in range(5)]
    for reader in readers:
        await ask_for(service, link, recipient=reader)
    assert sorted(await read_by_pages(patient, link, 3)) == readers


async def names(patient: Patient, link: Link) -> set[str]:
    """Who stands in the log, or by which way somebody came who gave no name."""
    return {str(each.get("recipient", each["via"])) for each in await accesses(patient, link)}


async def test_a_full_log_lets_go_of_what_says_least_and_of_the_oldest_first(
    service: Service, patient: Patient, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.sharing.accesses.MOST_ACCESSES", 5)
    link = await share(patient)

    async def come(name: str, passcode: str | None = None) -> None:
        clock.now += timedelta(seconds=1)
        await ask_for(service, link, passcode, recipient=name)

    (file,) = (await manifest(service, link, recipient="A", embeddedLengthMax=0))["files"]
    clock.now += timedelta(seconds=1)
    await service.http.get(file["location"])
    await come("B", "WRONG234")
    await come("C")
    clock.advance(days=8)
    await come("D")  # too late, by a clock that is set right then
    clock.advance(days=-8)
    assert await names(patient, link) == {"A", "file", "B", "C", "D"}
    await come("E", "WRONG234")
    assert await names(patient, link) == {"A", "file", "B", "D", "E"}
    await come("F", link.passcode)
    assert await names(patient, link) == {"A", "file", "B", "E", "F"}
    await come("G", "WRONG234")
    assert await names(patient, link) == {"A", "B", "E", "F", "G"}
    await come("H", link.passcode)
    assert await names(patient, link) == {"B", "E", "F", "G", "H"}


async def test_what_finds_no_place_in_a_full_log_is_only_counted(
    service: Service, patient: Patient, everything: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.sharing.accesses.MOST_ACCESSES", 2)
    link = await share(patient)
    (file,) = (await manifest(service, link, embeddedLengthMax=0))["files"]
    await ask_for(service, link)
    full = await accesses(patient, link)
    assert (await service.http.get(file["location"])).status_code == 200
    await ask_for(service, link)
    await revoke(patient, link)
    await ask_for(service, link)
    assert await accesses(patient, link) == full
    bound = {"share": link.share_id}
    counted = await everything.read(None, lambda work: work.fetch_one(REFUSALS, bound))
    assert counted == (3,)
    told = await chain(everything, await account_of(service, patient), link.id)
    assert [action for action, _, _ in told] == ["share.created", "share.opened", "share.revoked"]


async def test_a_file_that_is_fetched_stands_in_the_log_alone(
    service: Service, patient: Patient, database: Database
) -> None:
    link = await share(patient)
    (file,) = (await manifest(service, link, embeddedLengthMax=0))["files"]
    assert (await service.http.get(file["location"])).status_code == 200
    (fetched,) = [each for each in await accesses(patient, link) if each["via"] == "file"]
    assert fetched == {
        "at": "2026-06-01T12:00:00Z",
        "via": "file",
        "outcome": "opened",
        "client": "program",
    }
    told = await chain(database, await account_of(service, patient), link.id)
    assert [action for action, _, _ in told] == ["share.created", "share.opened"]


async def test_what_comes_too_late_is_told_by_the_way_it_came_and_tells_no_tries(
    service: Service, patient: Patient, clock: SetClock
) -> None:
    link = await share(patient, expires_at="2026-06-01T12:02:00Z")
    (file,) = (await manifest(service, link, embeddedLengthMax=0))["files"]
    clock.now += timedelta(minutes=2)
    assert (await service.http.get(file["location"])).status_code == 404
    assert (await ask_for(service, link)).status_code == 404
    late = [each for each in await accesses(patient, link) if each["outcome"] == "refused"]
    assert sorted(each["via"] for each in late) == ["file", "manifest"]
    assert not any("tries_left" in each for each in late)


async def test_an_opening_tells_the_tries_that_others_left(
    service: Service, patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = await share(patient)
    judge = room(service).equipment.judge
    fits = judge.fits

    async def beside_another(attempt: str, *given: object) -> bool:
        if attempt == link.passcode:
            assert (await ask_for(service, link, "WRONG234")).status_code == 401
        return await fits(attempt, *given)  # type: ignore[arg-type]  # handed through

    monkeypatch.setattr(judge, "fits", beside_another)
    await manifest(service, link)
    left = {each["outcome"]: each["tries_left"] for each in await accesses(patient, link)}
    assert left == {"wrong_passcode": 8, "opened": 9}

"""What is dead is forgotten: not before it is surely dead, and not much later."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Uuid, bindparam, column, func, select, table

from app.background import in_background
from app.database import Database, DatabaseOverloaded, Row, Transaction
from app.sharing.store_files import superseded_files
from app.sharing.sweep import Sweep
from tests.clocks import SetClock
from tests.service import Patient, Service, an_entry
from tests.sharing.links import (
    Link,
    account_of,
    ask_for,
    manifest,
    opened,
    outcomes,
    read_direct,
    revoke,
    room,
    share,
    state,
)
from tests.waiting import until

pytestmark = pytest.mark.anyio
LINKS = (
    select(func.count())
    .select_from(table("share", column("id", Uuid), column("sealed_link")))
    .where(column("id", Uuid) == bindparam("share"), column("sealed_link").is_not(None))
)
FILES, TICKETS = (
    select(func.count())
    .select_from(table(name, column("share_id", Uuid)))
    .where(column("share_id", Uuid) == bindparam("share"))
    for name in ("share_file", "share_ticket")
)


async def left(everything: Database, link: Link) -> tuple[int, int, int]:
    """How many links, files and tickets of a share are kept."""

    async def count(statement: object) -> int:
        row = await everything.read(
            None,
            lambda work: work.fetch_one(statement, {"share": link.share_id}),  # type: ignore[arg-type]  # one of the three above
        )
        return int(row[0]) if row else 0

    return await count(LINKS), await count(FILES), await count(TICKETS)


async def later(patient: Patient, clock: SetClock, minutes: float) -> None:
    """Let time pass."""
    clock.now += timedelta(minutes=minutes)
    await patient.refresh()


async def test_revoking_forgets_at_once(
    service: Service, patient: Patient, everything: Database
) -> None:
    link = await share(patient)
    await manifest(service, link, embeddedLengthMax=0)
    assert await left(everything, link) == (1, 1, 1)
    await revoke(patient, link)
    assert await left(everything, link) == (0, 0, 0)
    other = await share(patient)
    await manifest(service, other, embeddedLengthMax=0)
    await patient.ask("DELETE", "/v1/shares")
    assert await left(everything, other) == (0, 0, 0)


async def test_an_expired_link_is_forgotten(
    service: Service, patient: Patient, clock: SetClock, everything: Database
) -> None:
    link = await share(patient, expires_at="2026-06-01T12:05:00Z")
    await manifest(service, link, embeddedLengthMax=0)
    await later(patient, clock, 4.9)
    await room(service).sweep.once()
    assert await left(everything, link) == (1, 1, 1)
    await later(patient, clock, 0.1)
    await room(service).sweep.once()
    assert await left(everything, link) == (0, 0, 0)
    assert (await state(patient, link))["status"] == "expired"


async def test_a_used_up_link_is_forgotten_when_its_tickets_are_over(
    service: Service, patient: Patient, clock: SetClock, everything: Database
) -> None:
    link = await share(patient, max_openings=1)
    (file,) = (await manifest(service, link, embeddedLengthMax=0))["files"]
    await later(patient, clock, 9.9)
    await room(service).sweep.once()
    assert (await service.http.get(file["location"])).status_code == 200
    await later(patient, clock, 0.1)
    await room(service).sweep.once()
    assert await left(everything, link) == (0, 0, 0)
    assert (await state(patient, link))["status"] == "used_up"


async def test_a_locked_link_is_forgotten_once_no_try_can_come_back(
    service: Service, patient: Patient, clock: SetClock, everything: Database
) -> None:
    link = await share(patient)
    for _ in range(10):
        await ask_for(service, link, "WRONG234")
    await room(service).sweep.once()
    assert (await left(everything, link))[0] == 1
    await later(patient, clock, 10)
    await room(service).sweep.once()
    assert await left(everything, link) == (0, 0, 0)
    assert (await state(patient, link))["status"] == "locked"


async def test_living_links_stay_and_only_old_tickets_go(
    service: Service, patient: Patient, clock: SetClock, everything: Database
) -> None:
    links = [await share(patient), await share(patient, mode="live")]
    direct = await share(patient, kind="direct")
    for link in links:
        await manifest(service, link, embeddedLengthMax=0)
    await later(patient, clock, 5)
    for link in links:
        await manifest(service, link, embeddedLengthMax=0)
    await later(patient, clock, 5)
    await room(service).sweep.once()
    assert [await left(everything, link) for link in links] == [(1, 1, 1), (1, 1, 1)]
    for link in links:
        await opened(service, link)
    assert (await read_direct(service, direct)).status_code == 200


async def test_superseded_files_go(
    service: Service, patient: Patient, clock: SetClock, everything: Database
) -> None:
    link = await share(patient, mode="live")
    for _ in range(3):
        clock.now += timedelta(seconds=1)
        await patient.save(an_entry())
        await manifest(service, link, embeddedLengthMax=0)
    assert await left(everything, link) == (1, 3, 3)
    await later(patient, clock, 11)
    await room(service).sweep.once()
    assert await left(everything, link) == (1, 1, 0)


async def test_a_file_made_for_a_link_that_died_meanwhile_is_not_kept(
    service: Service, patient: Patient, everything: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = await share(patient, mode="live")
    sharing = room(service)
    made = type(sharing.equipment.files).made

    async def slow(self: object, *given: object) -> bytes:
        jwe: bytes = await made(self, *given)  # type: ignore[arg-type]  # handed through
        await revoke(patient, link)
        return jwe

    monkeypatch.setattr(type(sharing.equipment.files), "made", slow)
    assert (await ask_for(service, link, link.passcode)).status_code == 404
    assert await left(everything, link) == (0, 0, 0)
    assert await outcomes(patient, link) == [("manifest", "refused")]


async def test_a_superseded_file_that_was_given_a_ticket_meanwhile_stays(
    service: Service, patient: Patient, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = await share(patient, mode="live")
    (old,) = (await manifest(service, link, embeddedLengthMax=0))["files"]
    await patient.save(an_entry())
    await manifest(service, link)

    async def without_tickets(transaction: Transaction, now: datetime, most: int) -> list[Row]:
        return await superseded_files(transaction, now + timedelta(days=1), most)

    monkeypatch.setattr("app.sharing.store_files.superseded_files", without_tickets)
    await room(service).sweep.once()
    assert (await service.http.get(old["location"])).status_code == 200


async def test_a_file_without_tickets_goes_as_soon_as_a_newer_one_is_kept(
    service: Service, patient: Patient, everything: Database
) -> None:
    link = await share(patient, mode="live")
    await opened(service, link)
    await patient.save(an_entry())
    await opened(service, link)
    assert await left(everything, link) == (1, 1, 0)


async def test_one_sweep_forgets_all_that_is_dead(
    service: Service,
    patient: Patient,
    clock: SetClock,
    everything: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("app.sharing.sweep.MOST_AT_ONCE", 2)
    links = [await share(patient, expires_at="2026-06-01T12:05:00Z") for _ in range(5)]
    await later(patient, clock, 5)
    await room(service).sweep.once()
    assert [await left(everything, link) for link in links] == [(0, 0, 0)] * 5


async def test_a_link_that_lives_after_all_is_not_forgotten(
    service: Service, patient: Patient, everything: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A try came back between the look at what is dead and its turn."""
    link = await share(patient)
    await manifest(service, link, embeddedLengthMax=0)
    found: list[list[Row]] = [[(await account_of(service, patient), link.share_id)]]

    async def found_before(*_: object) -> list[Row]:
        return found.pop() if found else []

    monkeypatch.setattr("app.sharing.sweep.store.dead_links", found_before)
    await room(service).sweep.once()
    assert found == []
    assert await left(everything, link) == (1, 1, 1)


async def test_a_sweep_that_fails_is_not_the_last(
    database: Database, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.sharing.sweep.EVERY_SECONDS", 0.001)
    sweep, times = Sweep(database, clock), []

    async def busy() -> None:
        times.append(clock())
        raise DatabaseOverloaded("a writer is busy")

    monkeypatch.setattr(sweep, "once", busy)
    async with in_background(sweep.run()):
        await until(lambda: len(times) > 1)

"""Keys rotate while the service runs, and everything stays readable at every moment."""

from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import bindparam, delete, select, update

from app.database import Database
from app.keeping import sealed
from app.keeping.key_rotation import (
    Given,
    PatientKeyRotation,
    is_unfinished,
    lacking_keys,
    move_rows,
    rows_under,
)
from app.keeping.key_verification import verify_keys
from app.metadata import METADATA
from app.vault import KeyRing
from app.vault.keyring import change_ring_file
from app.vault.rewrapping import Moved
from app.vault.ring_changes import with_next_current
from app.vault.ring_keys import Purpose, new_ring_text
from app.vault.vault import SETTLED_AFTER
from tests.clocks import SetClock
from tests.keeping.lives import live, read_all
from tests.service import Patient, Service, an_entry, running

pytestmark = pytest.mark.anyio
KEY = METADATA.tables["patient_key"]
COLUMNS = {
    *sealed.UNDER_PATIENT,
    *(column for columns in sealed.UNDER_RING.values() for column in columns),
}


def ring_of(service: Service) -> KeyRing:
    return KeyRing.from_file(service.settings.keys_file)


def rotated(service: Service, purpose: Purpose) -> KeyRing:
    change_ring_file(
        service.settings.keys_file,
        lambda keys: with_next_current(keys, purpose, service.clock()),
    )
    return ring_of(service)


async def versions_of(database: Database, ring: KeyRing, clock: SetClock) -> dict[int, int]:
    """Rows by the version of the patients' keys; every one of them opens."""
    found = await verify_keys(database, ring, clock)
    assert found.unreadable.total() == 0
    return dict(found.by_version)


def test_every_sealed_column_of_the_house_is_known_to_rotation() -> None:
    named = {
        str(column)
        for table in METADATA.tables.values()
        for column in table.columns
        if column.name.startswith("sealed") or column.name == "wrapped"
    }
    assert {column.name for column in COLUMNS} == named


@pytest.mark.parametrize("purpose", [Purpose.KEK, Purpose.SERVICE])
async def test_a_rotation_moves_every_row_and_the_running_service_notices_nothing(
    service: Service, database: Database, purpose: Purpose
) -> None:
    patients = [await live(service) for _ in range(2)]
    before = [await read_all(patient) for patient in patients]
    old = ring_of(service).current(purpose).number
    ring = rotated(service, purpose)
    assert await is_unfinished(database, ring, purpose)
    moved = await move_rows(database, ring, purpose, batch=2)
    assert moved.rows >= 2
    assert moved.unreadable == 0
    assert set(await rows_under(database, purpose)) == {ring.current(purpose).number} != {old}
    assert not await is_unfinished(database, ring, purpose)
    assert [await read_all(patient) for patient in patients] == before
    for patient in patients:
        await patient.refresh()
    newcomer = await service.sign_up()
    await newcomer.save(an_entry())
    assert set(await rows_under(database, purpose)) == {ring.current(purpose).number}


async def accounts_of(database: Database) -> list[UUID]:
    rows = await database.read(None, lambda work: work.fetch(ACCOUNTS))
    return [row[0] for row in rows]


ACCOUNTS = select(KEY.c.account_id).where(KEY.c.version == 1)


async def test_a_row_that_a_request_was_faster_with_is_left_alone(
    service: Service, database: Database
) -> None:
    await live(service)
    ring = rotated(service, Purpose.KEK)
    (column,) = sealed.UNDER_RING[Purpose.KEK]
    (account,) = await accounts_of(database)
    stale = {"of_account_id": account, "of_version": 1, "old": b"other", "new": b"lost"}
    touched = await database.write(None, lambda work: work.execute(column.replace, stale))
    assert touched == 0
    await database.write(None, lambda work: work.execute(ERASE, {"account": account}))
    assert await move_rows(database, ring, Purpose.KEK) == Moved(0, 0)
    assert await accounts_of(database) == []


ERASE = delete(KEY).where(KEY.c.account_id == bindparam("account"))
SPOIL = update(KEY).where(KEY.c.account_id == bindparam("account"))
SPOILT = SPOIL.values(wrapped=bindparam("spoilt"))


async def test_what_does_not_open_is_counted_and_stays_and_stops_nobody(
    service: Service, database: Database, clock: SetClock
) -> None:
    for _ in range(3):
        await service.sign_up()
    accounts = await accounts_of(database)
    spoilt = b"\x01\x00\x00\x00\x01" + bytes(100)
    bound = {"account": accounts[0], "spoilt": spoilt}
    await database.write(None, lambda work: work.execute(SPOILT, bound))
    found = await verify_keys(database, ring_of(service), clock)
    assert found.unreadable["patient_key.wrapped"] == 1
    assert found.unreadable["profile.sealed"] == 1  # nothing under that key opens either
    assert found.unreadable["device.sealed_secret"] == 0
    ring = rotated(service, Purpose.KEK)
    assert await move_rows(database, ring, Purpose.KEK, batch=1) == Moved(2, 1)


async def test_a_patient_whose_key_does_not_open_keeps_no_other_from_new_keys(
    service: Service, database: Database, clock: SetClock
) -> None:
    for _ in range(2):
        await live(service)
    bound = {
        "account": (await accounts_of(database))[0],
        "spoilt": b"\x01\x00\x00\x00\x01" + bytes(99),
    }
    await database.write(None, lambda work: work.execute(SPOILT, bound))
    rotation = PatientKeyRotation(database, ring_of(service), clock)
    assert await rotation.give_new_keys(None) == Given(2, 0)
    clock.advance(seconds=SETTLED_AFTER.total_seconds())
    moved = await rotation.move_rows(None)
    assert (moved.rows > 0, moved.unreadable) == (True, 1)
    found = await verify_keys(database, ring_of(service), clock)
    assert set(found.by_version) == {1, 2}, "the other patient's rows lie under the new key"


async def test_the_ring_that_lacks_a_key_in_use_is_told(
    service: Service, database: Database
) -> None:
    await live(service)
    ring = ring_of(service)
    assert await lacking_keys(database, ring) == []
    kek = ring.current(Purpose.KEK).number
    ring = rotated(service, Purpose.KEK)
    without = KeyRing([key for key in ring.all_keys() if key.number != kek])
    assert await lacking_keys(database, without) == [kek]
    assert (await verify_keys(database, without, service.clock)).unreadable[
        "patient_key.wrapped"
    ] == 1


async def test_new_patients_keys_take_over_after_two_minutes_and_rows_follow(
    service: Service, database: Database, clock: SetClock
) -> None:
    patients = [await live(service) for _ in range(2)]
    before = [await read_all(patient) for patient in patients]
    rotation = PatientKeyRotation(database, ring_of(service), clock)
    assert await rotation.give_new_keys(None) == Given(2, 0)
    assert await rotation.move_rows(None) == Moved(0, 0)
    clock.advance(seconds=SETTLED_AFTER.total_seconds())
    moved = await rotation.move_rows(None)
    assert moved.unreadable == 0
    assert set(await versions_of(database, ring_of(service), clock)) == {2}
    assert await rotation.move_rows(None) == Moved(0, 0)
    # The running service would hold its unwrapped keys for another minute of the real clock.
    async with running(service.settings.database_url, folder_of(service), clock) as other:
        for patient in patients:
            patient.http = other.http
        assert [await read_all(patient) for patient in patients] == before


async def test_a_server_with_keys_from_before_opens_what_another_one_writes(
    service: Service, database: Database, clock: SetClock
) -> None:
    patient = await live(service)
    (account,) = await accounts_of(database)
    rotation = PatientKeyRotation(database, ring_of(service), clock)
    assert await rotation.give_new_keys(account) == Given(1, 0)
    clock.advance(seconds=SETTLED_AFTER.total_seconds() - 1)
    async with running(service.settings.database_url, folder_of(service), clock) as other:
        elsewhere = Patient(other.http, patient.email, patient.tokens)
        saved = await elsewhere.save(an_entry())
    read = await patient.ask("GET", f"/v1/entries/{saved['entry']['id']}")
    assert read.status_code == 200
    assert set(await versions_of(database, ring_of(service), clock)) == {1}


async def test_what_is_written_after_the_key_has_settled_is_under_the_new_one(
    service: Service, database: Database, clock: SetClock
) -> None:
    patient = await live(service)
    rotation = PatientKeyRotation(database, ring_of(service), clock)
    await rotation.give_new_keys(None)
    clock.advance(seconds=SETTLED_AFTER.total_seconds())
    async with running(service.settings.database_url, folder_of(service), clock) as other:
        await Patient(other.http, patient.email, patient.tokens).save(an_entry())
    assert (await versions_of(database, ring_of(service), clock))[2] == 2  # entry and its version


async def test_an_interrupted_rotation_of_patients_keys_goes_on_and_does_not_begin_anew(
    service: Service, database: Database, clock: SetClock
) -> None:
    for _ in range(3):
        await live(service)
    accounts = await accounts_of(database)
    rotation = PatientKeyRotation(database, ring_of(service), clock)
    assert await rotation.give_new_keys(accounts[0]) == Given(1, 0)
    assert await rotation.give_new_keys(None) == Given(2, 1)
    assert await rotation.give_new_keys(None) == Given(0, 3)
    clock.advance(seconds=50)
    assert await rotation.seconds_to_settle(None) == 130
    assert await rotation.seconds_to_settle(accounts[2]) == 130
    clock.advance(seconds=130)
    assert await rotation.seconds_to_settle(None) == 0
    await rotation.move_rows(accounts[1])
    await rotation.move_rows(None)
    assert set(await versions_of(database, ring_of(service), clock)) == {2}
    clock.advance(days=1)
    assert await rotation.give_new_keys(None) == Given(3, 0)


async def test_a_young_key_is_left_alone_unless_another_is_wanted(
    service: Service, database: Database, clock: SetClock
) -> None:
    for _ in range(2):
        await live(service)
    rotation = PatientKeyRotation(database, ring_of(service), clock)
    assert await rotation.give_new_keys(None) == Given(2, 0)
    clock.advance(hours=23)
    assert await rotation.give_new_keys(None) == Given(0, 2)
    assert await rotation.give_new_keys(None, again=True) == Given(2, 0)
    clock.advance(seconds=SETTLED_AFTER.total_seconds())
    assert (await rotation.move_rows(None)).unreadable == 0
    assert set(await versions_of(database, ring_of(service), clock)) == {3}


async def test_a_copy_in_the_history_stays_the_same_bytes_and_revisions_stay(
    service: Service, database: Database, clock: SetClock
) -> None:
    await live(service)
    rotation = PatientKeyRotation(database, ring_of(service), clock)
    revisions = await database.read(None, lambda work: work.fetch(COPIES))
    await rotation.give_new_keys(None)
    clock.advance(seconds=SETTLED_AFTER.total_seconds())
    await rotation.move_rows(None)
    after = await database.read(None, lambda work: work.fetch(COPIES))
    assert [row[:2] for row in after] == [row[:2] for row in revisions]
    assert all(row[2] == row[3] for row in after)
    assert all(new[2] != old[2] for new, old in zip(after, revisions, strict=True))


async def test_an_erased_account_gets_no_new_key(database: Database, clock: SetClock) -> None:
    rotation = PatientKeyRotation(database, KeyRing.from_text(new_ring_text()), clock)
    assert await rotation.seconds_to_settle(None) == 0
    assert await rotation.give_new_keys(uuid4()) == Given(0, 0)


async def test_the_patient_sees_a_rotation_in_the_audit_chain(
    service: Service, database: Database, clock: SetClock
) -> None:
    await service.sign_up()
    await PatientKeyRotation(database, ring_of(service), clock).give_new_keys(None)
    rows = await database.read(None, lambda work: work.fetch(ACTIONS))
    assert rows[-1] == ("operator", "key.rotated")


def folder_of(service: Service) -> Path:
    return service.settings.keys_file.parent


ENTRY, VERSION = METADATA.tables["entry"], METADATA.tables["entry_version"]
COPIES = (
    select(ENTRY.c.id, ENTRY.c.revision, ENTRY.c.sealed, VERSION.c.sealed)
    .where(
        ENTRY.c.id == VERSION.c.entry_id,
        ENTRY.c.revision == VERSION.c.revision,
        ENTRY.c.sealed.is_not(None),
    )
    .order_by(ENTRY.c.revision)
)
EVENT = METADATA.tables["audit_event"]
ACTIONS = select(EVENT.c.actor_kind, EVENT.c.action).order_by(EVENT.c.seq)

"""Patients get new keys while the service runs, and everything stays readable."""

from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete, select

from app.database import Database, WholeDatabase
from app.keeping.key_rotation import (
    Given,
    PatientKeyRotation,
)
from app.keeping.key_verification import verify_keys
from app.keeping.store import drop_account
from app.metadata import METADATA
from app.vault import KeyRing
from app.vault.resealing import all_accounts
from app.vault.rewrapping import Moved
from app.vault.ring_keys import new_ring_text
from app.vault.store import drop_keys
from app.vault.vault import SETTLED_AFTER
from tests.audit.chains import SPOILT_HEADS
from tests.clocks import SetClock
from tests.keeping.lives import live, read_all
from tests.keeping.rings import SPOILT, accounts_of, ring_of, versions_of
from tests.service import Patient, Service, an_entry, running

pytestmark = pytest.mark.anyio


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


async def test_an_account_that_lost_the_head_of_its_journal_is_passed_over_by_no_rotation(
    service: Service, database: Database, clock: SetClock
) -> None:
    await live(service)
    (account,) = await accounts_of(database)
    lost = delete(JOURNAL).where(JOURNAL.c.account_id == account)
    await database.write(account, lambda work: work.execute(lost))
    rotation = PatientKeyRotation(database, ring_of(service), clock)
    assert await rotation.give_new_keys(None) == Given(1, 0)
    clock.advance(seconds=SETTLED_AFTER.total_seconds())
    moved = await rotation.move_rows(None)
    assert (moved.rows > 0, moved.unreadable) == (True, 0)
    assert set(await versions_of(database, ring_of(service), clock)) == {2}


@pytest.mark.parametrize(("name", "renewed"), [("lost", 2), ("closed", 1)])
async def test_a_head_that_is_spoilt_stops_no_rotation_of_others(
    service: Service, database: Database, clock: SetClock, name: str, renewed: int
) -> None:
    """Who is being erased gets no new key."""
    for _ in range(2):
        await live(service)
    account = (await accounts_of(database))[0]
    spoil = SPOILT_HEADS[name]
    await database.write(account, lambda work: work.execute(spoil, {"account": account}))
    rotation = PatientKeyRotation(database, ring_of(service), clock)
    assert await rotation.give_new_keys(None) == Given(renewed, 0)


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


async def test_rows_of_a_version_that_does_not_open_keep_no_other_from_new_keys(
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
    found = await verify_keys(database, ring_of(service), clock)
    assert set(found.by_version) == {1, 2}, "the other patient's rows lie under the new key"
    assert (moved.rows > 0, moved.unreadable) == (True, found.by_version[1])


async def test_who_is_erased_while_rows_move_is_no_fault_but_who_lost_the_key_is(
    service: Service, database: WholeDatabase, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        await service.sign_up()
    rotation = PatientKeyRotation(database, ring_of(service), clock)
    assert await rotation.give_new_keys(None) == Given(3, 0)
    clock.advance(seconds=SETTLED_AFTER.total_seconds())
    accounts = await all_accounts(database)

    async def before(database: Database) -> list[UUID]:
        return accounts

    monkeypatch.setattr("app.keeping.key_rotation.all_accounts", before)
    erased, keyless, _ = accounts
    await database.write(erased, lambda work: drop_account(work, erased))
    for _ in range(2):
        moved = await rotation.move_rows(None)
        assert moved.unreadable == 0
    await database.write(keyless, lambda work: drop_keys(work, keyless))
    assert await rotation.move_rows(None) == Moved(0, 1)


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
EVENT, JOURNAL = METADATA.tables["audit_event"], METADATA.tables["journal"]
ACTIONS = select(EVENT.c.actor_kind, EVENT.c.action).order_by(EVENT.c.seq)

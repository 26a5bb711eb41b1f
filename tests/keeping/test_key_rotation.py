"""Keys rotate while the service runs, and everything stays readable at every moment."""

import pytest
from sqlalchemy import bindparam, delete

from app.database import Database
from app.keeping import sealed
from app.keeping.key_rotation import (
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
from app.vault.ring_keys import Purpose
from tests.clocks import SetClock
from tests.keeping.lives import live, read_all
from tests.keeping.rings import KEY, SPOILT, accounts_of, ring_of
from tests.service import Service, an_entry

pytestmark = pytest.mark.anyio
COLUMNS = {
    *sealed.UNDER_PATIENT,
    *(column for columns in sealed.UNDER_RING.values() for column in columns),
}


def rotated(service: Service, purpose: Purpose) -> KeyRing:
    change_ring_file(
        service.settings.keys_file,
        lambda keys: with_next_current(keys, purpose, service.clock()),
    )
    return ring_of(service)


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

"""Versions of a patient's key: which one seals, and what a broken one closes."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import delete, select, update

from app.database import Database, Transaction
from app.telemetry import SEAL_FAILURES
from app.vault import (
    KeyRing,
    KeyRingRefused,
    NoKey,
    PatientKeys,
    Place,
    SealBroken,
    Vault,
)
from app.vault.envelope import key_number, open_sealed
from app.vault.ring_keys import Purpose, new_ring_text
from app.vault.store import load_keys
from app.vault.vault import SETTLED_AFTER
from tests.clocks import SetClock
from tests.journal.broken_rows import flipped
from tests.vault.patients_keys import KEY, RING, erase, make, read, rotate

pytestmark = pytest.mark.anyio
PLACE = Place("entry", "content", UUID(int=1), "row", 1)


async def test_a_further_version_seals_from_two_minutes_later_on_and_opens_at_once(
    database: Database, clock: SetClock
) -> None:
    keeper = Vault(RING, clock)
    account = await make(database, keeper)
    made_first = (await read(database, keeper, account)).sealing
    clock.advance(days=1)
    assert await rotate(database, keeper, account) == 2
    clock.advance(microseconds=-1 + SETTLED_AFTER / timedelta(microseconds=1))
    soon = await read(database, Vault(RING, clock), account)
    clock.advance(microseconds=1)
    later = await read(database, Vault(RING, clock), account)
    assert (made_first, soon.sealing, later.sealing) == (1, 1, 2)
    assert soon.versions == later.versions == (1, 2)
    sealed = later.seal(PLACE, b"text")
    assert key_number(sealed) == 2
    assert soon.open(PLACE, sealed) == b"text"
    assert await rotate(database, keeper, account) == 3


async def test_a_first_key_seals_at_once_even_beside_one_just_made(
    database: Database, clock: SetClock
) -> None:
    keeper = Vault(RING, clock)
    account = await make(database, keeper)
    await rotate(database, keeper, account)
    assert (await read(database, keeper, account)).sealing == 1


async def test_an_account_without_a_key_gets_no_further_one(
    database: Database, clock: SetClock
) -> None:
    assert await rotate(database, Vault(RING, clock), uuid4()) is None


async def test_a_key_lies_wrapped_as_published_for_it_outlives_every_release(
    database: Database, clock: SetClock
) -> None:
    account = await make(database, Vault(RING, clock))
    (row,) = await database.read(account, lambda work: load_keys(work, account))
    kek = RING.current(Purpose.KEK)
    assert key_number(row.wrapped) == kek.number
    place = Place("patient_key", "wrapped", account, "1")
    assert len(open_sealed(AESGCM(kek.secret), place, row.wrapped)) == 32


def test_the_newest_key_seals_unless_another_is_named() -> None:
    secrets = {1: b"a" * 32, 3: b"c" * 32, 2: b"b" * 32}
    assert PatientKeys(UUID(int=1), secrets).sealing == 3
    named = PatientKeys(UUID(int=1), secrets, 2)
    assert key_number(named.seal(PLACE, b"text")) == 2
    with pytest.raises(SealBroken):
        PatientKeys(UUID(int=1), {1: b"a" * 32}).open(PLACE, named.seal(PLACE, b"text"))


async def spoil_version(database: Database, account: UUID, version: int, place: int = -1) -> None:
    """Turn over one bit of a wrapped key."""
    row = (KEY.c.account_id == account, KEY.c.version == version)

    async def work(transaction: Transaction) -> None:
        ((wrapped,),) = await transaction.fetch(select(KEY.c.wrapped).where(*row))
        changed = update(KEY).where(*row).values(wrapped=flipped(bytes(wrapped), place))
        await transaction.execute(changed)

    await database.write(account, work)


@pytest.mark.parametrize("place", [-1, 0], ids=["text", "format"])
@pytest.mark.parametrize("broken", [1, 2])
async def test_of_a_version_that_does_not_open_only_the_rows_are_closed(
    database: Database, clock: SetClock, broken: int, place: int
) -> None:
    account, other = await make(database, Vault(RING, clock)), 3 - broken
    sealed = {1: (await read(database, Vault(RING, clock), account)).seal(PLACE, b"1")}
    await rotate(database, Vault(RING, clock), account)
    clock.advance(seconds=SETTLED_AFTER.total_seconds())
    sealed[2] = (await read(database, Vault(RING, clock), account)).seal(PLACE, b"2")
    await spoil_version(database, account, broken, place)
    before = SEAL_FAILURES.counts.get(("patient_key",), 0)
    keys = await read(database, Vault(RING, clock), account)
    assert SEAL_FAILURES.counts["patient_key",] == before + 1
    assert keys.open(PLACE, sealed[other]) == str(other).encode()
    with pytest.raises(SealBroken):
        keys.open(PLACE, sealed[broken])
    assert key_number(keys.seal(PLACE, b"new")) == other
    assert {each: keys.awaits_version(sealed[each]) for each in sealed} == {
        other: False,
        broken: True,
    }


async def test_what_a_lost_version_sealed_waits_for_it_and_nothing_else_does(
    database: Database, clock: SetClock
) -> None:
    account = await make(database, Vault(RING, clock))
    sealed = (await read(database, Vault(RING, clock), account)).seal(PLACE, b"1")
    assert await rotate(database, Vault(RING, clock), account) == 2
    lost = delete(KEY).where(KEY.c.account_id == account, KEY.c.version == 1)
    await database.write(account, lambda work: work.execute(lost))
    keys = await read(database, Vault(RING, clock), account)
    assert keys.awaits_version(sealed)
    assert keys.awaits_version(flipped(sealed))
    for spoilt in (flipped(sealed, 0), sealed[:9], b""):
        assert not keys.awaits_version(spoilt)
    for known in (keys, PatientKeys(account, {2: b"a" * 32})):
        told = [known.awaits_version(of_version(sealed, each)) for each in range(4)]
        assert told == [False, True, False, False]


def of_version(sealed: bytes, version: int) -> bytes:
    """As if a version of the key had sealed it."""
    return sealed[:1] + version.to_bytes(4, "big") + sealed[5:]


async def test_a_patient_of_whose_key_no_version_opens_is_told_from_one_who_is_gone(
    database: Database, clock: SetClock
) -> None:
    account = await make(database, Vault(RING, clock))
    await spoil_version(database, account, 1)
    with pytest.raises(SealBroken) as broken:
        await read(database, Vault(RING, clock), account)
    assert not isinstance(broken.value, NoKey)
    await erase(database, account)
    with pytest.raises(NoKey):
        await read(database, Vault(RING, clock), account)


async def test_a_ring_that_lacks_a_key_is_no_broken_version(
    database: Database, clock: SetClock
) -> None:
    ring = KeyRing.from_text(new_ring_text())
    account = await make(database, Vault(ring, clock))
    await rotate(database, Vault(ring, clock), account)
    await spoil_version(database, account, 2, place=3)
    try:
        with pytest.raises(KeyRingRefused):
            await read(database, Vault(ring, clock), account)
    finally:
        await erase(database, account)  # else no service is ready in this database any more

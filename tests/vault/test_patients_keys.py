"""What the vault keeps of patients' keys, for how long, and which version seals."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import patch
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import bindparam, delete, select, update

from app.database import Database, Transaction, table_of
from app.portability.importing import Imports
from app.telemetry import SEAL_FAILURES
from app.vault import (
    KeyRing,
    KeyRingRefused,
    NoKey,
    PatientKeys,
    Place,
    SealBroken,
    Vault,
    vault,
)
from app.vault.envelope import key_number, open_sealed
from app.vault.ring_keys import Purpose, new_ring_text
from app.vault.store import load_keys
from app.vault.tables import PatientKeyRow
from app.vault.vault import CACHED_SECONDS, FORGOTTEN_SECONDS, SETTLED_AFTER, SHORTEST_PAUSE
from tests.clocks import SetClock
from tests.journal.broken_rows import flipped
from tests.service import running
from tests.waiting import until

pytestmark = pytest.mark.anyio
KEY = table_of(PatientKeyRow)
ERASE = delete(KEY).where(KEY.c.account_id == bindparam("account"))
RING = KeyRing.from_text(new_ring_text())
PLACE = Place("entry", "content", UUID(int=1), "row", 1)


class Seconds:
    """What `monotonic` says, as it is set."""

    def __init__(self) -> None:
        self.now = 5000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds(monkeypatch: pytest.MonkeyPatch) -> Seconds:
    """The seconds by which the vault forgets."""
    seconds = Seconds()
    monkeypatch.setattr(vault, "monotonic", seconds)
    return seconds


async def make(database: Database, keeper: Vault) -> UUID:
    """An account with its first key."""
    account = uuid4()
    await database.write(account, lambda work: keeper.make_patient(work, account))
    return account


async def read(database: Database, keeper: Vault, account: UUID) -> PatientKeys:
    return await database.read(account, lambda work: keeper.patient(work, account))


async def rotate(database: Database, keeper: Vault, account: UUID) -> int | None:
    return await database.write(account, lambda work: keeper.add_version(work, account))


async def erase(database: Database, account: UUID) -> None:
    async def work(transaction: Transaction) -> None:
        await transaction.execute(ERASE, {"account": account})

    await database.write(account, work)


async def test_unwrapped_keys_are_kept_for_a_minute_and_not_a_moment_longer(
    database: Database, clock: SetClock, seconds: Seconds
) -> None:
    keeper = Vault(RING, clock)
    account = await make(database, keeper)
    first = await read(database, keeper, account)
    assert first.account_id == account
    await erase(database, account)
    seconds.now += CACHED_SECONDS - 0.001
    assert await read(database, keeper, account) is first
    seconds.now += 0.001
    with pytest.raises(SealBroken):
        await read(database, keeper, account)


async def test_for_known_keys_no_transaction_begins(
    database: Database, clock: SetClock, seconds: Seconds, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeper = Vault(RING, clock)
    account = await make(database, keeper)
    first = await keeper.patient_of(database, account)
    await erase(database, account)
    with monkeypatch.context() as patch:
        patch.setattr(database, "read", None)
        assert await keeper.patient_of(database, account) is first
    seconds.now += CACHED_SECONDS
    with pytest.raises(SealBroken):
        await keeper.patient_of(database, account)


async def test_the_last_patients_are_kept_and_the_first_ones_go(
    database: Database, clock: SetClock, seconds: Seconds, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vault, "CACHED_PATIENTS", 2)
    keeper = Vault(RING, clock)
    accounts = [await make(database, keeper) for _ in range(3)]
    keys = [await read(database, keeper, account) for account in accounts]
    for account in accounts:
        await erase(database, account)
    assert [await read(database, keeper, each) for each in accounts[1:]] == keys[1:]
    with pytest.raises(SealBroken):
        await read(database, keeper, accounts[0])


async def test_a_patient_who_was_read_anew_is_not_the_first_to_go(
    database: Database, clock: SetClock, seconds: Seconds, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vault, "CACHED_PATIENTS", 2)
    keeper = Vault(RING, clock)
    one, other, third = [await make(database, keeper) for _ in range(3)]
    await read(database, keeper, one)
    await read(database, keeper, other)
    seconds.now += CACHED_SECONDS
    again = await read(database, keeper, one)
    await read(database, keeper, third)
    await erase(database, one)
    assert await read(database, keeper, one) is again


async def test_keys_that_nobody_asks_for_again_leave_at_the_next_remembering(
    database: Database, clock: SetClock, seconds: Seconds
) -> None:
    keeper = Vault(RING, clock)
    first, second, third = [await make(database, keeper) for _ in range(3)]
    await read(database, keeper, first)
    seconds.now += 1
    await read(database, keeper, second)
    seconds.now += CACHED_SECONDS - 1
    await read(database, keeper, third)
    assert list(keeper._cache) == [second, third]


async def test_keys_that_nobody_asks_for_again_leave_while_nothing_else_goes_on(
    database: Database, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vault, "CACHED_SECONDS", 0.2)
    monkeypatch.setattr(vault, "SHORTEST_PAUSE", 0.01)
    keeper = Vault(RING, clock)
    account = await make(database, keeper)
    async with keeper.sweeping():
        await asyncio.sleep(0.1)
        await read(database, keeper, account)
        assert keeper._cache
        await until(lambda: not keeper._cache)


async def test_a_service_that_nobody_asks_holds_no_keys(
    database_url: str, tmp_path: Path, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vault, "CACHED_SECONDS", 0.1)
    monkeypatch.setattr(vault, "SHORTEST_PAUSE", 0.01)
    async with running(database_url, tmp_path, clock) as service:
        keeper: Vault = service.app.state.provided[Imports]._vault
        keeper._remember(PatientKeys(uuid4(), {1: b"a" * 32}))
        assert keeper._cache
        await until(lambda: not keeper._cache)


@given(st.lists(st.tuples(st.sampled_from("rfw"), st.integers(0, 2), st.floats(0, 50))))
def test_whatever_is_remembered_and_forgotten_nothing_stays_longer_than_it_may(
    steps: list[tuple[str, int, float]],
) -> None:
    seconds, keeper = Seconds(), Vault(RING, lambda: datetime.now(UTC))
    remembered, kept_out = dict[UUID, float](), dict[UUID, float]()
    with patch.object(vault, "monotonic", seconds):
        for what, who, pause in steps:
            account = UUID(int=who)
            if what == "r":
                keeper._remember(PatientKeys(account, {1: b"a" * 32}))
                if kept_out.get(account, 0.0) <= seconds.now:
                    remembered[account] = seconds.now
            elif what == "f":
                keeper.forget(account)
                remembered.pop(account, None)
                kept_out[account] = seconds.now + FORGOTTEN_SECONDS
            else:
                seconds.now += pause
                assert SHORTEST_PAUSE <= keeper._drop_old() <= CACHED_SECONDS
            live = {a for a, at in remembered.items() if seconds.now < at + CACHED_SECONDS}
            assert set(keeper._cache) == live


async def test_who_is_forgotten_is_not_remembered_by_a_read_that_began_before(
    database: Database, clock: SetClock, seconds: Seconds
) -> None:
    keeper = Vault(RING, clock)
    account = await make(database, keeper)

    async def begun_before(transaction: Transaction) -> PatientKeys:
        keeper.forget(account)  # an erasure ends while this read has still its snapshot
        return await keeper.patient(transaction, account)

    await database.read(account, begun_before)
    await erase(database, account)
    with pytest.raises(SealBroken):
        await read(database, keeper, account)


async def test_who_was_forgotten_and_lives_is_remembered_again_after_a_minute(
    database: Database, clock: SetClock, seconds: Seconds
) -> None:
    keeper = Vault(RING, clock)
    account = await make(database, keeper)
    keeper.forget(account)
    seconds.now += FORGOTTEN_SECONDS - 0.001
    assert await read(database, keeper, account) is not await read(database, keeper, account)
    seconds.now += 0.001
    assert await read(database, keeper, account) is await read(database, keeper, account)
    assert not keeper._forgotten


async def test_who_is_forgotten_before_being_read_is_forgotten_all_the_same(
    clock: SetClock,
) -> None:
    Vault(RING, clock).forget(uuid4())


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

"""What the vault keeps of patients' keys, and for how long."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from unittest.mock import patch
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.database import Database, Transaction
from app.portability.importing import Imports
from app.vault import (
    PatientKeys,
    SealBroken,
    Vault,
    vault,
)
from app.vault.vault import CACHED_SECONDS, FORGOTTEN_SECONDS, SHORTEST_PAUSE
from tests.clocks import SetClock
from tests.service import running
from tests.vault.patients_keys import RING, erase, make, read
from tests.waiting import until

pytestmark = pytest.mark.anyio


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

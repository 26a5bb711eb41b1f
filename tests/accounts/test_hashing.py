"""Slow hashes run two at a time, and a crowd is turned away instead of queueing for ever."""

import asyncio
import os
from collections.abc import Awaitable, Iterator
from threading import get_native_id

import pytest

from app.accounts import hashing
from app.accounts.accounts import Accounts
from app.accounts.hashing import MEMORY_KIB, TIME_COST, Hasher, calibrated_passes
from app.accounts.hashing_places import (
    MOST_TURNED_AWAY,
    NICENESS,
    RUNNING,
    TURNED_AWAY_SECONDS,
    WAITING,
)
from app.accounts.refusals import BusyHashing
from tests.accounts.crowds import crowd
from tests.service import Patient, Service
from tests.waiting import PATIENCE_SECONDS, until

pytestmark = pytest.mark.anyio
LEAST_PRIORITY = 19


@pytest.fixture
def hasher() -> Iterator[Hasher]:
    hasher = Hasher(time_cost=1, memory_kib=8)
    yield hasher
    hasher.close()


async def test_a_hash_fits_its_secret_alone(hasher: Hasher) -> None:
    hashed = await hasher.hash("right")
    assert await hasher.verify("right", hashed)
    assert not await hasher.verify("wrong", hashed)
    assert not await hasher.verify("right", None)


async def test_hashes_are_argon2id_at_the_published_cost() -> None:
    hasher = Hasher()
    hashed = await hasher.hash("right")
    assert hashed.startswith(f"$argon2id$v=19$m={MEMORY_KIB},t={TIME_COST},p=1$")
    assert (MEMORY_KIB, TIME_COST) == (19456, 2)
    assert not hasher.is_outdated(hashed)
    hasher.close()


async def test_nothing_to_compare_with_costs_a_hash_at_the_current_cost(hasher: Hasher) -> None:
    assert not hasher.is_outdated(hasher._nobodys)
    async with crowd(hasher, RUNNING + WAITING - 1):
        last = asyncio.ensure_future(hasher.verify("x", None))
        await asyncio.sleep(0)
        with pytest.raises(BusyHashing):
            await hasher.verify("x", None)
    assert not await last


async def test_a_hash_at_another_cost_is_outdated(hasher: Hasher) -> None:
    other = Hasher(time_cost=2, memory_kib=8)
    assert hasher.is_outdated(await other.hash("right"))
    other.close()


async def test_the_eleventh_at_once_is_told_to_come_back(hasher: Hasher) -> None:
    async with crowd(hasher, RUNNING + WAITING):
        for _ in range(3):
            with pytest.raises(BusyHashing) as refused:
                await hasher.hash("secret")
    assert refused.value.headers["Retry-After"] == "2"
    assert await hasher.verify("secret", await hasher.hash("secret"))


async def test_whoever_is_turned_away_is_told_after_a_moment_and_a_great_crowd_at_once(
    hasher: Hasher,
) -> None:
    clock = asyncio.get_running_loop().time

    async def refused_after(door: Awaitable[object]) -> float:
        begun = clock()
        with pytest.raises(BusyHashing):
            await door
        return clock() - begun

    async with crowd(hasher, RUNNING + WAITING):
        assert await refused_after(hasher.refuse_if_full()) >= TURNED_AWAY_SECONDS
        assert await refused_after(hasher.hash("secret")) >= TURNED_AWAY_SECONDS
        held = [asyncio.ensure_future(hasher.refuse_if_full()) for _ in range(MOST_TURNED_AWAY)]
        await asyncio.sleep(0)
        assert await refused_after(hasher.refuse_if_full()) < TURNED_AWAY_SECONDS
        for each in held:  # they go away, and their places with them
            each.cancel()
        await asyncio.gather(*held, return_exceptions=True)
        assert await refused_after(hasher.refuse_if_full()) >= TURNED_AWAY_SECONDS
    await hasher.refuse_if_full()


async def test_callers_who_go_away_leave_no_place_taken(hasher: Hasher) -> None:
    for _ in range(3):
        tasks = [asyncio.ensure_future(hasher.hash("secret")) for _ in range(RUNNING + WAITING)]
        await asyncio.sleep(0)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await until(lambda: hasher.held() == 0)
    assert await hasher.verify("right", await hasher.hash("right"))


@pytest.mark.parametrize(
    ("milliseconds_a_pass", "passes"),
    [(10, 5), (12, 5), (12.5, 4), (25, 2), (26, 2), (49, 2), (60, 2), (200, 2), (0.1, 64)],
)
def test_passes_are_as_many_as_take_50_to_100_ms(milliseconds_a_pass: float, passes: int) -> None:
    found = calibrated_passes(lambda each: each * milliseconds_a_pass / 1000)
    assert found == passes
    if 2 < found < 64:
        assert 50 <= found * milliseconds_a_pass <= 100


def test_calibration_believes_the_least_disturbed_measurement() -> None:
    measured = iter([0.09, 0.02, 0.5])
    assert calibrated_passes(lambda _: next(measured)) == 5


def test_calibration_measures_real_hashes() -> None:
    assert calibrated_passes() >= TIME_COST


async def test_reads_do_not_queue_behind_hashes(service: Service, patient: Patient) -> None:
    entrance = {
        "method": "password",
        "email": patient.email,
        "password": "not the right one at all",
        "device": {"name": "Tablet", "platform": "test"},
    }
    async with asyncio.timeout(PATIENCE_SECONDS):
        async with crowd(service.app.state.provided[Accounts].hasher, RUNNING + WAITING):
            for _ in range(20):
                assert (await patient.ask("GET", "/v1/entries")).status_code == 200
            turned_away = await service.http.post("/v1/tokens", json=entrance)
        answer = await service.http.post("/v1/tokens", json=entrance)
    assert (turned_away.status_code, answer.status_code) == (429, 401)


async def test_the_loop_goes_on_while_hashes_run() -> None:
    hasher, turns = Hasher(time_cost=40), 0
    hashes = [asyncio.ensure_future(hasher.hash("secret")) for _ in range(RUNNING)]
    while not any(each.done() for each in hashes):
        await asyncio.sleep(0.001)
        turns += 1
    await asyncio.gather(*hashes)
    hasher.close()
    assert turns > 10


async def test_threads_that_hash_give_way_to_the_one_that_answers(hasher: Hasher) -> None:
    usual = os.getpriority(os.PRIO_PROCESS, 0)
    theirs = await hasher.places.run(lambda: os.getpriority(os.PRIO_PROCESS, get_native_id()))
    assert theirs == min(usual + NICENESS, LEAST_PRIORITY)
    assert os.getpriority(os.PRIO_PROCESS, get_native_id()) == usual


@pytest.mark.parametrize(
    ("before", "lacking"),
    [((1, 64), [3]), ((3, 64), [1]), ((2, 32), [3]), ((1, 8), [4]), ((4, 64), []), ((9, 64), [])],
)
async def test_a_hash_of_another_day_costs_what_one_for_nobody_does(
    monkeypatch: pytest.MonkeyPatch, before: tuple[int, int], lacking: list[int]
) -> None:
    """Else an account whose password was hashed at a lower cost would be told by time."""
    worked: list[tuple[int, int]] = []
    monkeypatch.setattr(hashing, "work", lambda *cost: worked.append(cost))
    earlier, now = Hasher(*before), Hasher(4, 64)
    try:
        hashed = await earlier.hash("nine herons")
        assert not await now.verify("ten herons", None)
        assert worked == []
        assert await now.verify("nine herons", hashed)
        assert not await now.verify("ten herons", hashed)
        assert worked == [(passes, 64) for passes in lacking] * 2
    finally:
        earlier.close()
        now.close()

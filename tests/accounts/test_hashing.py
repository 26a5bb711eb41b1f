"""Slow hashes run two at a time, and a crowd is turned away instead of queueing for ever."""

import asyncio
from collections.abc import Iterator

import pytest

from app.accounts.hashing import MEMORY_KIB, RUNNING, TIME_COST, WAITING, Hasher
from app.accounts.refusals import BusyHashing

pytestmark = pytest.mark.anyio


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


async def test_nothing_to_compare_with_costs_a_hash_at_the_current_cost() -> None:
    slow = Hasher(time_cost=4, memory_kib=4096)
    assert not slow.is_outdated(slow._nobodys)
    crowd = [slow.verify("x", None) for _ in range(RUNNING + WAITING + 1)]
    answers = await asyncio.gather(*crowd, return_exceptions=True)
    assert sum(isinstance(answer, BusyHashing) for answer in answers) == 1
    assert answers.count(False) == RUNNING + WAITING
    slow.close()


async def test_a_hash_at_another_cost_is_outdated(hasher: Hasher) -> None:
    other = Hasher(time_cost=2, memory_kib=8)
    assert hasher.is_outdated(await other.hash("right"))
    other.close()


async def test_the_eleventh_at_once_is_told_to_come_back(hasher: Hasher) -> None:
    slow = Hasher(time_cost=4, memory_kib=4096)
    answers = await asyncio.gather(
        *(slow.hash("secret") for _ in range(RUNNING + WAITING + 3)), return_exceptions=True
    )
    refused = [answer for answer in answers if isinstance(answer, BusyHashing)]
    assert len(refused) == 3
    assert refused[0].headers["Retry-After"] == "2"
    assert await slow.verify("secret", await slow.hash("secret"))
    slow.close()


async def test_callers_who_go_away_leave_no_place_taken(hasher: Hasher) -> None:
    for _ in range(3):
        tasks = [asyncio.ensure_future(hasher.hash("secret")) for _ in range(RUNNING + WAITING)]
        await asyncio.sleep(0)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0.05)
    assert await hasher.verify("right", await hasher.hash("right"))

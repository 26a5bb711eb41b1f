"""Rows of buckets that are empty go, a few at a time, and nobody waits for it."""

import asyncio

import pytest
from sqlalchemy import select

from app.database import Database, Transaction, open_database
from app.throttling import Throttles, store
from app.throttling import throttles as throttling
from app.throttling.store import BUCKET
from tests.clocks import SetClock
from tests.throttling.buckets import (
    LIMITS,
    SIGN_IN,
    mark,
    marks,
    outcome,
    somebody,
    worker,
)
from tests.waiting import PATIENCE_SECONDS

pytestmark = pytest.mark.anyio


async def test_what_a_crowd_left_is_swept_a_few_rows_at_a_time(
    throttles: Throttles, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock.advance(days=2)
    await throttles.sweep()  # what others left
    monkeypatch.setattr(throttling, "SWEPT_AT_ONCE", 3)
    taken = []
    sweep = store.sweep

    async def counted(transaction: Transaction, now: int, most: int) -> int:
        taken.append(await sweep(transaction, now, most))
        return taken[-1]

    monkeypatch.setattr(store, "sweep", counted)
    for _ in range(10):
        await throttles.take((SIGN_IN, somebody()))
    clock.advance(days=2)
    assert await throttles.sweep() == sum(taken) >= 10
    assert (max(taken), taken[-1]) == (3, 0)


async def test_a_worker_whose_clock_runs_ahead_sweeps_no_bucket_that_is_full(
    throttles: Throttles, database: Database, clock: SetClock
) -> None:
    who, ahead = somebody(), worker(database, clock, hours=23)
    for _ in range(5):
        await throttles.take((SIGN_IN, who))
    await ahead.sweep()
    assert await outcome(throttles, who) == 12


async def test_a_service_that_runs_sweeps_at_once_and_goes_on_after_a_fault(
    throttles: Throttles, database: Database, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    who, swept = somebody(), asyncio.Event()
    await throttles.take((SIGN_IN, who))
    clock.advance(days=2)
    sweep, turns = throttles.sweep, []

    async def failing_first() -> int:
        turns.append(1)
        if len(turns) == 1:
            raise OSError("the disk is away")
        found = await sweep()
        swept.set()
        return found

    monkeypatch.setattr(throttles, "sweep", failing_first)
    monkeypatch.setattr(throttling, "SWEEPS_EVERY_SECONDS", 0.0)
    async with throttles.sweeping():
        await asyncio.wait_for(swept.wait(), PATIENCE_SECONDS)
    assert await marks(database, who) == []


async def test_empty_buckets_are_swept_and_full_ones_stay(
    throttles: Throttles, database: Database, clock: SetClock
) -> None:
    done, busy = somebody(), somebody()
    await throttles.take((SIGN_IN, done))
    clock.advance(seconds=30)
    await throttles.take((SIGN_IN, busy))
    clock.advance(days=1)
    assert await throttles.sweep() >= 1
    assert await marks(database, done) == []
    assert len(await marks(database, busy)) == 1


async def test_a_sweep_waits_for_nobody_who_holds_a_row(
    postgresql_url: str, clock: SetClock
) -> None:
    database = await open_database(postgresql_url)
    throttles = Throttles(database, mark, clock, LIMITS)
    held, done = somebody(), somebody()
    await throttles.take((SIGN_IN, held))
    await throttles.take((SIGN_IN, done))
    clock.advance(days=2)

    async def work(transaction: Transaction) -> None:
        await transaction.fetch(
            select(BUCKET.c.key).where(BUCKET.c.key.contains(held.encode())).with_for_update()
        )
        await asyncio.wait_for(throttles.sweep(), PATIENCE_SECONDS)

    await database.write(None, work)
    assert await marks(database, done) == []
    assert len(await marks(database, held)) == 1
    await database.close()

"""Buckets in the database: shared by all workers, exact under a crowd, on both engines."""

import asyncio
from typing import cast
from uuid import uuid4

import pytest

from app.database import Database, DatabaseOverloaded, open_database
from app.limits import Bucket, Limit, Limits
from app.throttling import Throttles, store
from app.throttling.store import Marks, Pour
from app.web.problems import RateLimited
from tests.clocks import SetClock
from tests.throttling.buckets import (
    CODE,
    LIMITS,
    SIGN_IN,
    mark,
    marks,
    outcome,
    refusals,
    somebody,
)

pytestmark = pytest.mark.anyio


async def test_a_bucket_admits_its_number_and_says_when_to_come_back(
    throttles: Throttles, clock: SetClock
) -> None:
    who = somebody()
    assert [await outcome(throttles, who) for _ in range(6)] == [0, 0, 0, 0, 0, 12]
    clock.advance(seconds=11.5)
    assert await outcome(throttles, who) == 1
    clock.advance(seconds=0.5)
    assert await outcome(throttles, who) == 0
    assert await outcome(throttles, who) == 12
    assert await outcome(throttles, somebody()) == 0


async def test_a_microsecond_too_early_is_too_early(database: Database) -> None:
    marks = Marks(uuid4().bytes, uuid4().bytes)

    async def take(now: int) -> int | None:
        pour = Pour(now, 10, 10, 0)
        return await database.write(None, lambda work: store.take(work, marks, pour))

    assert [await take(now) for now in (100, 100, 109, 110, 119)] == [None, 10, 1, None, 1]


async def test_stacked_limits_all_hold(throttles: Throttles, clock: SetClock) -> None:
    who = somebody()
    assert [await outcome(throttles, who, CODE) for _ in range(4)] == [0, 0, 0, 20]
    clock.advance(minutes=1)
    assert await outcome(throttles, who, CODE) == 0
    assert await outcome(throttles, who, CODE) > 60


async def test_whoever_is_refused_at_a_narrow_bucket_fills_no_wider_one(
    throttles: Throttles,
) -> None:
    narrow, wide = somebody(), somebody()
    for _ in range(5):
        await throttles.take((SIGN_IN, narrow))
    for _ in range(20):
        with pytest.raises(RateLimited):
            await throttles.take((SIGN_IN, narrow), (CODE, wide))
    assert await outcome(throttles, wide, CODE) == 0


async def test_a_bucket_is_emptied_for_whoever_shows_who_they_are(throttles: Throttles) -> None:
    who, other = somebody(), somebody()
    for subject in (who, other):
        for _ in range(3):
            await throttles.take((CODE, subject))
    await throttles.forget(CODE, who)
    assert [await outcome(throttles, who, CODE) for _ in range(3)] == [0, 0, 0]
    assert await outcome(throttles, other, CODE) > 0


async def test_some_are_told_instead_of_refused(throttles: Throttles) -> None:
    who, before = somebody(), refusals(SIGN_IN)
    assert [await throttles.admits(SIGN_IN, who) for _ in range(6)] == [True] * 5 + [False]
    assert refusals(SIGN_IN) == before + 1


@pytest.mark.parametrize(
    ("bucket", "times", "seconds", "writes"),
    [(Bucket.READS_ACCOUNT, 3, 60, False), (Bucket.WRITES_ACCOUNT, 2, 90, True)],
)
async def test_reads_and_writes_of_an_account_have_paces_of_their_own(
    database: Database, clock: SetClock, bucket: Bucket, times: int, seconds: int, *, writes: bool
) -> None:
    paced = Throttles(
        database,
        mark,
        clock,
        {Bucket.READS_ACCOUNT: (Limit(3, 60),), Bucket.WRITES_ACCOUNT: (Limit(2, 90),)},
    )
    me, before = uuid4(), refusals(bucket)
    for _ in range(times):
        paced.pace(me, writes=writes)
    paced.pace(uuid4(), writes=writes)
    assert refusals(bucket) == before
    with pytest.raises(RateLimited) as refused:
        paced.pace(me, writes=writes)
    assert int(refused.value.headers["Retry-After"]) == seconds / times
    assert refusals(bucket) == before + 1
    paced.pace(me, writes=not writes)


async def test_without_limits_nothing_is_written(database: Database, clock: SetClock) -> None:
    off = Throttles(database, mark, clock, {})
    who = somebody()
    for _ in range(50):
        await off.take((SIGN_IN, who))
        off.pace(uuid4(), writes=True)
    await off.forget(SIGN_IN, who)
    assert await marks(database, who) == []


class Unwell:
    """A database that takes no writes."""

    async def write(self, account_id: object, work: object, *, brief: bool = False) -> None:
        raise DatabaseOverloaded("too many writes wait")


async def test_what_is_done_stays_done_when_a_bucket_cannot_be_emptied(clock: SetClock) -> None:
    throttles = Throttles(cast(Database, Unwell()), mark, clock, LIMITS)
    await throttles.forget(SIGN_IN, somebody())
    with pytest.raises(DatabaseOverloaded):
        await throttles.take((SIGN_IN, somebody()))


async def test_all_limits_of_a_general_pace_hold(database: Database, clock: SetClock) -> None:
    limits: Limits = {Bucket.READS_ACCOUNT: (Limit(5, 1), Limit(2, 3600))}
    throttles, who = Throttles(database, mark, clock, limits), uuid4()
    for _ in range(2):
        throttles.pace(who, writes=False)
    with pytest.raises(RateLimited):
        throttles.pace(who, writes=False)


async def test_a_crowd_over_several_workers_gets_exactly_its_number(
    database_url: str, clock: SetClock
) -> None:
    workers = [await open_database(database_url) for _ in range(3)]
    who = somebody()
    all_of_them = [Throttles(each, mark, clock, LIMITS) for each in workers]
    answers = await asyncio.gather(*(outcome(all_of_them[n % 3], who) for n in range(45)))
    for each in workers:
        await each.close()
    assert answers.count(0) == 5

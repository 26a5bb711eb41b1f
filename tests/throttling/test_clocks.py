"""Clocks that disagree: they keep nobody out, and give at most twice the number."""

import math
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.database import Database
from app.limits import Limit
from app.throttling import Throttles
from app.throttling.throttles import CLOCKS_DIFFER_SECONDS, EPOCH
from tests.clocks import SetClock
from tests.throttling.buckets import SIGN_IN, mark, marks, outcome, somebody, worker

pytestmark = pytest.mark.anyio


async def test_a_clock_set_back_by_seconds_gives_nothing_away(
    throttles: Throttles, clock: SetClock
) -> None:
    who = somebody()
    for _ in range(5):
        await throttles.take((SIGN_IN, who))
    clock.advance(seconds=-CLOCKS_DIFFER_SECONDS)
    await throttles.sweep()
    assert await outcome(throttles, who) == 12 + CLOCKS_DIFFER_SECONDS


async def test_a_clock_set_far_back_gives_the_number_once_more_and_keeps_nobody_out(
    throttles: Throttles, clock: SetClock
) -> None:
    who = somebody()
    for _ in range(5):
        await throttles.take((SIGN_IN, who))
    clock.advance(hours=-2)
    await throttles.sweep()
    assert [await outcome(throttles, who) for _ in range(6)] == [0, 0, 0, 0, 0, 12]
    clock.advance(hours=2)
    assert await outcome(throttles, who) == 12


async def test_a_worker_whose_clock_runs_ahead_keeps_nobody_out(
    throttles: Throttles, database: Database, clock: SetClock
) -> None:
    who, ahead = somebody(), worker(database, clock, hours=3)
    assert [await outcome(ahead, who) for _ in range(6)] == [0, 0, 0, 0, 0, 12]
    assert [await outcome(throttles, who) for _ in range(6)] == [0, 0, 0, 0, 0, 12]
    clock.advance(seconds=12)
    assert await outcome(throttles, who) == 0


@pytest.mark.parametrize("seconds", [5, -5, 30, -30, 65, -65, 10_800, -10_800, 86_400, -86_400])
async def test_two_clocks_that_disagree_give_at_most_twice_the_number(
    throttles: Throttles, database: Database, clock: SetClock, seconds: int
) -> None:
    who, other = somebody(), worker(database, clock, seconds=seconds)
    admitted = 0
    for second in range(120):
        for each in (throttles, other):
            admitted += await outcome(each, who) == 0
        if second % 40 == 0:
            await throttles.sweep()
            await other.sweep()
        clock.advance(seconds=1)
    # Five at once, and ten that the bucket let go in two minutes, of each clock's own row; and what
    # the row that both believe in lets go early.
    believed = 60 + CLOCKS_DIFFER_SECONDS
    early = math.ceil(abs(seconds) / 12) if abs(seconds) <= believed else 0
    assert admitted <= 2 * (5 + 10) + early


async def test_three_clocks_that_disagree_keep_nobody_out(
    throttles: Throttles, database: Database, clock: SetClock
) -> None:
    who = somebody()
    for hours in (6, 3):
        other = worker(database, clock, hours=hours)
        assert [await outcome(other, who) for _ in range(5)] == [0] * 5
    assert await outcome(throttles, who) == 0


async def test_a_bucket_is_emptied_of_what_was_set_aside_too(
    throttles: Throttles, database: Database, clock: SetClock
) -> None:
    who, ahead = somebody(), worker(database, clock, hours=3)
    for each in (ahead, throttles):
        for _ in range(5):
            await each.take((SIGN_IN, who))
    assert len(await marks(database, who)) == 2
    await throttles.forget(SIGN_IN, who)
    assert await marks(database, who) == []


class Model:
    """The same in plain words: a bucket that empties by one every `step`, and one set aside."""

    def __init__(self, limit: Limit) -> None:
        self.step = limit.seconds * 1_000_000 // limit.times
        self.span = limit.seconds * 1_000_000
        self.empty_at = [0, 0]

    def take(self, now: int) -> int:
        place = int(self.is_unbelievable(0, now))
        if place and self.is_unbelievable(1, now):
            self.empty_at[1] = 0
        then = max(self.empty_at[place], now) + self.step
        if then - now > self.span:
            return math.ceil((then - now - self.span) / 1_000_000)
        self.empty_at[place] = then
        return 0

    def is_unbelievable(self, place: int, now: int) -> bool:
        return self.empty_at[place] > now + self.span + CLOCKS_DIFFER_SECONDS * 1_000_000


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    limit=st.builds(Limit, st.integers(1, 8), st.integers(1, 120)),
    moves=st.lists(
        st.integers(-90_000_000, 60_000_000) | st.integers(-500_000_000, 500_000_000),
        min_size=1,
        max_size=25,
    ),
)
async def test_a_bucket_does_as_the_model_whatever_the_clock_does(
    database: Database, limit: Limit, moves: list[int]
) -> None:
    clock = SetClock(EPOCH + timedelta(days=20_000))
    throttles = Throttles(database, mark, clock, {SIGN_IN: (limit,)})
    who, model = somebody(), Model(limit)
    admitted: list[int] = []
    for move in moves:
        clock.advance(microseconds=move)
        now = (clock() - EPOCH) // timedelta(microseconds=1)
        answer = await outcome(throttles, who)
        assert answer == model.take(now)
        if answer == 0:
            admitted.append(now)
    # A burst of the whole number, and what empties in the same span: never more in one row.
    for first in [] if model.empty_at[1] else admitted:
        assert sum(first <= each < first + model.span for each in admitted) <= 2 * limit.times

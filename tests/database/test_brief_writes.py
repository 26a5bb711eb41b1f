"""Brief writes run where the event loop stands, in the same line as those that last."""

import asyncio
import sqlite3
import threading
import time
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import pytest

from app.database import DatabaseOverloaded, DatabaseUnavailable
from app.database.sqlite_connection import connect
from app.database.sqlite_turn import Turn
from app.database.sqlite_writer import HERE_SECONDS
from tests.database.added_numbers import TICK_SECONDS, added, adding, writer_of
from tests.database.test_writer_faults import fail_at

pytestmark = pytest.mark.anyio


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow the machine is, those that wait together share a commit."""
    monkeypatch.setattr("app.database.sqlite_writer.HERE_SECONDS", 60.0)


async def longest_pause(of: "asyncio.Future[Any]") -> float:
    """The longest time for which the event loop did nothing else until `of` was done."""
    longest, last = 0.0, time.perf_counter()
    while not of.done():
        await asyncio.sleep(TICK_SECONDS)
        longest, last = max(longest, time.perf_counter() - last), time.perf_counter()
    return longest


async def test_a_brief_job_runs_here_and_another_in_the_thread(file: Path) -> None:
    writer = writer_of(file)
    here = threading.get_ident()
    assert await writer.submit(adding(1), brief=True) == here
    assert await writer.submit(adding(2)) != here
    await writer.close()
    assert added(file) == [1, 2]


async def test_all_are_run_in_the_order_in_which_they_came(file: Path) -> None:
    writer = writer_of(file)
    jobs = [writer.submit(adding(n), brief=n % 5 in (1, 2, 3)) for n in range(60)]
    await asyncio.gather(*jobs)
    await writer.close()
    assert added(file) == [*range(60)]


async def test_a_brief_job_that_fails_takes_no_neighbour_along(file: Path) -> None:
    writer = writer_of(file)
    faults = {3: LookupError(), 7: ValueError()}
    jobs = [writer.submit(adding(n, faults.get(n)), brief=True) for n in range(10)]
    answers = await asyncio.gather(*jobs, return_exceptions=True)
    assert [answer for answer in answers if isinstance(answer, Exception)] == [*faults.values()]
    with pytest.raises(LookupError):
        await writer.submit(adding(10, LookupError()), brief=True)
    await writer.close()
    assert added(file) == [n for n in range(10) if n not in faults]


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("brief", [True, False])
async def test_a_commit_that_fails_is_told_to_all_of_its_group_and_stores_nothing(
    file: Path, *, brief: bool
) -> None:
    writer = writer_of(file)
    fail_at(writer._connection, "COMMIT", times=1)
    jobs = [writer.submit(adding(n), brief=brief) for n in range(5)]
    answers = await asyncio.gather(*jobs, return_exceptions=True)
    assert [type(answer) for answer in answers] == [DatabaseUnavailable] * 5
    await writer.submit(adding(9), brief=brief)
    await writer.close()
    assert added(file) == [9]


@pytest.mark.usefixtures("at_once")
async def test_a_fault_of_sqlite_ends_those_that_had_begun_and_the_others_are_run(
    file: Path,
) -> None:
    writer = writer_of(file)
    fault = sqlite3.OperationalError("disk I/O error")
    jobs = [writer.submit(adding(n, fault if n == 2 else None), brief=True) for n in range(5)]
    answers = await asyncio.gather(*jobs, return_exceptions=True)
    assert [isinstance(answer, DatabaseUnavailable) for answer in answers] == [True] * 3 + [
        False
    ] * 2
    await writer.close()
    assert added(file) == [3, 4]


async def test_nobody_waits_in_the_event_loop_for_the_turn_of_another_process(file: Path) -> None:
    writer, elsewhere = writer_of(file), Turn(file)
    elsewhere.take()
    late = asyncio.ensure_future(writer.submit(adding(1), brief=True))
    asyncio.get_running_loop().call_later(0.3, elsewhere.leave)
    assert await longest_pause(late) < 0.2
    assert await late != threading.get_ident()  # whoever waited for the turn takes it
    assert await writer.submit(adding(2), brief=True) == threading.get_ident()
    await writer.close()
    elsewhere.close()


async def test_nobody_waits_in_the_event_loop_for_a_strangers_lock(file: Path) -> None:
    writer, stranger = writer_of(file), connect(file)
    stranger.execute("BEGIN IMMEDIATE")
    late = asyncio.ensure_future(writer.submit(adding(1), brief=True))
    asyncio.get_running_loop().call_later(0.3, stranger.execute, "COMMIT")
    assert await longest_pause(late) < 0.2
    assert await late != threading.get_ident()
    assert await writer.submit(adding(2), brief=True) == threading.get_ident()
    await writer.close()
    stranger.close()
    assert added(file) == [1, 2]


async def test_a_brief_job_whose_turn_does_not_come_is_given_up_and_never_run(file: Path) -> None:
    writer, elsewhere = writer_of(file, patience=0.05), Turn(file)
    elsewhere.take()
    with pytest.raises(DatabaseOverloaded):
        await writer.submit(adding(1), brief=True)
    elsewhere.leave()
    await writer.submit(adding(2), brief=True)
    await writer.close()
    elsewhere.close()
    assert added(file) == [2]


async def test_whoever_waits_for_the_turn_does_not_keep_it_while_its_event_loop_is_busy(
    file: Path,
) -> None:
    writer, elsewhere = writer_of(file), Turn(file)
    elsewhere.take()
    late = asyncio.ensure_future(writer.submit(adding(1), brief=True))
    await asyncio.sleep(0.05)
    elsewhere.leave()
    time.sleep(0.2)
    assert added(file) == [1]
    assert elsewhere.take_now()
    elsewhere.leave()
    await late
    await writer.close()
    elsewhere.close()


async def test_a_job_runs_in_the_context_of_whoever_submitted_it(file: Path) -> None:
    writer = writer_of(file)
    name: ContextVar[int] = ContextVar("name")

    async def submit(number: int) -> int:
        name.set(number)
        return await writer.submit(lambda _: name.get(), brief=number % 2 == 0)

    assert await asyncio.gather(*map(submit, range(6))) == [*range(6)]
    await writer.close()


async def test_many_brief_jobs_let_others_in_between(file: Path) -> None:
    writer = writer_of(file)
    jobs = [writer.submit(adding(n, seconds=HERE_SECONDS), brief=True) for n in range(30)]
    together = asyncio.gather(*jobs)
    assert await longest_pause(together) < 20 * HERE_SECONDS  # all of them take thirty times that
    await together
    await writer.close()
    assert added(file) == [*range(30)]


async def test_what_is_brief_and_what_lasts_take_turns_in_several_writers(file: Path) -> None:
    writers = [writer_of(file) for _ in range(3)]
    jobs = [writers[n % 3].submit(adding(n), brief=n % 2 == 0) for n in range(120)]
    await asyncio.gather(*jobs)
    for writer in writers:
        await writer.close()
    assert sorted(added(file)) == [*range(120)]

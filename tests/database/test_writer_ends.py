"""Whoever goes away, closes or ends the process: what was begun is written, nothing is kept."""

import asyncio
import gc
import weakref
from contextlib import suppress
from pathlib import Path
from typing import cast

import pytest

from app.database import DatabaseOverloaded, DatabaseUnavailable
from app.database.sqlite_line import Done, Waiting
from app.database.sqlite_turn import Turn
from tests.database.added_numbers import TICK_SECONDS, added, adding, writer_of

pytestmark = pytest.mark.anyio


def test_an_event_loop_that_ends_with_writes_under_way_stops_no_later_one(file: Path) -> None:
    writer, elsewhere = writer_of(file), Turn(file)
    elsewhere.take()

    async def goes() -> None:
        gone = asyncio.ensure_future(writer.submit(adding(1), brief=True))
        await asyncio.sleep(0.05)
        gone.cancel()

    async def comes() -> None:
        late = asyncio.ensure_future(writer.submit(adding(2), brief=True))
        await asyncio.sleep(0.05)
        elsewhere.leave()
        async with asyncio.timeout(5):
            await late
            await writer.submit(adding(3))
            await writer.close()

    asyncio.run(goes())
    asyncio.run(comes())
    assert elsewhere.take_now()
    elsewhere.close()
    assert added(file)[-2:] == [2, 3]


async def test_who_ends_the_process_inside_a_job_leaves_nothing_behind(file: Path) -> None:
    writer, elsewhere = writer_of(file), Turn(file)
    with pytest.raises(DatabaseUnavailable):
        await writer.submit(adding(1, KeyboardInterrupt()), brief=False)
    await writer.submit(adding(2), brief=True)
    assert elsewhere.take_now()
    elsewhere.close()
    await writer.close()
    assert added(file) == [2]


async def test_a_close_that_is_given_up_leaves_nobody_waiting(file: Path) -> None:
    writer = writer_of(file)
    jobs = [writer.submit(adding(1, seconds=0.2)), writer.submit(adding(2), brief=True)]
    under_way = asyncio.gather(*jobs)
    await asyncio.sleep(0.05)
    closing = asyncio.ensure_future(writer.close())
    await asyncio.sleep(0)
    closing.cancel()
    async with asyncio.timeout(5):
        await under_way
    with pytest.raises(DatabaseUnavailable):
        await writer.submit(adding(3), brief=True)
    assert added(file) == [1, 2]


async def test_close_ends_when_the_connection_is_closed_though_the_turn_comes_late(
    file: Path,
) -> None:
    """A copy of the file that is made right after it must have all of the log."""
    writer, other = writer_of(file, patience=0.1), Turn(file)
    other.take()
    with pytest.raises(DatabaseOverloaded):
        await writer.submit(adding(1))
    asyncio.get_running_loop().call_later(0.5, other.leave)
    await writer.close()
    assert not writer._thread.is_alive()
    assert not file.with_name(f"{file.name}-wal").exists()
    other.close()


async def test_close_does_not_wait_for_ever_for_a_turn_that_nobody_needs(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.database.sqlite_writer.ENDING_SECONDS", 0.2)
    writer, other = writer_of(file, patience=0.1), Turn(file)
    other.take()
    with pytest.raises(DatabaseOverloaded):
        await writer.submit(adding(1))
    async with asyncio.timeout(2):
        await writer.close()
    other.close()


async def test_what_was_written_for_one_who_went_away_is_forgotten(file: Path) -> None:
    """With it what it holds: the request."""
    writer = writer_of(file, patience=60)
    for brief in (True, False):
        job = adding(1)
        held = weakref.ref(job)
        gone = asyncio.ensure_future(writer.submit(job, brief=brief))
        await asyncio.sleep(0)
        gone.cancel()
        with suppress(asyncio.CancelledError):
            await gone
        del job, gone
        async with asyncio.timeout(5):
            while writer.waiting():
                await asyncio.sleep(TICK_SECONDS)
        gc.collect()
        assert held() is None
    await writer.close()
    assert added(file) == [1, 1]


def test_what_a_job_returned_does_not_show_where_asyncio_names_its_callbacks() -> None:
    assert "token" not in repr(Done(cast("Waiting", None), "token", None))


def test_whoever_closes_in_another_event_loop_lets_the_thread_end_its_job(file: Path) -> None:
    writer = writer_of(file)

    async def goes() -> None:
        gone = asyncio.ensure_future(writer.submit(adding(1, seconds=0.3)))
        await asyncio.sleep(0.05)
        gone.cancel()

    asyncio.run(goes())
    asyncio.run(writer.close())
    writer._thread.join(5)
    assert not writer._thread.is_alive()
    assert added(file) == [1]


async def test_whoever_went_away_is_written_all_the_same(file: Path) -> None:
    writer = writer_of(file)
    gone = asyncio.ensure_future(writer.submit(adding(1), brief=True))
    await asyncio.sleep(0)
    gone.cancel()
    await writer.submit(adding(2), brief=True)
    await writer.close()
    assert added(file) == [1, 2]

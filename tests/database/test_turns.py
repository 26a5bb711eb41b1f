"""Several writers of one SQLite file: each in its turn, and nobody waits for a turn for ever."""

import asyncio
import gc
import os
import sqlite3
import stat
import subprocess
import sys
import weakref
from collections.abc import Iterator
from contextlib import suppress
from itertools import chain
from pathlib import Path

import pytest

from app.database import DatabaseOverloaded
from app.database.sqlite_connection import connect
from app.database.sqlite_turn import Turn
from app.database.sqlite_writer import Writer

pytestmark = pytest.mark.anyio
WRITERS, WRITES = 4, 50
HOLDER = """
import sys, time
from pathlib import Path
from app.database.sqlite_turn import Turn

with Turn(Path(sys.argv[1])).taken():
    print("taken", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "counted.db"
    connection = connect(path)
    connection.execute("CREATE TABLE counted (number INTEGER)")
    connection.execute("INSERT INTO counted VALUES (0)")
    connection.close()
    return path


@pytest.fixture
def elsewhere(file: Path) -> Iterator[Turn]:
    """The turn of somebody else: to the system each opening of the file is another one."""
    turn = Turn(file)
    yield turn
    turn.close()


def writer_of(file: Path, patience: float = 10.0) -> Writer:
    return Writer(lambda: connect(file), Turn(file), patience=patience)


def count(connection: sqlite3.Connection) -> int:
    connection.execute("UPDATE counted SET number = number + 1")
    return counted(connection)


def counted(connection: sqlite3.Connection) -> int:
    number: int = connection.execute("SELECT number FROM counted").fetchone()[0]
    return number


async def test_writers_of_one_file_take_turns(file: Path) -> None:
    writers = [writer_of(file) for _ in range(WRITERS)]

    async def write(writer: Writer) -> list[int]:
        return [await writer.submit(count) for _ in range(WRITES)]

    seen = await asyncio.gather(*map(write, writers))
    for writer in writers:
        await writer.close()
    assert sorted(chain.from_iterable(seen)) == list(range(1, WRITERS * WRITES + 1))


async def test_a_job_whose_turn_does_not_come_is_given_up_and_never_run(
    file: Path, elsewhere: Turn
) -> None:
    writer = writer_of(file, patience=0.05)
    with elsewhere.taken():
        with pytest.raises(DatabaseOverloaded):
            await writer.submit(count)
        assert writer.waiting() == 0
    assert await writer.submit(counted) == 0
    assert await writer.submit(count) == 1
    await writer.close()


async def test_a_job_whose_caller_went_away_is_given_up_as_well(
    file: Path, elsewhere: Turn
) -> None:
    writer = writer_of(file, patience=0.05)
    with elsewhere.taken():
        for _ in range(64):
            gone = asyncio.ensure_future(writer.submit(count))
            await asyncio.sleep(0)
            gone.cancel()
        assert writer.waiting() == 64
        await asyncio.sleep(0.1)
        assert writer.waiting() == 0
    assert await writer.submit(counted) == 0
    await writer.close()


async def test_what_was_given_up_is_not_kept_until_the_turn_comes(
    file: Path, elsewhere: Turn
) -> None:
    class Heavy:
        def __call__(self, connection: sqlite3.Connection) -> None: ...

    writer, heavy = writer_of(file, patience=0.05), Heavy()
    kept = weakref.ref(heavy)
    with elsewhere.taken():
        with suppress(DatabaseOverloaded):
            await writer.submit(heavy)
        del heavy
        await asyncio.sleep(0.01)  # until then the loop holds the fault, and so its way to here
        gc.collect()
        assert kept() is None
    await writer.close()


async def test_whoever_closes_does_not_wait_for_a_turn_that_nobody_needs(
    file: Path, elsewhere: Turn
) -> None:
    writer = writer_of(file, patience=0.05)
    with elsewhere.taken():
        late = asyncio.ensure_future(writer.submit(count))
        await asyncio.sleep(0)
        async with asyncio.timeout(5):
            await writer.close()
        with pytest.raises(DatabaseOverloaded):
            await late
    again = writer_of(file)
    assert await again.submit(counted) == 0
    await again.close()


async def test_whoever_closes_waits_for_the_turn_of_a_job_that_has_patience(
    file: Path, elsewhere: Turn
) -> None:
    writer = writer_of(file)
    with elsewhere.taken():
        late = asyncio.ensure_future(writer.submit(count))
        await asyncio.sleep(0)
        closing = asyncio.ensure_future(writer.close())
        await asyncio.sleep(0.5)
        assert not closing.done()
    await closing
    assert await late == 1


async def test_the_turn_of_a_killed_process_is_free(file: Path) -> None:
    writer = writer_of(file)
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, file], stdout=subprocess.PIPE)
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"taken\n"
        waiting = asyncio.ensure_future(writer.submit(count))
        await asyncio.sleep(0.05)
        assert not waiting.done()
        holder.kill()
    assert await waiting == 1
    await writer.close()


def test_the_file_of_the_turns_is_its_owners_alone(file: Path, elsewhere: Turn) -> None:
    kept = file.with_name("counted.db-turn")
    assert stat.S_IMODE(kept.stat().st_mode) == stat.S_IRUSR | stat.S_IWUSR
    assert kept.stat().st_size == 0


def test_what_root_makes_belongs_to_the_owner_of_the_database(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[tuple[int, int]] = []
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(os, "fchown", lambda _, owner, group: given.append((owner, group)))
    for _ in range(2):  # it is given away once: who makes it is the first alone
        Turn(file).close()
    assert given == [(file.stat().st_uid, file.stat().st_gid)]


def test_all_names_of_a_database_have_one_turn(file: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    link = tmp_path / "elsewhere" / "link.db"
    link.symlink_to(file)
    Turn(link).close()
    assert file.with_name("counted.db-turn").exists()
    assert [*link.parent.iterdir()] == [link]


def test_closing_again_closes_nothing_else(file: Path) -> None:
    turn = Turn(file)
    turn.close()
    other = os.open(file, os.O_RDONLY)  # it takes the number that came free
    turn.close()
    os.fstat(other)
    os.close(other)

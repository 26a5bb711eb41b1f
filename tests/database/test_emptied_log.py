"""The log beside a SQLite file is emptied in turn with those who write, and keeps nobody long."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest

from app.database import DatabaseUnavailable
from app.database.sqlite import SQLite
from app.database.sqlite_connection import connect
from app.database.sqlite_turn import Turn

pytestmark = pytest.mark.anyio


async def test_the_log_is_emptied_in_turn(tmp_path: Path) -> None:
    """A checkpoint beside a commit may spoil the file, in versions of SQLite that are in use."""
    database = SQLite(tmp_path / "emptied.db")
    with closing(Turn(tmp_path / "emptied.db")) as turn, turn.taken():
        emptying = asyncio.create_task(database.empty_log())
        await asyncio.sleep(0.3)
        assert not emptying.done()
    assert await emptying
    await database.close()


async def test_a_long_read_that_keeps_the_log_keeps_nobody_from_writing(tmp_path: Path) -> None:
    """A slow export may read for minutes, and the log is tried again as long as it does."""
    database, path = SQLite(tmp_path / "kept.db"), tmp_path / "kept.db"
    async with held(database, path) as reader:
        emptying = asyncio.create_task(database.empty_log())
        await asyncio.sleep(0.1)
        async with asyncio.timeout(2):
            for _ in range(2):
                await database._writer.submit(_write_one)
        assert not emptying.done()
        reader.execute("ROLLBACK")
        assert await emptying
    await database.close()


async def test_a_log_that_readers_hold_is_not_told_to_be_cleared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The daily duty would not come back to it until the day after."""
    monkeypatch.setattr("app.database.sqlite.TRUNCATIONS", 1)
    database, path = SQLite(tmp_path / "held.db"), tmp_path / "held.db"
    async with held(database, path) as reader:
        with pytest.raises(DatabaseUnavailable):
            await database.vacuum(())
        reader.execute("ROLLBACK")
        await database.vacuum(())
    await database.close()


@asynccontextmanager
async def held(database: SQLite, path: Path) -> AsyncIterator[sqlite3.Connection]:
    """A reader that stands in a snapshot from before the last write."""
    with closing(connect(path)) as connection, closing(connect(path)) as reader:
        connection.execute("CREATE TABLE written (number INTEGER)")
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM written")
        await database._writer.submit(_write_one)
        yield reader


def _write_one(connection: sqlite3.Connection) -> None:
    connection.execute("INSERT INTO written VALUES (1)")

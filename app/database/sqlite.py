"""SQLite inside the process: one writer with grouped commits, a few readers."""

import asyncio
import logging
import sqlite3
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, closing
from pathlib import Path
from threading import local
from typing import Any, TypeVar, cast
from uuid import UUID

from sqlalchemy.dialects import sqlite

from app.database.errors import DatabaseUnavailable
from app.database.interface import Snapshot, Usage, Work
from app.database.seats import Seats
from app.database.sqlite_connection import STATEMENT_SECONDS, TimedConnection, connect
from app.database.sqlite_transactions import SQLiteSnapshot, SQLiteTransaction
from app.database.sqlite_turn import Turn
from app.database.sqlite_writer import Writer
from app.database.statements import StatementCache
from app.database.streams import STATEMENT_SECONDS as STREAM_SECONDS
from app.database.streams import StreamPlaces

T = TypeVar("T")
READERS = 3
TRUNCATIONS = 15
"""Tries to empty the log."""

READERS_MILLISECONDS = 200
"""How long one waits for readers, while nobody writes; most are gone by then, and the others may
stay for minutes."""

PAUSE_SECONDS = 0.8
"""Between two tries: those who write meanwhile come first."""

LOG = logging.getLogger(__name__)


def drive(work: Coroutine[Any, Any, T]) -> T:
    """Run a unit of work to its end in this thread. Raises what it raises."""
    try:
        work.send(None)
    except StopIteration as done:
        return cast("T", done.value)
    work.close()
    raise RuntimeError("a unit of work awaited something other than its transaction")


class SQLite:
    """One database file. Other processes on the same machine may use it too."""

    engine = "sqlite"
    has_replica = False

    def __init__(self, path: Path, *, whole: bool = False) -> None:
        """Open (and make) the file, readable by its owner alone; `whole` as in `open_database`."""
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            path.touch(mode=0o600)
        self._path = path
        self._seconds = None if whole else STATEMENT_SECONDS
        dialect = sqlite.dialect(paramstyle="qmark")
        self._statements = StatementCache(dialect)
        self._without_account = StatementCache(dialect, with_account=whole)
        self._here = local()
        self._connections: list[TimedConnection] = []
        self._readers = ThreadPoolExecutor(READERS, "afterglow-read", self._open_reader)
        self._seats = Seats(READERS)
        self._near = connect(path, self._seconds, reads_only=True)
        self._writer = Writer(lambda: connect(path, self._seconds), Turn(path))
        self._places = StreamPlaces()

    async def read(
        self, account_id: UUID | None, work: Work[T], *, brief: bool = False, replica: bool = False
    ) -> T:
        """Run `work` on a snapshot, in a reader thread.

        A brief one runs where the caller stands: it is over sooner than a thread would have begun,
        and the interpreter's lock lets no two of them run at once anyway. Where no account is to
        be named, each of its statements sees a snapshot of its own, as on PostgreSQL: BEGIN and
        ROLLBACK would take half as long as to find a token.
        """
        known = self._statements if account_id else self._without_account
        if brief and account_id is None:
            return _look(self._near, known, work)
        if brief:
            return _read(self._near, known, work)
        await self._seats.take()
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._readers, self._read_here, known, work)
        finally:
            self._seats.leave()

    async def snapshot(self, work: Work[T]) -> T:
        """Run `work` in a reader thread: on this engine every read is of one moment."""
        return await self.read(None, work)

    async def write(self, account_id: UUID | None, work: Work[T], *, brief: bool = False) -> T:
        """Run `work` in its place of the writer's line; returns after the commit that holds it.

        A brief one runs where the event loop stands, others and all commits in the writer's thread.
        """
        known = self._statements if account_id else self._without_account

        def run(connection: sqlite3.Connection) -> T:
            return _run(connection, known, work)

        return await self._writer.submit(
            cast("Callable[[sqlite3.Connection], T]", run), brief=brief
        )

    @asynccontextmanager
    async def stream(self, account_id: UUID) -> AsyncIterator[Snapshot]:
        """A snapshot on a connection of its own."""
        async with self._places.one() as deadline:
            connection = connect(self._path, STREAM_SECONDS, reads_only=True)
            thread = ThreadPoolExecutor(1, "afterglow-stream")
            try:
                connection.execute("BEGIN")
                yield SQLiteSnapshot(connection, self._statements, thread, deadline)
            except sqlite3.Error as fault:
                raise DatabaseUnavailable("SQLite does not answer") from fault
            finally:
                thread.submit(connection.close)  # after what may still run there
                thread.shutdown(wait=False)

    async def empty_log(self) -> bool:
        """Copy the WAL into the file and truncate it, when the transactions that run are over."""
        loop = asyncio.get_running_loop()
        for _ in range(TRUNCATIONS):
            if await loop.run_in_executor(None, self._truncate_log):
                return True
            await asyncio.sleep(PAUSE_SECONDS)
        LOG.warning("the log of SQLite could not be emptied: readers hold it")
        return False

    async def vacuum(self, tables: Sequence[str]) -> None:
        """Deleted content is overwritten at once here (secure_delete); the WAL is emptied.

        Raises DatabaseUnavailable while readers hold that: then it has to be asked again.
        """
        if not await self.empty_log():
            raise DatabaseUnavailable("readers hold the log of SQLite")

    def usage(self) -> Usage:
        """Of the threads that read, and of the writer's queue."""
        busy, waiting = self._seats.taken, self._seats.waiting + self._writer.waiting()
        return Usage(busy, READERS - busy, waiting)

    async def close(self) -> None:
        """Finish the queue, then close every connection."""
        await self._writer.close()
        self._readers.shutdown(wait=True)
        for connection in (self._near, *self._connections):
            connection.close()

    def _truncate_log(self) -> bool:
        """In turn with all who write: beside a commit, a checkpoint may spoil the file.

        That is SQLite's WAL-reset bug, up to version 3.51.2 (sqlite.org/wal.html#walresetbug).
        Returns whether no reader kept the log from being emptied.
        """
        try:
            with (
                closing(connect(self._path, None)) as connection,
                closing(Turn(self._path)) as turn,
            ):
                connection.execute(f"PRAGMA busy_timeout={READERS_MILLISECONDS}")
                with turn.taken():
                    busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except sqlite3.Error as fault:
            raise DatabaseUnavailable("SQLite does not empty its log") from fault
        return not busy

    def _open_reader(self) -> None:
        self._here.connection = connect(self._path, self._seconds, reads_only=True)
        self._connections.append(self._here.connection)

    def _read_here(self, statements: StatementCache, work: Work[T]) -> T:
        return _read(self._here.connection, statements, work)


def _read(connection: sqlite3.Connection, statements: StatementCache, work: Work[T]) -> T:
    try:
        _end_last(connection)
        connection.execute("BEGIN")
        try:
            return _run(connection, statements, work)
        finally:
            connection.execute("ROLLBACK")
    except sqlite3.Error as fault:
        raise DatabaseUnavailable("SQLite does not answer") from fault


def _look(connection: sqlite3.Connection, statements: StatementCache, work: Work[T]) -> T:
    """As `_read`, without a transaction around the statements."""
    try:
        _end_last(connection)
        return _run(connection, statements, work)
    except sqlite3.Error as fault:
        raise DatabaseUnavailable("SQLite does not answer") from fault


def _end_last(connection: sqlite3.Connection) -> None:
    """A transaction that could not be ended must not be read in: it shows what was long ago."""
    if connection.in_transaction:
        connection.execute("ROLLBACK")


def _run(connection: sqlite3.Connection, statements: StatementCache, work: Work[T]) -> T:
    transaction = SQLiteTransaction(connection, statements)
    return drive(cast("Coroutine[Any, Any, T]", work(transaction)))

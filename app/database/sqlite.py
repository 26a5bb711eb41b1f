"""SQLite inside the process: one writer thread with grouped commits, a few readers."""

import asyncio
import sqlite3
from collections.abc import Callable, Coroutine, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import local
from typing import Any, TypeVar, cast
from uuid import UUID

from sqlalchemy.dialects import sqlite

from app.database.errors import DatabaseUnavailable, UniqueViolation
from app.database.interface import Row, Statement, Work
from app.database.sqlite_writer import Writer
from app.database.statements import StatementCache

T = TypeVar("T")
READERS = 3
NOTHING: Mapping[str, object] = {}
PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA busy_timeout=5000",
    "PRAGMA foreign_keys=ON",
    "PRAGMA secure_delete=ON",
    "PRAGMA trusted_schema=OFF",
    "PRAGMA cache_size=-4096",
)


class SQLiteTransaction:
    """Runs statements on one connection; its methods never really suspend."""

    __slots__ = ("_connection", "_statements")

    def __init__(self, connection: sqlite3.Connection, statements: StatementCache) -> None:
        """The connection stands inside BEGIN already."""
        self._connection = connection
        self._statements = statements

    async def fetch(
        self, statement: Statement, parameters: Mapping[str, object] | None = None
    ) -> list[Row]:
        """All rows."""
        compiled = self._statements[statement]
        return compiled.rows(
            self._run(compiled.sql, compiled.bind(parameters or NOTHING)).fetchall()
        )

    async def fetch_one(
        self, statement: Statement, parameters: Mapping[str, object] | None = None
    ) -> Row | None:
        """The first row. All are read: a statement left half-way would not commit."""
        rows = await self.fetch(statement, parameters)
        return rows[0] if rows else None

    async def execute(
        self, statement: Statement, parameters: Mapping[str, object] | None = None
    ) -> int:
        """The number of rows the statement touched."""
        compiled = self._statements[statement]
        return self._run(compiled.sql, compiled.bind(parameters or NOTHING)).rowcount

    async def execute_many(
        self, statement: Statement, rows: Sequence[Mapping[str, object]]
    ) -> None:
        """One prepared statement for all rows."""
        compiled = self._statements[statement]
        try:
            self._connection.executemany(compiled.sql, [compiled.bind(row) for row in rows])
        except sqlite3.IntegrityError as fault:
            raise _as_ours(fault) from None

    def _run(self, sql: str, bound: list[object]) -> sqlite3.Cursor:
        try:
            # The binders have turned every value into one of SQLite's own types.
            return self._connection.execute(sql, cast("list[Any]", bound))
        except sqlite3.IntegrityError as fault:
            raise _as_ours(fault) from None


def _as_ours(fault: sqlite3.IntegrityError) -> Exception:
    unique = {sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY, sqlite3.SQLITE_CONSTRAINT_UNIQUE}
    if fault.sqlite_errorcode in unique:
        return UniqueViolation("a row with this key exists")
    return DatabaseUnavailable(f"SQLite refused: {fault.sqlite_errorname}")


def connect(path: Path) -> sqlite3.Connection:
    """A connection with every setting in force. Raises DatabaseUnavailable."""
    try:
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        for pragma in PRAGMAS:
            connection.execute(pragma)
        mode, level = (
            connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous")
        )
    except sqlite3.Error as fault:
        raise DatabaseUnavailable("the SQLite file cannot be opened") from fault
    if (mode, level) != ("wal", 2):
        raise DatabaseUnavailable("SQLite does not run in WAL mode with synchronous FULL")
    return connection


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

    def __init__(self, path: Path) -> None:
        """Open (and make) the file, readable by its owner alone."""
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            path.touch(mode=0o600)
        self._path = path
        self._statements = StatementCache(sqlite.dialect(paramstyle="qmark"))
        self._here = local()
        self._connections: list[sqlite3.Connection] = []
        self._readers = ThreadPoolExecutor(READERS, "afterglow-read", self._open_reader)
        self._near = connect(path)
        self._writer = Writer(connect(path))

    async def read(self, account_id: UUID | None, work: Work[T], *, brief: bool = False) -> T:
        """Run `work` on a snapshot, in a reader thread.

        A brief one runs where the caller stands: it is over sooner than a thread would have begun,
        and the interpreter's lock lets no two of them run at once anyway.
        """
        if brief:
            return self._read(self._near, work)
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._readers, self._read_here, work)

    async def write(self, account_id: UUID | None, work: Work[T]) -> T:
        """Run `work` in the writer thread; returns after the commit that holds it."""

        def run(connection: sqlite3.Connection) -> T:
            return self._drive(connection, work)

        return await self._writer.submit(cast("Callable[[sqlite3.Connection], T]", run))

    async def close(self) -> None:
        """Finish the queue, then close every connection."""
        await self._writer.close()
        self._readers.shutdown(wait=True)
        for connection in (self._near, *self._connections):
            connection.close()

    def _open_reader(self) -> None:
        self._here.connection = connect(self._path)
        self._connections.append(self._here.connection)

    def _read_here(self, work: Work[T]) -> T:
        return self._read(self._here.connection, work)

    def _read(self, connection: sqlite3.Connection, work: Work[T]) -> T:
        try:
            connection.execute("BEGIN")
            try:
                return self._drive(connection, work)
            finally:
                connection.execute("ROLLBACK")
        except sqlite3.Error as fault:
            raise DatabaseUnavailable("SQLite does not answer") from fault

    def _drive(self, connection: sqlite3.Connection, work: Work[T]) -> T:
        transaction = SQLiteTransaction(connection, self._statements)
        return drive(cast("Coroutine[Any, Any, T]", work(transaction)))

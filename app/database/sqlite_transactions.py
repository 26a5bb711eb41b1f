"""What a unit of work holds on SQLite: one connection that stands inside BEGIN."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, cast

from app.database.errors import DatabaseUnavailable, UniqueViolation
from app.database.interface import Row, Statement, Step
from app.database.sqlite_connection import TimedConnection
from app.database.statements import StatementCache
from app.database.streams import CHUNK_ROWS, Deadline

NOTHING: Mapping[str, object] = {}


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
        compiled = self._statements[statement]
        raw = self._run(compiled.sql, compiled.bind(parameters or NOTHING)).fetchall()
        return compiled.row(raw[0]) if raw else None

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
            self._connection.executemany(compiled.sql, compiled.bind_each(rows))
        except sqlite3.IntegrityError as fault:
            raise _as_ours(fault) from None

    async def execute_together(self, *steps: Step) -> None:
        """One after the other: nothing is sent anywhere."""
        for statement, parameters in steps:
            await self.execute(statement, parameters)

    def _run(self, sql: str, bound: list[object]) -> sqlite3.Cursor:
        try:
            # The binders have turned every value into one of SQLite's own types.
            return self._connection.execute(sql, cast("list[Any]", bound))
        except sqlite3.IntegrityError as fault:
            raise _as_ours(fault) from None


class SQLiteSnapshot(SQLiteTransaction):
    """Sees the file as it was at its first read; the writer goes on beside it (WAL)."""

    __slots__ = ("_deadline", "_thread", "_timed")

    def __init__(
        self,
        connection: TimedConnection,
        statements: StatementCache,
        thread: ThreadPoolExecutor,
        deadline: Deadline,
    ) -> None:
        """The connection stands inside BEGIN already; both it and `thread` are nobody else's."""
        super().__init__(connection, statements)
        self._timed = connection
        self._thread = thread
        self._deadline = deadline

    async def chunks(
        self, statement: Statement, parameters: Mapping[str, object] | None = None
    ) -> AsyncIterator[list[Row]]:
        """The rows of a statement, some hundred at a time, read in a thread."""
        compiled = self._statements[statement]
        bound = compiled.bind(parameters or NOTHING)
        run = partial(asyncio.get_running_loop().run_in_executor, self._thread)
        cursor = await run(self._run, compiled.sql, bound)
        while raw := await run(cursor.fetchmany, CHUNK_ROWS):
            self._deadline.check()
            yield compiled.rows(raw)
            self._timed.renew()  # the reader's time is not the statement's


def _as_ours(fault: sqlite3.IntegrityError) -> Exception:
    unique = {sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY, sqlite3.SQLITE_CONSTRAINT_UNIQUE}
    if fault.sqlite_errorcode in unique:
        return UniqueViolation("a row with this key exists")
    return DatabaseUnavailable(f"SQLite refused: {fault.sqlite_errorname}")

"""The bare drivers behind one narrow door: prepared statements, no pool logic, no conversions."""

import asyncio
import json
import sqlite3
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

import asyncpg
from sqlalchemy import Dialect
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.postgresql import asyncpg as asyncpg_dialect

from app.database.connect import SQLITE_PREFIX
from app.database.postgresql import SERVER_SETTINGS
from app.database.sqlite_connection import connect
from app.database.statements import together
from benchmarks.statements import Bare, Values

CONNECTIONS = 8
# A driver's own values: whatever type it likes best for ids, days and instants.
Value = Any
Step = tuple[Bare, Values]


class Session(Protocol):
    """One connection, and at most one transaction on it."""

    async def rows(self, statement: Bare, values: Values) -> list[Any]:
        """All rows as the driver gives them."""
        ...

    async def run(self, statement: Bare, values: Values) -> None:
        """One statement."""
        ...

    async def run_many(self, statement: Bare, rows: Sequence[Values]) -> None:
        """One statement for many rows, in one batch."""
        ...

    async def run_together(self, *steps: Step) -> None:
        """Statements that change different tables, in one go where the engine can."""
        ...

    async def begin(self, account: Value, *, write: bool) -> None:
        """Open a transaction for an account."""
        ...

    async def commit(self) -> None:
        """End it."""
        ...


class Driver(Protocol):
    """An engine's driver."""

    dialect: Dialect

    async def acquire(self) -> Session:
        """A session that is free."""
        ...

    def release(self, session: Session) -> None:
        """Give it back."""
        ...

    def id(self, value: UUID) -> Value:
        """An id as stored."""
        ...

    def uuid(self, stored: Value) -> UUID:
        """An id from what is stored."""
        ...

    def text(self, stored: Value) -> str:
        """The canonical text of a stored id, which sealed values are bound to."""
        ...

    def ids(self, values: Sequence[UUID]) -> Value:
        """A bound list of ids."""
        ...

    def day(self, text: str) -> Value:
        """A date as stored."""
        ...

    def now(self) -> Value:
        """This instant as stored."""
        ...


class SQLiteDriver:
    """`sqlite3` in the event loop itself: no thread, no queue, a commit for each write."""

    dialect: Dialect = sqlite.dialect(paramstyle="qmark")

    def __init__(self, url: str) -> None:
        """The same settings as the service's."""
        self._session = SQLiteSession(connect(Path(url.removeprefix(SQLITE_PREFIX))))

    async def acquire(self) -> "SQLiteSession":
        """The one there is: nothing ever waits inside it."""
        return self._session

    def release(self, session: Session) -> None:
        """Nothing to do."""

    def id(self, value: UUID) -> str:
        """32 hexadecimal digits."""
        return value.hex

    def uuid(self, stored: Value) -> UUID:
        """From its digits."""
        return UUID(stored)

    def text(self, stored: Value) -> str:
        """The digits with their hyphens."""
        return f"{stored[:8]}-{stored[8:12]}-{stored[12:16]}-{stored[16:20]}-{stored[20:]}"

    def ids(self, values: Sequence[UUID]) -> str:
        """A JSON text."""
        return json.dumps([each.hex for each in values])

    def day(self, text: str) -> str:
        """ISO text."""
        return text

    def now(self) -> str:
        """ISO text without an offset, in UTC."""
        return datetime.now(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")


class SQLiteSession:
    """`sqlite3` keeps prepared statements by their text."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """In autocommit mode."""
        self._connection = connection

    async def rows(self, statement: Bare, values: Values) -> list[Any]:
        """All rows."""
        return self._connection.execute(statement.sql, statement.ordered(values)).fetchall()

    async def run(self, statement: Bare, values: Values) -> None:
        """One statement."""
        self._connection.execute(statement.sql, statement.ordered(values))

    async def run_many(self, statement: Bare, rows: Sequence[Values]) -> None:
        """One prepared statement for all rows."""
        self._connection.executemany(statement.sql, [statement.ordered(row) for row in rows])

    async def run_together(self, *steps: Step) -> None:
        """One after the other."""
        for statement, values in steps:
            await self.run(statement, values)

    async def begin(self, account: Value, *, write: bool) -> None:
        """A snapshot, or the write lock."""
        self._connection.execute("BEGIN IMMEDIATE" if write else "BEGIN")

    async def commit(self) -> None:
        """On disk when this returns (synchronous FULL)."""
        self._connection.execute("COMMIT")


class PostgreSQLDriver:
    """Eight asyncpg connections in a stack, each with its prepared statements."""

    dialect: Dialect = asyncpg_dialect.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy left it untyped

    def __init__(self, url: str) -> None:
        """Connections are opened at the first request."""
        self._url = url
        self._free: asyncio.LifoQueue[PostgreSQLSession] = asyncio.LifoQueue()
        self._opened = 0

    async def acquire(self) -> "PostgreSQLSession":
        """A free connection; a new one while there are fewer than eight."""
        if self._free.empty() and self._opened < CONNECTIONS:
            self._opened += 1
            connection = await asyncpg.connect(self._url, server_settings=SERVER_SETTINGS)
            return PostgreSQLSession(connection)
        return await self._free.get()

    def release(self, session: Session) -> None:
        """Back on the stack."""
        if isinstance(session, PostgreSQLSession):
            self._free.put_nowait(session)

    def id(self, value: UUID) -> UUID:
        """As it is."""
        return value

    def uuid(self, stored: Value) -> UUID:
        """As it is."""
        found: UUID = stored
        return found

    def text(self, stored: Value) -> str:
        """As UUIDs are written."""
        return str(stored)

    def ids(self, values: Sequence[UUID]) -> list[UUID]:
        """An array."""
        return list(values)

    def day(self, text: str) -> date:
        """A date."""
        return date.fromisoformat(text)

    def now(self) -> datetime:
        """An aware instant."""
        return datetime.now(UTC)


class PostgreSQLSession:
    """One connection with the statements it has prepared."""

    def __init__(self, connection: Any) -> None:
        """asyncpg carries no types, hence Any."""
        self._connection = connection
        self._prepared: dict[Bare, Any] = {}
        self._together: dict[tuple[Bare, ...], Any] = {}

    async def rows(self, statement: Bare, values: Values) -> list[Any]:
        """All rows."""
        prepared = await self._prepare(statement)
        found: list[Any] = await prepared.fetch(*statement.ordered(values))
        return found

    async def run(self, statement: Bare, values: Values) -> None:
        """One statement."""
        await self.rows(statement, values)

    async def run_many(self, statement: Bare, rows: Sequence[Values]) -> None:
        """One pipelined batch."""
        prepared = await self._prepare(statement)
        await prepared.executemany([statement.ordered(row) for row in rows])

    async def run_together(self, *steps: Step) -> None:
        """As one statement."""
        key = tuple(statement for statement, _ in steps)
        prepared = self._together.get(key)
        if prepared is None:
            text = together(tuple(each.sql for each in key))
            prepared = self._together[key] = await self._connection.prepare(text)
        await prepared.fetch(*[value for each, row in steps for value in each.ordered(row)])

    async def begin(self, account: Value, *, write: bool) -> None:
        """In one round trip with the account's name, as row security wants it."""
        mode = "READ WRITE" if write else "READ ONLY"
        await self._connection.execute(f"BEGIN {mode}; SET LOCAL app.account_id = '{account}'")

    async def commit(self) -> None:
        """Durable when this returns."""
        await self._connection.execute("COMMIT")

    async def _prepare(self, statement: Bare) -> Any:
        prepared = self._prepared.get(statement)
        if prepared is None:
            prepared = self._prepared[statement] = await self._connection.prepare(statement.sql)
        return prepared


def driver_for(url: str) -> Driver:
    """The driver of a URL."""
    return SQLiteDriver(url) if url.startswith(SQLITE_PREFIX) else PostgreSQLDriver(url)

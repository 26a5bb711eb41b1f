"""asyncpg as the reference uses it."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import asyncpg

from app.database.postgresql import SERVER_SETTINGS
from app.database.statements import POSTGRESQL, together
from benchmarks.bare_sessions import Session, Step, Value
from benchmarks.statements import Bare, Values

CONNECTIONS = 8


class PostgreSQLDriver:
    """Eight asyncpg connections in a stack, each with its prepared statements."""

    dialect = POSTGRESQL

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
        self._prepared: dict[str, Any] = {}

    async def rows(self, statement: Bare, values: Values) -> list[Any]:
        """All rows."""
        prepared = await self._prepare(statement.sql)
        found: list[Any] = await prepared.fetch(*statement.ordered(values))
        return found

    async def run(self, statement: Bare, values: Values) -> None:
        """One statement."""
        await self.rows(statement, values)

    async def run_many(self, statement: Bare, rows: Sequence[Values]) -> None:
        """One pipelined batch."""
        prepared = await self._prepare(statement.sql)
        await prepared.executemany([statement.ordered(row) for row in rows])

    async def run_together(self, *steps: Step) -> None:
        """As one statement."""
        prepared = await self._prepare(together(tuple(each.sql for each, _ in steps)))
        await prepared.fetch(*[value for each, row in steps for value in each.ordered(row)])

    async def begin(self, account: Value, *, write: bool) -> None:
        """In one round trip with the account's name, as row security wants it."""
        mode = "READ WRITE" if write else "READ ONLY"
        await self._connection.execute(f"BEGIN {mode}; SET LOCAL app.account_id = '{account}'")

    async def commit(self) -> None:
        """Durable when this returns."""
        await self._connection.execute("COMMIT")

    async def _prepare(self, sql: str) -> Any:
        prepared = self._prepared.get(sql)
        if prepared is None:
            prepared = self._prepared[sql] = await self._connection.prepare(sql)
        return prepared

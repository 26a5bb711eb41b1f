"""`sqlite3` as the reference uses it."""

import json
import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Dialect
from sqlalchemy.dialects import sqlite

from app.database.connect import SQLITE_PREFIX
from app.database.sqlite_connection import connect
from benchmarks.bare_sessions import Session, Step, Value
from benchmarks.statements import Bare, Values


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

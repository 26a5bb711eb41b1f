"""Writes many rows at once: COPY into PostgreSQL, one long transaction into SQLite."""

import sqlite3
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, Protocol

import asyncpg
from sqlalchemy import Table, insert
from sqlalchemy.dialects import sqlite

from app.database.connect import SQLITE_PREFIX
from app.database.statements import POSTGRESQL, Compiled
from tests.engines import as_administrator

Rows = Sequence[Mapping[str, object]]


class Bulk(Protocol):
    """A connection for seeding alone: it may forget everything when the machine stops."""

    async def load(self, table: Table, rows: Rows) -> None:
        """Add rows, each with every column."""
        ...

    async def run(self, sql: str) -> None:
        """One statement in this engine's own words."""
        ...


class SQLiteBulk:
    """Bulk loading of a SQLite file that nobody else uses."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """The connection is in no transaction."""
        self._connection = connection

    async def load(self, table: Table, rows: Rows) -> None:
        """One prepared statement, one commit."""
        compiled = Compiled(insert(table), sqlite.dialect(paramstyle="qmark"))
        # The binders turn every value into one of SQLite's own types, hence Any.
        bound: list[Any] = [compiled.bind(row) for row in rows]
        self._connection.execute("BEGIN")
        self._connection.executemany(compiled.sql, bound)
        self._connection.execute("COMMIT")

    async def run(self, sql: str) -> None:
        """Committed at once."""
        self._connection.execute(sql)


class PostgreSQLBulk:
    """Bulk loading by COPY."""

    def __init__(self, connection: Any) -> None:
        """An asyncpg connection (it carries no types)."""
        self._connection = connection

    async def load(self, table: Table, rows: Rows) -> None:
        """COPY in binary; values as the compiled INSERT would bind them."""
        statement = insert(table)
        compiled = Compiled(statement, POSTGRESQL)
        names = statement.compile(dialect=POSTGRESQL).positiontup
        records = [compiled.bind(row) for row in rows]
        await self._connection.copy_records_to_table(table.name, records=records, columns=names)

    async def run(self, sql: str) -> None:
        """Committed at once."""
        await self._connection.execute(sql)


@asynccontextmanager
async def bulk(url: str) -> AsyncIterator[Bulk]:
    """A bulk connection to a migrated database."""
    if url.startswith(SQLITE_PREFIX):
        connection = sqlite3.connect(url.removeprefix(SQLITE_PREFIX), isolation_level=None)
        connection.execute("PRAGMA synchronous=OFF")
        try:
            yield SQLiteBulk(connection)
        finally:
            connection.close()
    else:
        # COPY knows no row security: whoever runs the server loads.
        server = await asyncpg.connect(as_administrator(url))
        try:
            yield PostgreSQLBulk(server)
        finally:
            await server.close()

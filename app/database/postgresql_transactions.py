"""What a unit of work holds on PostgreSQL: one connection that stands inside BEGIN."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from app.database.interface import Row, Statement, Step
from app.database.statements import StatementCache, together
from app.database.streams import CHUNK_ROWS, STATEMENT_SECONDS, Deadline

NOTHING: Mapping[str, object] = {}


class PostgreSQLTransaction:
    """Runs statements on one connection, prepared once a connection."""

    __slots__ = ("_connection", "_statements")

    def __init__(self, connection: Any, statements: StatementCache) -> None:
        """The connection stands inside BEGIN already."""
        self._connection = connection
        self._statements = statements

    async def fetch(
        self, statement: Statement, parameters: Mapping[str, object] | None = None
    ) -> list[Row]:
        """All rows."""
        compiled = self._statements[statement]
        rows = await self._connection.fetch(compiled.sql, *compiled.bind(parameters or NOTHING))
        return compiled.rows(rows)

    async def fetch_one(
        self, statement: Statement, parameters: Mapping[str, object] | None = None
    ) -> Row | None:
        """The first row."""
        compiled = self._statements[statement]
        bound = compiled.bind(parameters or NOTHING)
        row = await self._connection.fetchrow(compiled.sql, *bound)
        return None if row is None else compiled.row(row)

    async def execute(
        self, statement: Statement, parameters: Mapping[str, object] | None = None
    ) -> int:
        """The number of rows the statement touched, read from the command's tag."""
        compiled = self._statements[statement]
        bound = compiled.bind(parameters or NOTHING)
        tag: str = await self._connection.execute(compiled.sql, *bound)
        last = tag.rpartition(" ")[2]
        return int(last) if last.isdigit() else 0

    async def execute_many(
        self, statement: Statement, rows: Sequence[Mapping[str, object]]
    ) -> None:
        """All rows in one pipelined batch."""
        compiled = self._statements[statement]
        await self._connection.executemany(compiled.sql, compiled.bind_each(rows))

    async def execute_together(self, *steps: Step) -> None:
        """One statement, and so one round trip."""
        compiled = [self._statements[statement] for statement, _ in steps]
        bound: list[object] = []
        for each, (_, parameters) in zip(compiled, steps, strict=True):
            bound += each.bind(parameters)
        await self._connection.execute(together(tuple(each.sql for each in compiled)), *bound)


class PostgreSQLSnapshot(PostgreSQLTransaction):
    """Sees one state of the database for as long as it lasts."""

    __slots__ = ("_deadline",)

    def __init__(self, connection: Any, statements: StatementCache, deadline: Deadline) -> None:
        """The connection stands inside BEGIN already."""
        super().__init__(connection, statements)
        self._deadline = deadline

    async def chunks(
        self, statement: Statement, parameters: Mapping[str, object] | None = None
    ) -> AsyncIterator[list[Row]]:
        """The rows of a statement, some hundred at a time, by a cursor of the server."""
        compiled = self._statements[statement]
        bound = compiled.bind(parameters or NOTHING)
        cursor = await self._connection.cursor(compiled.sql, *bound, timeout=STATEMENT_SECONDS)
        while raw := await cursor.fetch(CHUNK_ROWS, timeout=STATEMENT_SECONDS):
            self._deadline.check()
            yield compiled.rows(raw)

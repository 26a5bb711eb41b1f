"""PostgreSQL by asyncpg, without a session layer in between."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeVar
from uuid import UUID

import asyncpg
from sqlalchemy.dialects.postgresql import asyncpg as asyncpg_dialect

from app.database.errors import DatabaseOverloaded, DatabaseUnavailable, UniqueViolation
from app.database.interface import Row, Statement, Work
from app.database.statements import StatementCache

T = TypeVar("T")
POOL_SIZE = 8
WAIT_SECONDS = 2.0
NOTHING: Mapping[str, object] = {}
SERVER_SETTINGS = {
    "application_name": "afterglow",
    "jit": "off",
    "statement_timeout": "5000",
    "lock_timeout": "2000",
    "idle_in_transaction_session_timeout": "10000",
    "timezone": "UTC",
}
GONE = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.InsufficientResourcesError,
    OSError,
)
BUSY = (asyncpg.LockNotAvailableError, asyncpg.TooManyConnectionsError, TimeoutError)


class _Connection(asyncpg.Connection):  # type: ignore[misc]  # asyncpg carries no types
    """A pooled connection that holds no state between transactions."""

    def get_reset_query(self) -> str:
        """Nothing to reset: settings are local to a transaction, so a round trip is saved."""
        return ""


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
        return None if row is None else compiled.rows([row])[0]

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
        await self._connection.executemany(compiled.sql, [compiled.bind(row) for row in rows])


class PostgreSQL:
    """A pool of connections to one primary."""

    engine = "postgresql"

    def __init__(self, pool: Any) -> None:
        """Take an open asyncpg pool over."""
        self._pool = pool
        dialect = asyncpg_dialect.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy left it untyped
        self._statements = StatementCache(dialect)

    @classmethod
    async def connect(cls, url: str) -> "PostgreSQL":
        """Open the pool. Raises DatabaseUnavailable when the server does not answer."""
        try:
            pool = await asyncpg.create_pool(
                url,
                min_size=1,
                max_size=POOL_SIZE,
                command_timeout=10,
                connection_class=_Connection,
                server_settings=SERVER_SETTINGS,
            )
        except (*GONE, asyncpg.PostgresError) as fault:
            raise DatabaseUnavailable("PostgreSQL does not answer") from fault
        return cls(pool)

    async def read(self, account_id: UUID | None, work: Work[T], *, brief: bool = False) -> T:
        """Run `work` in a read-only transaction at READ COMMITTED.

        Where no account is to be named, BEGIN and COMMIT would be two round trips for nothing: at
        this level each statement sees what was committed before it, inside one or not.
        """
        if account_id is None:
            async with self._connection() as connection:
                return await work(PostgreSQLTransaction(connection, self._statements))
        async with self._transaction("BEGIN READ ONLY", account_id) as transaction:
            return await work(transaction)

    async def write(self, account_id: UUID | None, work: Work[T]) -> T:
        """Run `work` in a transaction at READ COMMITTED and commit it."""
        async with self._transaction("BEGIN READ WRITE", account_id) as transaction:
            return await work(transaction)

    async def close(self) -> None:
        """Close the pool when the running transactions are over."""
        await self._pool.close()

    @asynccontextmanager
    async def _transaction(
        self, begin: str, account_id: UUID | None
    ) -> AsyncIterator[PostgreSQLTransaction]:
        """BEGIN with the account's name in one round trip; COMMIT, or ROLLBACK on a fault."""
        async with self._connection() as connection:
            await connection.execute(_opening(begin, account_id))
            try:
                yield PostgreSQLTransaction(connection, self._statements)
                await connection.execute("COMMIT")
            except BaseException:
                await _undo(connection)
                raise

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[Any]:
        """A connection of the pool; the driver's faults leave as ours."""
        with _faults():
            connection = await self._acquire()
            try:
                yield connection
            finally:
                await self._pool.release(connection)

    async def _acquire(self) -> Any:
        if self._pool.get_idle_size():  # nothing to wait for: a timer would cost more than it
            return await self._pool.acquire()
        try:
            return await self._pool.acquire(timeout=WAIT_SECONDS)
        except TimeoutError:
            raise DatabaseOverloaded("no connection came free") from None


def _opening(begin: str, account_id: UUID | None) -> str:
    if account_id is None:
        return begin
    # A UUID's text holds hexadecimal digits and hyphens only.
    return f"{begin}; SET LOCAL app.account_id = '{account_id}'"


async def _undo(connection: Any) -> None:
    """Roll back; a connection that cannot is thrown away by the pool."""
    try:
        await asyncio.shield(connection.execute("ROLLBACK"))
    except (*GONE, asyncpg.PostgresError, asyncio.CancelledError):
        connection.terminate()


class _faults:  # noqa: N801 - reads as a statement
    """Turn the driver's exceptions, whose texts hold values, into ours."""

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(self, kind: object, fault: BaseException | None, trace: object) -> None:
        """Raise the exception of our family that fits."""
        if isinstance(fault, asyncpg.UniqueViolationError):
            raise UniqueViolation("a row with this key exists") from None
        if isinstance(fault, BUSY):
            raise DatabaseOverloaded("PostgreSQL is busy") from None
        if isinstance(fault, (*GONE, asyncpg.QueryCanceledError)):
            raise DatabaseUnavailable("PostgreSQL does not answer") from None

"""PostgreSQL by asyncpg, without a session layer in between."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeVar
from uuid import UUID

import asyncpg
from sqlalchemy.dialects.postgresql import asyncpg as asyncpg_dialect

from app.database.errors import DatabaseOverloaded, DatabaseUnavailable, UniqueViolation
from app.database.interface import Snapshot, Usage, Work
from app.database.postgresql_transactions import PostgreSQLSnapshot, PostgreSQLTransaction
from app.database.statements import StatementCache
from app.database.streams import BEGIN_SNAPSHOT, StreamPlaces

T = TypeVar("T")
Look = Callable[[Any], Awaitable[None]]
POOL_SIZE = 8
BEGIN_READ = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
"""Whatever is read is of one moment; on a replica of that at which it showed how new it is."""

WAIT_SECONDS = 2.0
VACUUM_SECONDS = 600.0
SERVER_SETTINGS = {
    "application_name": "afterglow",
    # Estimates over all patients must not tempt it to gather a whole journal and sort it: every
    # statement finds its rows by an index, in the order it wants them.
    "enable_bitmapscan": "off",
    "jit": "off",
    "statement_timeout": "5000",
    "lock_timeout": "2000",
    "idle_in_transaction_session_timeout": "10000",
    "timezone": "UTC",
}
GONE = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # none of several hosts is the primary now
    asyncpg.OperatorInterventionError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.PostgresSystemError,
    OSError,
)
BUSY = (
    asyncpg.LockNotAvailableError,
    asyncpg.TooManyConnectionsError,
    # A deadlock, or what could not be put in a line: it was undone, and may be asked for again.
    asyncpg.TransactionRollbackError,
    TimeoutError,
)


class _Connection(asyncpg.Connection):  # type: ignore[misc]  # asyncpg carries no types
    """A pooled connection that holds no state between transactions."""

    def get_reset_query(self) -> str:
        """Nothing to reset: settings are local to a transaction, so a round trip is saved."""
        return ""


class PostgreSQL:
    """A pool of connections to one primary."""

    engine = "postgresql"

    def __init__(self, pool: Any, *, whole: bool = False) -> None:
        """Take an open asyncpg pool over; `whole` as in `open_database`."""
        self._pool = pool
        self._places = StreamPlaces()
        self._waiting = 0
        dialect = asyncpg_dialect.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy left it untyped
        self._statements = StatementCache(dialect)
        self._without_account = StatementCache(dialect, with_account=whole)

    @classmethod
    async def connect(cls, url: str, *, whole: bool = False) -> "PostgreSQL":
        """Open the pool. Raises DatabaseUnavailable when the server does not answer."""
        try:
            pool = await cls.pool(url, min_size=1, server_settings=SERVER_SETTINGS)
        except (*GONE, asyncpg.PostgresError) as fault:
            raise DatabaseUnavailable("PostgreSQL does not answer") from fault
        return cls(pool, whole=whole)

    @staticmethod
    async def pool(
        url: str, *, min_size: int, server_settings: Mapping[str, str], look: Look | None = None
    ) -> Any:
        """A pool of asyncpg's with `min_size` connections that are open. Raises what it raises.

        `look` is shown each connection before its first use, and may raise.
        """
        return await asyncpg.create_pool(
            url,
            min_size=min_size,
            max_size=POOL_SIZE,
            command_timeout=10,
            connection_class=_Connection,
            server_settings=server_settings,
            init=look,
        )

    async def read(
        self, account_id: UUID | None, work: Work[T], *, brief: bool = False, replica: bool = False
    ) -> T:
        """Run `work` in a read-only transaction, on the moment of its first statement.

        Where no account is to be named, BEGIN and COMMIT would be two round trips for nothing, for
        one statement mostly: there each sees what was committed before it.
        """
        if account_id is None:
            async with self._connection() as connection:
                return await work(PostgreSQLTransaction(connection, self._without_account))
        async with self._transaction(BEGIN_READ, account_id) as transaction:
            return await work(transaction)

    async def snapshot(self, work: Work[T]) -> T:
        """Run `work` on the moment of its first statement."""
        async with self._transaction(BEGIN_READ, None) as transaction:
            return await work(transaction)

    async def write(self, account_id: UUID | None, work: Work[T]) -> T:
        """Run `work` in a transaction at READ COMMITTED and commit it."""
        async with self._transaction("BEGIN READ WRITE", account_id) as transaction:
            return await work(transaction)

    @asynccontextmanager
    async def stream(self, account_id: UUID) -> AsyncIterator[Snapshot]:
        """A snapshot on a pooled connection."""
        async with (
            self._places.one() as deadline,
            self._connection() as connection,
            _opened(connection, BEGIN_SNAPSHOT, account_id),
        ):
            yield PostgreSQLSnapshot(connection, self._statements, deadline)

    async def empty_log(self) -> None:
        """Nothing to do."""

    async def vacuum(self, tables: Sequence[str]) -> None:
        """VACUUM; a table that is not this role's own is left out by the server."""
        async with self._connection() as connection:
            for table in tables:
                await connection.execute(f'VACUUM "{table}"', timeout=VACUUM_SECONDS)

    def usage(self) -> Usage:
        """Of the pool."""
        open_now, idle = self._pool.get_size(), self._pool.get_idle_size()
        return Usage(open_now - idle, POOL_SIZE - open_now + idle, self._waiting)

    async def close(self) -> None:
        """Close the pool when the running transactions are over."""
        await self._pool.close()

    @asynccontextmanager
    async def _transaction(
        self, begin: str, account_id: UUID | None
    ) -> AsyncIterator[PostgreSQLTransaction]:
        """BEGIN with the account's name in one round trip; COMMIT, or ROLLBACK on a fault."""
        async with self._connection() as connection, _opened(connection, begin, account_id):
            known = self._statements if account_id else self._without_account
            yield PostgreSQLTransaction(connection, known)

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
        self._waiting += 1
        try:
            return await self._pool.acquire(timeout=WAIT_SECONDS)
        except TimeoutError:
            raise DatabaseOverloaded("no connection came free") from None
        finally:
            self._waiting -= 1


def _opening(begin: str, account_id: UUID | None) -> str:
    if account_id is None:
        return begin
    # A UUID's text holds hexadecimal digits and hyphens only.
    return f"{begin}; SET LOCAL app.account_id = '{account_id}'"


@asynccontextmanager
async def _opened(connection: Any, begin: str, account_id: UUID | None) -> AsyncIterator[None]:
    """BEGIN, and COMMIT or ROLLBACK at the end."""
    await connection.execute(_opening(begin, account_id))
    try:
        yield
        await connection.execute("COMMIT")
    except BaseException:
        await _undo(connection)
        raise


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
        if isinstance(fault, GONE):
            raise DatabaseUnavailable("PostgreSQL does not answer") from None

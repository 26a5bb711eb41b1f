"""PostgreSQL by asyncpg, without a session layer in between."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeVar
from uuid import UUID

import asyncpg

from app.database.driver_faults import NOT_CONNECTED
from app.database.errors import DatabaseOverloaded, DatabaseUnavailable, UniqueViolation
from app.database.interface import Snapshot, Usage, Work
from app.database.postgresql_connections import GONE, POOL_SIZE, Connections
from app.database.postgresql_transactions import PostgreSQLSnapshot, PostgreSQLTransaction
from app.database.statements import POSTGRESQL, StatementCache
from app.database.streams import BEGIN_SNAPSHOT, StreamPlaces

T = TypeVar("T")
BEGIN_READ = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
"""Whatever is read is of one moment; on a replica of that at which it showed how new it is."""

VACUUM_SECONDS = 600.0
ELSEWHERE_SECONDS = 0.5
"""In which other processes, if they are not stuck, end the reads that are over there."""

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
KEEPERS_SETTINGS = {"statement_timeout": "0", "idle_in_transaction_session_timeout": "0"}
"""What its keepers ask may last, and wait for a disk: they look at every row there is."""

BUSY = (
    asyncpg.LockNotAvailableError,
    asyncpg.TooManyConnectionsError,
    # A deadlock, or what could not be put in a line: it was undone, and may be asked for again.
    asyncpg.TransactionRollbackError,
    TimeoutError,
)


class PostgreSQL:
    """A pool of connections to one primary."""

    engine = "postgresql"
    has_replica = False

    def __init__(self, connections: Connections, *, whole: bool = False) -> None:
        """Take open connections over; `whole` as in `open_database`."""
        self._connections = connections
        self._places = StreamPlaces()
        self._statements = StatementCache(POSTGRESQL)
        self._without_account = StatementCache(POSTGRESQL, with_account=whole)

    @classmethod
    async def connect(
        cls, url: str, *, whole: bool = False, connections_at_most: int = POOL_SIZE
    ) -> "PostgreSQL":
        """Open the pool. Raises DatabaseUnavailable when the server does not answer."""
        try:
            if whole:
                settings = SERVER_SETTINGS | KEEPERS_SETTINGS
                connections = await Connections.open(
                    url, min_size=1, settings=settings, seconds=None
                )
            else:
                connections = await Connections.open(
                    url, min_size=1, max_size=connections_at_most, settings=SERVER_SETTINGS
                )
        except NOT_CONNECTED as fault:
            raise DatabaseUnavailable("PostgreSQL does not answer") from fault
        return cls(connections, whole=whole)

    async def read(
        self, account_id: UUID | None, work: Work[T], *, brief: bool = False, replica: bool = False
    ) -> T:
        """Run `work` in a read-only transaction, on the moment of its first statement.

        Where no account is to be named, BEGIN and COMMIT would be two round trips for nothing, for
        one statement mostly: there each sees what was committed before it.
        """
        if account_id is not None:
            return await self._read(account_id, work)
        async with self._connection() as connection:
            return await work(PostgreSQLTransaction(connection, self._without_account))

    async def snapshot(self, work: Work[T]) -> T:
        """Run `work` on the moment of its first statement."""
        async with self._transaction(BEGIN_READ, None) as transaction:
            return await work(transaction)

    async def write(self, account_id: UUID | None, work: Work[T], *, brief: bool = False) -> T:
        """Run `work` in a transaction at READ COMMITTED and commit it."""
        async with self._transaction("BEGIN READ WRITE", account_id) as transaction:
            return await work(transaction)

    @asynccontextmanager
    async def stream(self, account_id: UUID) -> AsyncIterator[Snapshot]:
        """A snapshot on a pooled connection."""
        async with (
            self._places.one() as deadline,
            self._opened(BEGIN_SNAPSHOT, account_id) as connection,
        ):
            yield PostgreSQLSnapshot(connection, self._statements, deadline)

    async def empty_log(self) -> bool:
        """Nothing to do."""
        return True

    async def vacuum(self, tables: Sequence[str]) -> None:
        """VACUUM; a table that is not this role's own is left out by the server.

        Before, the reads that are over here get their COMMIT, and those of other processes time
        for it: what one of them could still see would stay.
        """
        await asyncio.sleep(ELSEWHERE_SECONDS)
        await self._connections.settle()
        async with self._connection() as connection:
            await connection.execute("SET statement_timeout = 0")
            try:
                for table in tables:
                    await connection.execute(f'VACUUM "{table}"', timeout=VACUUM_SECONDS)
            finally:
                await connection.execute("RESET statement_timeout")

    def usage(self) -> Usage:
        """Of the pool."""
        return self._connections.usage()

    async def close(self) -> None:
        """Close the pool when the running transactions are over."""
        await self._connections.close()

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[Any]:
        """A connection outside any transaction; the driver's faults leave as ours."""
        with _faults():
            connection = await self._connections.clear()
            try:
                yield connection
            except BaseException:
                await self._connections.give_back(connection)
                raise
            await self._connections.leave(connection)

    async def _read(self, account_id: UUID, work: Work[T]) -> T:
        """For an account; the COMMIT comes later, and nobody waits for it."""
        with _faults():
            connection, before = await self._connections.for_transaction()
            try:
                await connection.execute(before + _opening(BEGIN_READ, account_id))
                result = await work(PostgreSQLTransaction(connection, self._statements))
            except BaseException:
                await self._connections.abandon(connection)
                raise
            await self._connections.leave(connection, reading=True)
            return result

    @asynccontextmanager
    async def _transaction(
        self, begin: str, account_id: UUID | None
    ) -> AsyncIterator[PostgreSQLTransaction]:
        async with self._opened(begin, account_id) as connection:
            known = self._statements if account_id else self._without_account
            yield PostgreSQLTransaction(connection, known)

    @asynccontextmanager
    async def _opened(self, begin: str, account_id: UUID | None) -> AsyncIterator[Any]:
        """BEGIN with the account's name in one round trip; COMMIT, or ROLLBACK on a fault.

        The driver's faults leave as ours.
        """
        with _faults():
            connection, before = await self._connections.for_transaction()
            try:
                await connection.execute(before + _opening(begin, account_id))
                yield connection
                await connection.execute("COMMIT")
            except BaseException:
                await self._connections.abandon(connection)
                raise
            await self._connections.leave(connection)


def _opening(begin: str, account_id: UUID | None) -> str:
    if account_id is None:
        return begin
    # A UUID's text holds hexadecimal digits and hyphens only.
    return f"{begin}; SET LOCAL app.account_id = '{account_id}'"


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

"""The connections of a process to one PostgreSQL, handed from one unit of work to the next.

To end a read is a round trip that nobody waits for, and to give a connection back to the driver's
pool takes a task. So whoever comes next takes the connection as it was left: the end of the read
before goes out with the beginning of the next transaction. What nobody wants soon is put in order
and goes back to the pool.

Whoever wants one takes a seat first, of which there are as many as connections: so those who wait
wait for a seat, and find what was left there.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from contextlib import suppress
from typing import Any

import asyncpg

from app.database.errors import DatabaseOverloaded, DatabaseUnavailable
from app.database.interface import Usage
from app.database.left import Left, is_lost, newest, throw_away
from app.database.seats import WAIT_SECONDS, Seats

Look = Callable[[Any], Awaitable[None]]
POOL_SIZE = 8
"""Unless the settings say another number."""

STATEMENT_SECONDS = 10.0
"""For which the driver waits, where the server gives no answer at all."""

LINGER_SECONDS = 0.01
"""So long, or twice that, a connection waits for the next who wants one."""

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
"""What the driver raises when a server is away, or no longer the one that is wanted."""


class _Connection(asyncpg.Connection):  # type: ignore[misc]  # asyncpg carries no types
    """A pooled connection that holds no state between transactions."""

    def get_reset_query(self) -> str:
        """Nothing to reset: settings are local to a transaction, so a round trip is saved."""
        return ""


class Connections:
    """All connections of a process to one server: in use, left, or at rest in the pool."""

    def __init__(self, pool: Any) -> None:
        """Take an open asyncpg pool over."""
        self._pool = pool
        self._loop = asyncio.get_running_loop()
        self._clear: list[Left] = []
        """Left outside any transaction."""
        self._reading: list[Left] = []
        """Left inside a read that is over."""
        self._seats = Seats(pool.get_max_size())
        self._closing = False
        self._timer: asyncio.TimerHandle | None = None
        self._going: set[asyncio.Task[None]] = set()

    @classmethod
    async def open(
        cls,
        url: str,
        *,
        min_size: int,
        max_size: int = POOL_SIZE,
        settings: Mapping[str, str],
        look: Look | None = None,
        seconds: float | None = STATEMENT_SECONDS,
    ) -> "Connections":
        """A pool with `min_size` connections that are open, and room for `max_size`.

        `look` is shown each connection before its first use, and may raise. The driver waits
        `seconds` for a statement, None for as long as it takes. Raises what asyncpg raises.
        """
        return cls(
            await asyncpg.create_pool(
                url,
                min_size=min_size,
                max_size=max_size,
                command_timeout=seconds,
                connection_class=_Connection,
                server_settings=settings,
                init=look,
            )
        )

    async def clear(self) -> Any:
        """A connection outside any transaction.

        Raises DatabaseOverloaded when none comes free, and DatabaseUnavailable at the end.
        """
        await self._take_seat()
        try:
            found = newest(self._clear)
            if found is None and not self._pool.get_idle_size():
                found = newest(self._reading)
                if found is not None:
                    await self._end(found)
            return found or await self._from_pool()
        except BaseException:
            self._seats.leave()
            raise

    async def for_transaction(self) -> tuple[Any, str]:
        """A connection, and what is to be said before BEGIN. Raises as `clear`."""
        await self._take_seat()
        try:
            found = newest(self._reading)
            if found is not None:
                return found, "COMMIT; "
            return newest(self._clear) or await self._from_pool(), ""
        except BaseException:
            self._seats.leave()
            raise

    async def leave(self, connection: Any, *, reading: bool = False) -> None:
        """Whoever had it is done; `reading`: inside a read that only lacks its COMMIT."""
        try:
            if self._closing:
                end = "COMMIT" if reading else ""
                await asyncio.shield(self._begin(self._put_away(connection, end)))
                return
            left = self._reading if reading else self._clear
            left.append(Left(connection, self._loop.time()))
            if self._timer is None:
                self._timer = self._loop.call_later(LINGER_SECONDS, self._tidy)
        finally:
            self._seats.leave()

    async def abandon(self, connection: Any) -> None:
        """Something went wrong inside a transaction, which is rolled back whoever is cancelled."""
        try:
            await self._roll_back(connection)
        finally:
            self._seats.leave()

    async def give_back(self, connection: Any) -> None:
        """Something went wrong outside any transaction: the pool looks after the connection."""
        try:
            await self._pool.release(connection)
        finally:
            self._seats.leave()

    def usage(self) -> Usage:
        """Those that are left count as idle."""
        left = [*self._clear, *self._reading]
        idle = self._pool.get_idle_size() + sum(not is_lost(each.connection) for each in left)
        busy = self._pool.get_size() - idle
        return Usage(busy, self._pool.get_max_size() - busy, self._seats.waiting)

    async def settle(self) -> None:
        """End every read that is over, and give back what nobody uses."""
        self._tidy(everything=True)
        if self._going:
            await asyncio.wait(self._going)

    async def close(self) -> None:
        """Close all when the running transactions are over; nobody gets one any more."""
        self._closing = True
        try:
            await self.settle()
        except BaseException:
            self._pool.terminate()
            raise
        await self._pool.close()

    def _check_open(self) -> None:
        if self._closing:
            raise DatabaseUnavailable("the database is being closed")

    async def _take_seat(self) -> None:
        self._check_open()
        await self._seats.take()
        if self._closing:  # meanwhile
            self._seats.leave()
        self._check_open()

    async def _from_pool(self) -> Any:
        """One is at rest there, or can be opened, or is just being put away."""
        if self._pool.get_idle_size():
            return await self._pool.acquire()
        try:
            return await self._pool.acquire(timeout=WAIT_SECONDS)
        except TimeoutError:
            raise DatabaseOverloaded("no connection came free") from None

    def _tidy(self, *, everything: bool = False) -> None:
        """Put away what was left for too long."""
        if self._timer is not None:
            self._timer.cancel()
        before = self._loop.time() - (0 if everything else LINGER_SECONDS)
        for left, end in ((self._clear, ""), (self._reading, "COMMIT")):
            while left and left[0].since <= before:
                self._begin(self._put_away(left.pop(0).connection, end))
        again = self._clear or self._reading
        self._timer = self._loop.call_later(LINGER_SECONDS, self._tidy) if again else None

    def _begin(self, work: Coroutine[None, None, None]) -> "asyncio.Task[None]":
        """Something that goes on to its end whoever waits for it."""
        task = self._loop.create_task(work)
        self._going.add(task)
        task.add_done_callback(self._going.discard)
        return task

    async def _put_away(self, connection: Any, end: str) -> None:
        """End the transaction, if any, and give back; a connection that cannot is thrown away."""
        try:
            if end:
                await connection.execute(end)
        except (*GONE, asyncpg.PostgresError):
            throw_away(connection)
        with suppress(*GONE):  # it was lost meanwhile
            await self._pool.release(connection)

    async def _end(self, connection: Any) -> None:
        """End a read for somebody who wants its connection; that failing is theirs."""
        try:
            await connection.execute("COMMIT")
        except BaseException:
            await self._roll_back(connection)
            raise

    async def _roll_back(self, connection: Any) -> None:
        await asyncio.shield(self._begin(self._put_away(connection, "ROLLBACK")))

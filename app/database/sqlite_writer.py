"""The one writer of a SQLite file: a fair queue, whose neighbours share one commit."""

import asyncio
import logging
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from functools import partial
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, NamedTuple, TypeVar

from app.database.errors import DatabaseOverloaded, DatabaseUnavailable
from app.database.sqlite_turn import Turn

T = TypeVar("T")
MOST_WAITING = 64
MOST_IN_ONE_COMMIT = 32
PATIENCE_SECONDS = 10.0
"""So long a job waits to begin."""

LOOK_SECONDS = 0.2
"""Who closes looks so often whether anybody needs the thread."""

LOG = logging.getLogger(__name__)
# What a job returns is between it and the one who awaits it.
Job = Callable[[sqlite3.Connection], Any]


class _Waiting:
    """A job until it is run by the writer or given up by the caller, whoever claims it first."""

    __slots__ = ("_unclaimed", "future", "job", "loop")

    def __init__(
        self, job: Job, future: "asyncio.Future[Any]", loop: asyncio.AbstractEventLoop
    ) -> None:
        self.job, self.future, self.loop = job, future, loop
        self._unclaimed = [True]

    def claim(self) -> bool:
        """Whether it is the claimer's now; of two threads at once, one is told so."""
        try:
            return self._unclaimed.pop()
        except IndexError:
            return False


class _Done(NamedTuple):
    waiting: _Waiting
    answer: object
    fault: BaseException | None


class Writer:
    """Runs jobs one after the other, each undone alone when it fails, and commits in groups."""

    def __init__(
        self,
        connect: Callable[[], sqlite3.Connection],
        turn: Turn,
        *,
        patience: float = PATIENCE_SECONDS,
    ) -> None:
        """`connect` opens the writer's own connection, and another when that one fails it.

        `turn` is among the processes that write the same file.
        """
        self._connect, self._turn, self._patience = connect, turn, patience
        self._connection: sqlite3.Connection | None = connect()
        self._queue: SimpleQueue[_Waiting | None] = SimpleQueue()
        self._waiting = 0
        self._closing = False
        self._thread = Thread(target=self._serve, name="afterglow-write", daemon=True)
        self._thread.start()

    async def submit(self, job: Callable[[sqlite3.Connection], T]) -> T:
        """Queue a job and wait until its commit is on disk.

        Raises DatabaseOverloaded when 64 jobs wait already, or it could not begin in time (then it
        never will), DatabaseUnavailable when the commit fails or the writer has ended, and what the
        job raises.
        """
        if self._closing or not self._thread.is_alive():
            raise DatabaseUnavailable("the writer has ended")
        if self._waiting >= MOST_WAITING:
            raise DatabaseOverloaded("too many writes wait")
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._waiting += 1
        waiting = _Waiting(job, future, loop)
        self._queue.put(waiting)
        patience = loop.call_later(self._patience, self._give_up, waiting)
        future.add_done_callback(lambda done: _over(done, patience))
        # A caller who goes away does not stop the write, nor the end of its patience: its answer is
        # then nobody's.
        return await future

    def waiting(self) -> int:
        """How many jobs wait, those of the running group included."""
        return self._waiting

    async def close(self) -> None:
        """Let the queue run empty and end the thread.

        One that waits for a turn which nobody needs any more is left to itself.
        """
        self._closing = True
        self._queue.put(None)
        join = partial(asyncio.get_running_loop().run_in_executor, None, self._thread.join)
        await join(LOOK_SECONDS)
        while self._thread.is_alive() and self._waiting:
            await join(LOOK_SECONDS)
        if self._connection is not None:
            self._connection.close()

    def _serve(self) -> None:
        with closing(self._turn):
            going_on = True
            while going_on and (first := self._queue.get()) is not None:
                done, going_on = self._run_in_turn(first)
                self._answer(done)

    def _run_in_turn(self, first: _Waiting) -> tuple[list[_Done], bool]:
        """Those that wait when the turn has come, less those given up; whether to go on."""
        group, going_on = [first], True
        try:
            with self._turn.taken():
                going_on = self._gather(group)
                group = [waiting for waiting in group if waiting.claim()]
                return self._run(group) if group else [], going_on
        except DatabaseUnavailable as fault:
            unserved = [waiting for waiting in group if waiting.claim()]
            return [_Done(waiting, None, fault) for waiting in unserved], going_on

    def _gather(self, group: list[_Waiting]) -> bool:
        """Add what waits; False when nothing more will come."""
        with suppress(Empty):
            while len(group) < MOST_IN_ONE_COMMIT:
                waiting = self._queue.get_nowait()
                if waiting is None:
                    return False
                group.append(waiting)
        return True

    def _run(self, group: list[_Waiting]) -> list[_Done]:
        try:
            connection = self._connection = self._connection or self._connect()
            connection.execute("BEGIN IMMEDIATE")
            done = [_one(connection, waiting, alone=len(group) == 1) for waiting in group]
            connection.execute("COMMIT")
        except BaseException as fault:
            self._undo()
            return [_Done(waiting, None, _as_ours(fault)) for waiting in group]
        return done

    def _undo(self) -> None:
        """Roll back. A connection that cannot is closed, which undoes what it did."""
        connection = self._connection
        if connection is None:
            return
        try:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
        except sqlite3.Error as fault:
            LOG.warning("SQLite does not roll back, and is opened anew: %s", type(fault).__name__)
            self._connection = None
            with suppress(sqlite3.Error):
                connection.close()

    def _answer(self, done: list[_Done]) -> None:
        for loop in {each.waiting.loop for each in done}:
            mine = [each for each in done if each.waiting.loop is loop]
            with suppress(RuntimeError):  # the loop is closed: nobody waits
                loop.call_soon_threadsafe(self._settle, mine)

    def _give_up(self, waiting: _Waiting) -> None:
        if waiting.claim():
            overloaded = DatabaseOverloaded("the turn to write does not come")
            self._settle([_Done(waiting, None, overloaded)])
            # It stays in the queue until the turn comes, and both may hold much.
            del waiting.job, waiting.future

    def _settle(self, done: list[_Done]) -> None:
        for waiting, answer, fault in done:
            self._waiting -= 1
            if waiting.future.done():
                continue
            if fault is None:
                waiting.future.set_result(answer)
            else:
                waiting.future.set_exception(fault)


def _over(done: "asyncio.Future[Any]", patience: asyncio.TimerHandle) -> None:
    if not done.cancelled():
        patience.cancel()
        done.exception()  # seen, also where the caller went away: asyncio need not tell of it


def _one(connection: sqlite3.Connection, waiting: _Waiting, *, alone: bool) -> _Done:
    """One job inside its savepoint; a job that is alone needs none: its fault ends the group.

    An error of SQLite itself (disk full, I/O) ends the whole group: nothing is stored.
    """
    if alone:
        return _Done(waiting, waiting.job(connection), None)
    connection.execute("SAVEPOINT job")
    try:
        answer = waiting.job(connection)
    except sqlite3.Error:
        raise
    except BaseException as fault:
        connection.execute("ROLLBACK TO job")
        connection.execute("RELEASE job")
        return _Done(waiting, None, fault)
    connection.execute("RELEASE job")
    return _Done(waiting, answer, None)


def _as_ours(fault: BaseException) -> BaseException:
    """SQLite's own errors as one of our family; whatever a job raised stays what it is."""
    if not isinstance(fault, sqlite3.Error):
        return fault
    refusal = DatabaseUnavailable("SQLite does not take the write")
    refusal.__cause__ = fault
    return refusal

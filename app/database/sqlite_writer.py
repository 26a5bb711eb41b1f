"""The one writer of a SQLite file: a fair line, whose neighbours share one commit.

What waits for a disk or for another process is done in a thread: the turn among processes, the
commit, and jobs that last. Brief jobs are run where the event loop stands. In a thread each of
their statements would let go of the interpreter's lock, and wait to get it back.
"""

import asyncio
import logging
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from functools import partial
from queue import SimpleQueue
from threading import Thread
from time import monotonic
from typing import TypeVar

from app.database.errors import DatabaseOverloaded, DatabaseUnavailable
from app.database.sqlite_jobs import as_ours, begin_patiently, run_one
from app.database.sqlite_line import Done, Line, Waiting
from app.database.sqlite_turn import Turn

T = TypeVar("T")
MOST_WAITING = 64
MOST_IN_ONE_COMMIT = 32
PATIENCE_SECONDS = 10.0
"""So long a job waits to begin."""

HERE_SECONDS = 0.004
"""After so long no further brief job begins before others had their turn in the event loop."""

LOOK_SECONDS = 0.2
"""Who closes looks so often whether anybody needs the thread."""

LOG = logging.getLogger(__name__)
Connect = Callable[[], sqlite3.Connection]


class Writer:
    """Runs jobs one after the other, each undone alone when it fails, and commits in groups.

    One event loop uses it at a time. Between its callbacks the thread does one thing, or nothing.
    """

    def __init__(self, connect: Connect, turn: Turn, *, patience: float = PATIENCE_SECONDS) -> None:
        """`connect` opens the writer's own connection, and another when that one fails it.

        `turn` is among the processes that write the same file.
        """
        self._connect, self._turn = connect, turn
        self._connection: sqlite3.Connection | None = self._opened()
        self._line = Line(patience)
        self._goes_on = False
        self._closing = False
        self._tasks: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._thread = Thread(target=self._work, name="afterglow-write", daemon=True)
        self._thread.start()

    async def submit(self, job: Callable[[sqlite3.Connection], T], *, brief: bool = False) -> T:
        """Queue a job and wait until its commit is on disk.

        Raises DatabaseOverloaded when 64 jobs wait already, or it could not begin in time (then it
        never will), DatabaseUnavailable when the commit fails or the writer has ended, and what the
        job raises. A caller who goes away does not stop the write.
        """
        if self._closing or not self._thread.is_alive():
            raise DatabaseUnavailable("the writer has ended")
        if self._line.waiting >= MOST_WAITING:
            raise DatabaseOverloaded("too many writes wait")
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = self._line.add(job, loop, brief=brief)
        if not self._goes_on:
            self._goes_on, self._loop = True, loop
            loop.call_soon(self._next)  # who comes until then shares the commit
        return await future

    def waiting(self) -> int:
        """How many jobs wait, those of the running group included."""
        return self._line.waiting

    async def close(self) -> None:
        """Let the line run empty and end the thread.

        One that waits for a turn which nobody needs any more is left to itself.
        """
        self._closing = True
        while self._line.waiting and self._thread.is_alive():
            await asyncio.sleep(LOOK_SECONDS)
        self._tasks.put(None)
        await asyncio.get_running_loop().run_in_executor(None, self._thread.join, LOOK_SECONDS)
        if self._connection is not None:
            self._connection.close()

    # In the event loop

    def _next(self) -> None:
        """Take the turn for whoever is first, at once or in the thread; rest when nobody waits."""
        if not self._line.first():
            self._goes_on = False
            return
        try:
            taken = self._turn.take_now()
        except DatabaseUnavailable as fault:
            self._refuse(fault)
            return
        if taken:
            self._in_turn()
        else:
            self._tasks.put(self._wait_for_turn)

    def _in_turn(self) -> None:
        first = self._line.first()
        if first is None:  # given up meanwhile
            self._turn.leave()
            self._goes_on = False
        elif first.brief and (connection := self._begun_at_once()):
            self._run_here(connection)
        else:
            group = [*self._line.next_ones(MOST_IN_ONE_COMMIT, brief=first.brief)]
            self._tasks.put(partial(self._run_there, group))

    def _begun_at_once(self) -> sqlite3.Connection | None:
        """The connection inside a transaction; None where the thread has to see to that."""
        if self._connection is None:
            return None
        try:
            self._connection.execute("BEGIN IMMEDIATE")
        except sqlite3.Error:
            return None
        return self._connection

    def _run_here(self, connection: sqlite3.Connection) -> None:
        until, alone = monotonic() + HERE_SECONDS, self._line.is_alone
        begun: list[Waiting] = []
        done: list[Done] = []
        try:
            for waiting in self._line.next_ones(MOST_IN_ONE_COMMIT, brief=True):
                begun.append(waiting)
                done.append(run_one(connection, waiting, alone=alone))
                if monotonic() > until:
                    break
        except BaseException as fault:
            self._undo()
            self._turn.leave()
            self._finish([Done(waiting, None, as_ours(fault)) for waiting in begun])
            return
        self._tasks.put(partial(self._commit, connection, done))

    def _refuse(self, fault: DatabaseUnavailable) -> None:
        self._finish(self._line.refused(fault))

    def _finish(self, done: list[Done]) -> None:
        """Tell those who waited; they go on before the next ones are run."""
        self._line.settle(done)
        self._loop.call_soon(self._next)

    # In the thread

    def _work(self) -> None:
        with closing(self._turn):
            while (task := self._tasks.get()) is not None:
                task()

    def _wait_for_turn(self) -> None:
        try:
            self._turn.take()
        except DatabaseUnavailable as fault:
            self._tell(partial(self._refuse, fault))
            return
        if not self._tell(self._in_turn):
            self._turn.leave()

    def _run_there(self, group: list[Waiting]) -> None:
        try:
            connection = self._connection = self._connection or self._opened()
            begin_patiently(connection)
            done = [run_one(connection, waiting, alone=len(group) == 1) for waiting in group]
        except BaseException as fault:
            self._undo()
            self._told([Done(waiting, None, as_ours(fault)) for waiting in group])
            return
        self._commit(connection, done)

    def _commit(self, connection: sqlite3.Connection, done: list[Done]) -> None:
        try:
            connection.execute("COMMIT")
        except BaseException as fault:
            self._undo()
            done = [Done(each.waiting, None, as_ours(fault)) for each in done]
        self._told(done)

    def _told(self, done: list[Done]) -> None:
        self._turn.leave()
        self._tell(partial(self._finish, done))

    def _tell(self, call: Callable[[], None]) -> bool:
        """Have the event loop go on; False where it is closed, and nobody waits."""
        try:
            self._loop.call_soon_threadsafe(call)
        except RuntimeError:
            self._line.clear()
            self._goes_on = False
            return False
        return True

    def _opened(self) -> sqlite3.Connection:
        """A connection that waits for no lock by itself: the event loop must not."""
        connection = self._connect()
        connection.execute("PRAGMA busy_timeout=0")
        return connection

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

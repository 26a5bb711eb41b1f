"""The one writer of a SQLite file: a fair line, whose neighbours share one commit.

Whatever waits is done in a thread: for the turn of another process, for a lock, for the disk at a
commit; and jobs that last. Brief jobs are run where the event loop stands, if it is nobody else's
turn. In a thread each of their statements would let go of the interpreter's lock, and wait to get
it back.
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
from app.database.sqlite_jobs import as_ours, begin_patiently, run_one, wait_for_no_lock
from app.database.sqlite_line import Done, Line, Waiting
from app.database.sqlite_turn import Turn

T = TypeVar("T")
MOST_WAITING = 64
MOST_IN_ONE_COMMIT = 32
PATIENCE_SECONDS = 10.0
"""So long a job waits to begin."""

HERE_SECONDS = 0.004
"""After so long no further brief job begins before others had their turn in the event loop."""

LOOK_SECONDS = 0.05
"""Who closes looks so often whether anybody needs the thread."""

ENDING_SECONDS = 2.0
"""So long who closes waits for a thread that nobody needs any more."""

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
        self._connect, self._turn, self._patience = connect, turn, patience
        self._connection: sqlite3.Connection | None = wait_for_no_lock(connect())
        self._line = Line(patience)
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
        loop = asyncio.get_running_loop()
        if self._line.is_deserted:
            self._begin_anew(loop)
        line = self._line
        if line.waiting >= MOST_WAITING:
            raise DatabaseOverloaded("too many writes wait")
        rests = line.loop is None
        future: asyncio.Future[T] = line.add(job, loop, brief=brief)
        if rests:
            loop.call_soon(self._next, line)  # who comes until then shares the commit
        return await future

    def waiting(self) -> int:
        """How many jobs wait, those of the running group included."""
        return self._line.waiting

    async def close(self) -> None:
        """Let the line run empty, and end the thread, which closes the connection.

        One that waits for a turn which nobody needs any more, longer than 2 s, is left to itself.
        """
        self._closing = True
        while self._line.waiting and self._thread.is_alive() and not self._line.is_deserted:
            await asyncio.sleep(LOOK_SECONDS)
        self._tasks.put(None)
        await asyncio.get_running_loop().run_in_executor(None, self._thread.join, ENDING_SECONDS)

    def _begin_anew(self, loop: asyncio.AbstractEventLoop) -> None:
        """An event loop was closed while it waited: what had not begun may never do."""
        self._line = Line(self._patience)
        self._line.loop = loop
        self._tasks.put(partial(self._put_in_order, self._line))  # after what the thread does now

    # In the event loop

    def _next(self, line: Line) -> None:
        """Take the turn for whoever is first, at once or in the thread; rest when nobody waits."""
        first = line.first()
        if first is None:
            line.loop = None
            if self._closing:  # whoever closes may have gone away meanwhile
                self._tasks.put(None)
            return
        try:
            if first.brief and self._turn.take_now():
                self._run_here(line)
            else:
                self._tasks.put(partial(self._run_there, line))
        except DatabaseUnavailable as fault:
            self._finish(line, line.refused(fault))

    def _run_here(self, line: Line) -> None:
        """What is brief, from the front of the line; the commit is the thread's."""
        until, alone = monotonic() + HERE_SECONDS, line.is_alone
        begun: list[Waiting] = []
        done: list[Done] = []
        try:
            connection = self._begun_at_once()
            if connection is None:
                self._tasks.put(partial(self._run_there, line))
                return
            while len(done) < MOST_IN_ONE_COMMIT and (waiting := line.take(brief=True)):
                begun.append(waiting)
                done.append(run_one(connection, waiting, alone=alone))
                if monotonic() > until:
                    break
        except BaseException as fault:
            self._undo()
            self._turn.leave()
            if begun:
                self._finish(line, [Done(waiting, None, as_ours(fault)) for waiting in begun])
            else:
                self._finish(line, line.refused(as_ours(fault)))
            if not isinstance(fault, Exception):  # somebody ends the process
                raise
            return
        self._tasks.put(partial(self._commit, line, connection, done))

    def _begun_at_once(self) -> sqlite3.Connection | None:
        """The connection inside a transaction; None where the thread has to see to that."""
        connection = self._connection
        if connection is None:
            return None
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.Error:
            return None
        return connection

    def _finish(self, line: Line, done: list[Done]) -> None:
        """Tell those who waited; they go on before the next ones are run."""
        line.settle(done)
        if line.loop is not None:
            line.loop.call_soon(self._next, line)

    # In the thread

    def _work(self) -> None:
        with closing(self._turn):
            while (task := self._tasks.get()) is not None:
                task()
                del task  # it holds jobs, and what they returned
            if self._connection is not None:
                self._connection.close()

    def _run_there(self, line: Line) -> None:
        """All that waits when the turn has come, brief or not: others want the turn too."""
        group: list[Waiting] = []
        try:
            self._turn.take()
            while len(group) < MOST_IN_ONE_COMMIT and (waiting := line.take()):
                group.append(waiting)
            if not group:  # given up meanwhile
                self._told(line, [])
                return
            connection = self._connection = self._connection or wait_for_no_lock(self._connect())
            begin_patiently(connection)
            done = [run_one(connection, waiting, alone=len(group) == 1) for waiting in group]
        except BaseException as fault:
            self._undo()
            if not group:
                group = [each.waiting for each in line.refused(fault)]
            self._told(line, [Done(waiting, None, as_ours(fault)) for waiting in group])
            return
        self._commit(line, connection, done)

    def _commit(
        self,
        line: Line,
        connection: sqlite3.Connection,
        done: list[Done],
    ) -> None:
        try:
            connection.execute("COMMIT")
        except BaseException as fault:
            self._undo()
            done = [Done(each.waiting, None, as_ours(fault)) for each in done]
        self._told(line, done)

    def _put_in_order(self, line: Line) -> None:
        self._undo()
        self._told(line, [])

    def _told(self, line: Line, done: list[Done]) -> None:
        self._turn.leave()
        if line.loop is not None:
            with suppress(RuntimeError):  # it is closed: nobody waits
                line.loop.call_soon_threadsafe(self._finish, line, done)

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

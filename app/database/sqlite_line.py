"""The line before the writer of a SQLite file: who waits, in order, and for how long.

The event loop and the writer's thread both take from it, so that each step holds its lock.
"""

import asyncio
import sqlite3
from collections import deque
from collections.abc import Callable, Sequence
from contextvars import Context, copy_context
from threading import Lock
from typing import Any, NamedTuple

from app.database.errors import DatabaseOverloaded

# What a job returns is between it and the one who awaits it.
Job = Callable[[sqlite3.Connection], Any]


class Waiting:
    """A job until it begins, or is given up."""

    __slots__ = ("_context", "_job", "brief", "future", "patience")

    def __init__(self, job: Job, future: "asyncio.Future[Any]", *, brief: bool) -> None:
        """`brief`: it changes a few rows, found by an index."""
        self._job, self._context = job, copy_context()
        self.future, self.brief = future, brief
        self.patience: asyncio.TimerHandle | None = None

    def run(self, connection: sqlite3.Connection) -> object:
        """What the job returns, in the context of whoever submitted it. Raises what it raises."""
        return self._context.run(self._job, connection)

    def forget(self) -> None:
        """It stays in the line until its turn comes, and these may hold much."""
        self._job, self._context = _nothing, Context()
        del self.future

    @property
    def given_up(self) -> bool:
        """Whether nobody wants it any more."""
        return self._job is _nothing


class Done(NamedTuple):
    """A job that was run: what it returned, or its fault."""

    waiting: Waiting
    answer: object
    fault: BaseException | None

    def __repr__(self) -> str:
        """Without the answer: it may hold a token, and asyncio tells of slow callbacks."""
        return "Done"


class Line:
    """Those who wait to begin. Whoever left it has begun."""

    def __init__(self, patience: float) -> None:
        """`patience`: seconds after which a job that has not begun is given up."""
        self._patience = patience
        self._order: deque[Waiting] = deque()
        self._lock = Lock()
        self.waiting = 0
        """Jobs that are not settled, those that have begun included."""
        self.loop: asyncio.AbstractEventLoop | None = None
        """Of those who wait, from the first of them until nobody does."""

    def add(
        self, job: Job, loop: asyncio.AbstractEventLoop, *, brief: bool
    ) -> "asyncio.Future[Any]":
        """Put a job at the end; its future is settled when it is done, or given up."""
        future: asyncio.Future[Any] = loop.create_future()
        waiting = Waiting(job, future, brief=brief)
        self._order.append(waiting)
        self.waiting += 1
        waiting.patience = loop.call_later(self._patience, self._give_up, waiting)
        future.add_done_callback(_see)
        self.loop = loop
        return future

    def first(self) -> Waiting | None:
        """Who is next, if anybody is."""
        with self._lock:
            return self._first()

    @property
    def is_deserted(self) -> bool:
        """Whether the event loop was closed on those who wait."""
        return self.loop is not None and self.loop.is_closed()

    @property
    def is_alone(self) -> bool:
        """Whether at most one waits to begin."""
        return len(self._order) <= 1

    def take(self, *, brief: bool = False) -> Waiting | None:
        """Who is next, to begin now; with `brief` only if that one is."""
        with self._lock:
            first = self._first()
            if first is None or (brief and not first.brief):
                return None
            return self._order.popleft()

    def refused(self, fault: BaseException) -> list[Done]:
        """Everybody, with what keeps them from beginning."""
        refused = []
        while waiting := self.take():
            refused.append(Done(waiting, None, fault))
        return refused

    def settle(self, done: Sequence[Done]) -> None:
        """Tell those who still wait what became of their jobs."""
        for waiting, answer, fault in done:
            self.waiting -= 1
            if waiting.patience:  # it would hold the job, and what that holds
                waiting.patience.cancel()
            if waiting.future.done():
                continue
            if fault is None:
                waiting.future.set_result(answer)
            else:
                waiting.future.set_exception(fault)

    def _first(self) -> Waiting | None:
        while self._order and self._order[0].given_up:
            self._order.popleft()
        return self._order[0] if self._order else None

    def _give_up(self, waiting: Waiting) -> None:
        with self._lock:
            if waiting not in self._order:
                return
            overloaded = DatabaseOverloaded("the turn to write does not come")
            self.settle([Done(waiting, None, overloaded)])
            waiting.forget()


def _nothing(_: sqlite3.Connection) -> None:
    """In the place of a job that was given up."""


def _see(done: "asyncio.Future[Any]") -> None:
    """Look at a fault, for a caller who went away: asyncio need not tell of it."""
    if not done.cancelled():
        done.exception()

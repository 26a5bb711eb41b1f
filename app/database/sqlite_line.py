"""The line before the writer of a SQLite file: who waits, in order, and for how long.

All of it happens in the event loop.
"""

import asyncio
import sqlite3
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from app.database.errors import DatabaseOverloaded

# What a job returns is between it and the one who awaits it.
Job = Callable[[sqlite3.Connection], Any]


class Waiting:
    """A job until it begins, or is given up."""

    __slots__ = ("brief", "future", "given_up", "job")

    def __init__(self, job: Job, future: "asyncio.Future[Any]", *, brief: bool) -> None:
        """`brief`: it changes a few rows, found by an index."""
        self.job, self.future, self.brief = job, future, brief
        self.given_up = False


class Done(NamedTuple):
    """A job that was run: what it returned, or its fault."""

    waiting: Waiting
    answer: object
    fault: BaseException | None


class Line:
    """Those who wait to begin. Whoever left it has begun."""

    def __init__(self, patience: float) -> None:
        """`patience`: seconds after which a job that has not begun is given up."""
        self._patience = patience
        self._order: deque[Waiting] = deque()
        self.waiting = 0
        """Jobs that are not settled, those that have begun included."""

    def add(
        self, job: Job, loop: asyncio.AbstractEventLoop, *, brief: bool
    ) -> "asyncio.Future[Any]":
        """Put a job at the end; its future is settled when it is done, or given up."""
        future: asyncio.Future[Any] = loop.create_future()
        waiting = Waiting(job, future, brief=brief)
        self._order.append(waiting)
        self.waiting += 1
        patience = loop.call_later(self._patience, self._give_up, waiting)
        future.add_done_callback(lambda done: _over(done, patience))
        return future

    def first(self) -> Waiting | None:
        """Who is next, if anybody is."""
        while self._order and self._order[0].given_up:
            self._order.popleft()
        return self._order[0] if self._order else None

    @property
    def is_alone(self) -> bool:
        """Whether at most one waits to begin."""
        return len(self._order) <= 1

    def next_ones(self, most: int, *, brief: bool) -> Iterator[Waiting]:
        """Take those in front who are brief, or those who are not, one by one."""
        for _ in range(most):
            first = self.first()
            if first is None or first.brief is not brief:
                return
            self._order.popleft()
            yield first

    def refused(self, fault: BaseException) -> list[Done]:
        """Everybody, with what keeps them from beginning."""
        order, self._order = self._order, deque()
        return [Done(waiting, None, fault) for waiting in order if not waiting.given_up]

    def settle(self, done: Sequence[Done]) -> None:
        """Tell those who still wait what became of their jobs."""
        for waiting, answer, fault in done:
            self.waiting -= 1
            if waiting.future.done():
                continue
            if fault is None:
                waiting.future.set_result(answer)
            else:
                waiting.future.set_exception(fault)

    def clear(self) -> None:
        """Forget everybody: their event loop is closed."""
        self._order.clear()
        self.waiting = 0

    def _give_up(self, waiting: Waiting) -> None:
        if waiting not in self._order:
            return
        waiting.given_up = True
        overloaded = DatabaseOverloaded("the turn to write does not come")
        self.settle([Done(waiting, None, overloaded)])
        # It stays in the line until the turn comes, and both may hold much.
        del waiting.job, waiting.future


def _over(done: "asyncio.Future[Any]", patience: asyncio.TimerHandle) -> None:
    """A caller who goes away does not end the patience with their job."""
    if not done.cancelled():
        patience.cancel()
        done.exception()  # seen, also where the caller went away: asyncio need not tell of it

"""A primary with a replica beside it that answers where it has all that the primary has."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, suppress
from time import monotonic
from typing import Any, TypeVar
from uuid import UUID

from app.database.errors import DatabaseError
from app.database.interface import Snapshot, Transaction, Usage, WholeDatabase, Work
from app.database.replica import Replica
from app.telemetry import EVENTS, REPLICA_READS

T = TypeVar("T")
Mark = Callable[[Transaction, UUID], Awaitable[bytes | None]]
"""What differs whenever anything of an account differs that a replica may be asked for; None where
the primary has to decide."""

BRIEF_SECONDS = 1.0
LONGEST_SECONDS = 5.0
"""After that the primary is asked: readers wait for no replica longer."""

FIRST_REST = 1.0
LONGEST_REST = 30.0
CLOSE_SECONDS = 2.0
FAILED = ("slow", "away")


class Behind(Exception):
    """The replica lacks something of this account, or has more of it than the primary had."""


class Rest:
    """When a replica that failed is asked again: a second later, then after twice as long, by one.

    The others go to the primary until that one was answered.
    """

    def __init__(self) -> None:
        """All is well."""
        self._seconds = 0.0
        self._until = 0.0
        self.trial: object | None = None
        """The one that is on its way, until it is told how it went."""

    def is_over(self) -> bool:
        """Whether the replica may be asked; after a failure one caller alone hears yes."""
        if self._seconds == 0:
            return True
        now = monotonic()
        if now < self._until:
            return False
        self._until, self.trial = now + self._seconds, object()
        return True

    def give_back(self, trial: object | None) -> None:
        """Whoever had this trial asks no more: if nothing was told of it, the next one may try."""
        if trial is not None and trial is self.trial:
            self._until, self.trial = 0.0, None

    def begin(self, reason: str) -> None:
        """It failed. Whoever was on the way when it did so first counts for nothing."""
        if self._seconds and self.trial is None:
            return
        if self._seconds == 0:
            EVENTS("replica.away", "warning", value=reason)
        self._seconds = min(max(FIRST_REST, self._seconds * 2), LONGEST_REST)
        self._until, self.trial = monotonic() + self._seconds, None

    def end(self) -> None:
        """It answered; again, only the one that tried counts."""
        if self._seconds and self.trial is not None:
            EVENTS("replica.back")
            self._seconds, self.trial = 0.0, None


class Replicated:
    """What writes, and what decides, is the primary's; some reads of it may come from a replica.

    A reader is never shown less than the primary has of this account at that time, so nobody is
    shown less than they have written.
    """

    engine = "postgresql"
    has_replica = True

    def __init__(self, primary: WholeDatabase, replica: Replica, mark: Mark) -> None:
        """`mark` is read on the primary, and then on the moment of the replica that is read."""
        self._primary = primary
        self._replica = replica
        self._mark = mark
        self._rest = Rest()
        self._running: set[asyncio.Task[Any]] = set()

    async def read(
        self, account_id: UUID | None, work: Work[T], *, brief: bool = False, replica: bool = False
    ) -> T:
        """Run `work` on the replica where that may be; whatever it raises there counts for nothing.

        Then, and where the replica is behind, slow or away, the primary is asked, once.
        """
        if replica and account_id is not None:
            answer = await self._answer(account_id, work, BRIEF_SECONDS if brief else None)
            if answer is not None:
                return answer[0]
        return await self._primary.read(account_id, work, brief=brief)

    async def write(self, account_id: UUID | None, work: Work[T], *, brief: bool = False) -> T:
        """On the primary."""
        return await self._primary.write(account_id, work, brief=brief)

    def stream(self, account_id: UUID) -> AbstractAsyncContextManager[Snapshot]:
        """On the primary: a replica that has to go on would cut it off."""
        return self._primary.stream(account_id)

    async def snapshot(self, work: Work[T]) -> T:
        """On the primary."""
        return await self._primary.snapshot(work)

    def usage(self) -> Usage:
        """Of the primary's pool."""
        return self._primary.usage()

    async def empty_log(self) -> bool:
        """On the primary."""
        return await self._primary.empty_log()

    async def vacuum(self, tables: Sequence[str]) -> None:
        """On the primary."""
        await self._primary.vacuum(tables)

    async def close(self) -> None:
        """Both; a replica that does not say goodbye in time is left."""
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_SECONDS):
                await self._replica.close()
        await self._primary.close()

    async def _answer(
        self, account_id: UUID, work: Work[T], seconds: float | None
    ) -> tuple[T] | None:
        """What the replica answers; None when the primary is to be asked."""
        if not self._rest.is_over():
            REPLICA_READS.add("resting")
            return None
        trial = self._rest.trial
        try:
            return await self._asked(account_id, work, seconds)
        finally:
            self._rest.give_back(trial)

    async def _asked(
        self, account_id: UUID, work: Work[T], seconds: float | None
    ) -> tuple[T] | None:
        """The same, for whoever may ask it."""
        wanted = await self._primary.read(
            account_id, lambda transaction: self._mark(transaction, account_id), brief=True
        )
        if wanted is None:
            REPLICA_READS.add("primary")
            return None
        if self._replica.is_full():  # with our own reads: that says nothing of the replica
            REPLICA_READS.add("busy")
            return None

        async def follow(transaction: Transaction) -> T:
            if await self._mark(transaction, account_id) != wanted:
                raise Behind
            return await work(transaction)

        asked = asyncio.create_task(self._replica.read(account_id, follow))
        self._running.add(asked)
        asked.add_done_callback(self._ended)
        return self._judged(asked, await self._in_time(asked, seconds or LONGEST_SECONDS))

    async def _in_time(self, asked: "asyncio.Task[T]", seconds: float) -> bool:
        """Whether it is done; one that is not may end by itself, and nobody waits for it."""
        try:
            done, _ = await asyncio.wait({asked}, timeout=seconds)
            return bool(done)
        finally:
            asked.cancel()

    def _ended(self, asked: "asyncio.Task[Any]") -> None:
        self._running.discard(asked)
        if not asked.cancelled():
            asked.exception()  # looked at, so that nobody is told that it was not

    def _judged(self, asked: "asyncio.Task[T]", in_time: bool) -> tuple[T] | None:  # noqa: FBT001 - a fact
        fault = _fault_of(asked) if in_time else "slow"
        if fault in FAILED:
            self._rest.begin(fault)
        else:
            self._rest.end()
        REPLICA_READS.add(fault or "replica")
        return None if fault else (asked.result(),)


def _fault_of(asked: "asyncio.Task[Any]") -> str:
    """Why there is no answer; empty where there is one."""
    fault = asyncio.CancelledError() if asked.cancelled() else asked.exception()
    if fault is None:
        return ""
    if isinstance(fault, Behind):
        return "behind"
    # Else a refusal, or a fault of ours: the primary will tell.
    return "away" if isinstance(fault, DatabaseError | asyncio.CancelledError) else "primary"

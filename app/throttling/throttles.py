"""Counts what people ask for, in rows that all workers share, before the costly work begins."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from math import ceil
from uuid import UUID

from app.background import in_background
from app.clock import Clock
from app.database import Database, DatabaseOverloaded, DatabaseUnavailable, Transaction
from app.limits import Bucket, Limit, Limits
from app.telemetry import throttled
from app.throttling import store
from app.throttling.paces import Pace
from app.web.problems import RateLimited

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
MICROSECONDS = 1_000_000
SWEEPS_EVERY_SECONDS = 24 * 3600.0
SWEPT_AT_ONCE = 2000
SWEEP_PAUSE_SECONDS = 0.02
"""Others write in between: however many rows a crowd has left, none waits for all of them."""

CLOCKS_DIFFER_SECONDS = 10
"""So much may the clocks of two workers lie apart and still count as one."""

KEPT_SECONDS = 24 * 3600
"""How long rows of empty buckets stay: a clock that runs ahead must not sweep full ones."""

LOG = logging.getLogger(__name__)

Taken = tuple[Bucket, object]
"""A bucket and its subject, whose text tells it apart."""


class Throttles:
    """All limits of the service; one object a process."""

    def __init__(
        self, database: Database, mark: Callable[[str], bytes], clock: Clock, limits: Limits
    ) -> None:
        """`mark` makes of a text what may be stored in its place: a keyed hash of it."""
        self._database = database
        self._mark = mark
        self._clock = clock
        self._limits = limits
        self._reads = self._paces(Bucket.READS_ACCOUNT)
        self._writes = self._paces(Bucket.WRITES_ACCOUNT)

    async def take(self, *asked: Taken) -> None:
        """Count one request in each of the buckets, in one short transaction of its own.

        They are asked in order, and the first that is full ends it: put narrow ones first, so
        that one who is refused there fills no wider one. Raises RateLimited.
        """
        full = await self._first_full(asked)
        if full is not None:
            bucket, microseconds = full
            throttled(bucket)
            raise RateLimited(ceil(microseconds / MICROSECONDS))

    async def admits(self, bucket: Bucket, subject: object) -> bool:
        """Count one request, and tell instead of refusing."""
        full = await self._first_full([(bucket, subject)])
        if full is not None:
            throttled(bucket)
        return full is None

    async def forget(self, bucket: Bucket, subject: object) -> None:
        """Empty a bucket: whoever filled it has shown who they are.

        What they asked for is done already: a database that cannot do this takes nothing back.
        """
        rows = [marks for marks, _ in self._rows(bucket, subject)]
        if not rows:
            return

        async def work(transaction: Transaction) -> None:
            for marks in rows:
                await store.forget(transaction, marks)

        try:
            await self._database.write(None, work, brief=True)
        except (DatabaseOverloaded, DatabaseUnavailable) as fault:
            LOG.warning("a bucket stays as full as it was: %s", type(fault).__name__)

    def pace(self, account_id: UUID, *, writes: bool) -> None:
        """Count a signed-in request, in this worker's memory. Raises RateLimited."""
        paces = self._writes if writes else self._reads
        early = next((early for pace in paces if (early := pace.take(account_id))), 0.0)
        if early:
            throttled(Bucket.WRITES_ACCOUNT if writes else Bucket.READS_ACCOUNT)
            raise RateLimited(ceil(early))

    @asynccontextmanager
    async def sweeping(self) -> AsyncIterator[None]:
        """Remove stale rows daily while the service runs; workers may do so at once."""
        async with in_background(self._sweep_daily()):
            yield

    async def sweep(self) -> int:
        """Remove the rows of buckets that have been empty for a day; how many there were."""
        before, removed = self._now() - KEPT_SECONDS * MICROSECONDS, 0
        while gone := await self._database.write(
            None, lambda work: store.sweep(work, before, SWEPT_AT_ONCE)
        ):
            removed += gone
            await asyncio.sleep(SWEEP_PAUSE_SECONDS)
        return removed

    async def _sweep_daily(self) -> None:
        while True:
            try:
                await self.sweep()
            except Exception as fault:
                # A stale row does no harm: it goes the next time.
                LOG.warning("stale throttles stay for now: %s", type(fault).__name__)
            await asyncio.sleep(SWEEPS_EVERY_SECONDS)

    async def _first_full(self, asked: Sequence[Taken]) -> tuple[Bucket, int] | None:
        """The first full bucket, and how long it will be. What was counted before it stays."""
        rows = [(bucket, *row) for bucket, subject in asked for row in self._rows(bucket, subject)]
        if not rows:
            return None
        now = self._now()

        async def work(transaction: Transaction) -> tuple[Bucket, int] | None:
            for bucket, marks, limit in rows:
                early = await store.take(transaction, marks, _pour(limit, now))
                if early is not None:
                    return bucket, early
            return None

        return await self._database.write(None, work, brief=True)

    def _rows(self, bucket: Bucket, subject: object) -> Iterator[tuple[store.Marks, Limit]]:
        for place, limit in enumerate(self._limits.get(bucket, ())):
            name = f"{bucket} {place} {subject}"
            yield store.Marks(self._mark(name), self._mark(f"aside {name}")), limit

    def _paces(self, bucket: Bucket) -> list[Pace]:
        return [Pace(limit) for limit in self._limits.get(bucket, ())]

    def _now(self) -> int:
        return (self._clock() - EPOCH) // MICROSECOND


def _pour(limit: Limit, now: int) -> store.Pour:
    span = limit.seconds * MICROSECONDS
    return store.Pour(now, span // limit.times, span, CLOCKS_DIFFER_SECONDS * MICROSECONDS)

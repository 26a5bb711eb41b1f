"""Once a day one worker of all appends a root: whoever takes the lease."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from app.audit.anchoring import Anchoring
from app.audit.store import hold_lease, take_lease
from app.background import in_background
from app.clock import Clock
from app.database import Database

LEASE = "audit_root"
EVERY = timedelta(days=1)
AT_WORK = timedelta(minutes=15)
"""Another worker tries when the one at work has not told of a root by then."""

LOOK_SECONDS = 60.0
LOG = logging.getLogger(__name__)


class DailyRoot:
    """Every worker runs one; the lease lies in the database."""

    def __init__(self, database: Database, clock: Clock, anchoring: Anchoring) -> None:
        """One a process."""
        self._database = database
        self._clock = clock
        self._anchoring = anchoring

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Look in the background, while the service runs, whether it is time."""
        async with in_background(self._run()):
            yield

    async def once(self) -> bool:
        """Append a root if none was for a day and nobody is at it; whether one was appended.

        Raises what `Anchoring.append` raises: then it is another worker's turn, soon.
        """
        now = self._clock()
        took = await self._database.write(
            None, lambda work: take_lease(work, LEASE, now, now + AT_WORK)
        )
        if not took:
            return False
        await self._anchoring.append()
        await self._database.write(None, lambda work: hold_lease(work, LEASE, now + EVERY))
        return True

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                await self.once()
            except Exception as fault:
                # Chains hold without roots; what `audit verify` can find is less, for a while.
                LOG.warning("the daily root will be tried again: %s", type(fault).__name__)

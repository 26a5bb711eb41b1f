"""Once a day one worker of all does a duty: whoever takes the lease."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

from app.audit.store import hold_lease, take_lease
from app.background import in_background
from app.clock import Clock
from app.database import Database
from app.telemetry import EVENTS
from app.web.logs import place_of

EVERY = timedelta(days=1)
AT_WORK = timedelta(minutes=15)
"""Another worker tries when the one at work has not told that it is done by then."""

SKEW = timedelta(minutes=10)
"""How far the clocks of hosts may lie apart; a lease that ends later than that was never given."""

LOOK_SECONDS = 60.0


class DailyDuty:
    """Every worker runs one; the lease lies in the database, under the duty's name."""

    def __init__(
        self, database: Database, clock: Clock, name: str, work: Callable[[], Awaitable[object]]
    ) -> None:
        """One a process and duty."""
        self._database = database
        self._clock = clock
        self._name = name
        self._work = work

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Look in the background, while the service runs, whether it is time."""
        async with in_background(self._run()):
            yield

    async def once(self) -> bool:
        """Do it if it was not done for a day and nobody is at it; whether it was done.

        Raises what the work raises: then it is another worker's turn, soon.
        """
        now = self._clock()
        took = await self._database.write(
            None,
            lambda work: take_lease(work, self._name, now, now + AT_WORK, now + EVERY + SKEW),
        )
        if not took:
            return False
        await self._work()
        await self._database.write(None, lambda work: hold_lease(work, self._name, now + EVERY))
        return True

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                await self.once()
            except Exception as fault:
                # Chains hold without roots, and keys are wrapped: a while later will do.
                kind, place = place_of(fault)
                EVENTS("duty.failed", "warning", action=self._name, exception=kind, place=place)

"""Whether the ring has every key that the database needs, looked up again from time to time."""

import asyncio
import logging
from collections.abc import Callable
from time import monotonic

from app.database import Database, DatabaseOverloaded, DatabaseUnavailable
from app.keeping.store_keys import keys_in_use
from app.vault import Vault

LOOK_AGAIN_SECONDS = 60.0
LONGEST_SECONDS = 0.9
"""Readiness answers within a second; a look that takes longer changes nothing."""

LOG = logging.getLogger(__name__)


class NeededKeys:
    """One object a process. Looking reads two tables; the ring is held against it each time."""

    def __init__(
        self, database: Database, vault: Vault, now: Callable[[], float] = monotonic
    ) -> None:
        """`now` in seconds; it never goes back."""
        self._database = database
        self._vault = vault
        self._now = now
        self._needed: frozenset[int] = frozenset()
        self._looked_at: float | None = None

    async def are_there(self) -> bool:
        """Whether the ring has all that rows are under, and all that was asked for since."""
        now = self._now()
        if self._looked_at is None or now - self._looked_at >= LOOK_AGAIN_SECONDS:
            self._looked_at = now
            await self._look()
        return self._vault.has_every_key(self._needed)

    async def _look(self) -> None:
        try:
            async with asyncio.timeout(LONGEST_SECONDS):
                self._needed = await self._database.read(None, keys_in_use)
        except (DatabaseOverloaded, DatabaseUnavailable, TimeoutError) as fault:
            LOG.warning("keys in use were not looked up: %s", type(fault).__name__)

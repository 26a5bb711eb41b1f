"""Whether the ring has every key that the database needs, looked up again from time to time."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from time import monotonic

from app.background import Shared
from app.database import Database, DatabaseOverloaded, DatabaseUnavailable
from app.keeping.store_keys import keys_in_use
from app.vault import Vault

LOOK_AGAIN_SECONDS = 60.0
TRY_AGAIN_SECONDS = 5.0
"""After a look that failed, as long as none has succeeded."""

LONGEST_SECONDS = 0.9
"""Readiness answers within a second; a look that takes longer goes on, and the next one sees it."""

LOG = logging.getLogger(__name__)


class NeededKeys:
    """One object a process. The ring is held against what was found each time."""

    def __init__(
        self, database: Database, vault: Vault, now: Callable[[], float] = monotonic
    ) -> None:
        """`now` in seconds; it never goes back."""
        self._database = database
        self._vault = vault
        self._now = now
        self._needed: frozenset[int] | None = None
        self._looked_at: float | None = None
        self._looks: Shared[None, None] = Shared()

    def ending(self) -> AbstractAsyncContextManager[None]:
        """A look that is under way has ended when this does."""
        return self._looks.ending()

    async def are_there(self) -> bool:
        """Whether the ring has all that rows are under, and all that was asked for since.

        No, as long as no look has ended: what nobody has seen may lack.
        """
        now = self._now()
        if self._is_due(now):
            self._looked_at = now
            self._looks.task(None, self._look)
        if looks := self._looks.under_way():
            done, _ = await asyncio.wait(looks, timeout=LONGEST_SECONDS)
            for each in done:
                each.result()  # raises what nobody foresaw
        return self._needed is not None and self._vault.has_every_key(self._needed)

    def _is_due(self, now: float) -> bool:
        if self._looked_at is None:
            return True
        pause = TRY_AGAIN_SECONDS if self._needed is None else LOOK_AGAIN_SECONDS
        return now - self._looked_at >= pause

    async def _look(self) -> None:
        try:
            self._needed = await self._database.read(None, keys_in_use)
        except (DatabaseOverloaded, DatabaseUnavailable) as fault:
            LOG.warning("keys in use were not looked up: %s", type(fault).__name__)

"""What is dead anyway is also forgotten: keys of links, files and tickets."""

import asyncio
import logging
from datetime import datetime
from functools import partial

from app.clock import Clock
from app.database import Database, Row, Transaction
from app.sharing import store, store_files
from app.sharing.serving import TICKET_LIFE

EVERY_SECONDS = 60.0
MOST_AT_ONCE = 200
LOG = logging.getLogger(__name__)


class Sweep:
    """Every worker runs one; they may meet."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """One a process."""
        self._database = database
        self._clock = clock

    async def run(self) -> None:
        """Sweep from time to time, for ever; ends by being cancelled."""
        while True:
            await asyncio.sleep(EVERY_SECONDS)
            try:
                await self.once()
            except Exception as fault:
                # Links are dead whether they are swept or not; a text may hold what they say.
                LOG.warning("the sweep of links will try again: %s", type(fault).__name__)

    async def once(self) -> None:
        """Forget links that expired, and those that were locked or used up ten minutes ago."""
        now = self._clock()
        before = now - TICKET_LIFE
        while rows := await self._database.read(
            None, lambda work: store.dead_links(work, now, before, MOST_AT_ONCE)
        ):
            for row in rows:
                await self._forget(row, now, before)
        await self._drop_old_tickets(now)
        await self._drop_superseded(now)

    async def _forget(self, row: Row, now: datetime, before: datetime) -> None:
        account_id, share_id = row

        async def work(transaction: Transaction) -> None:
            if await store.forget_link(transaction, account_id, share_id, now, before):
                await store_files.drop_reading(transaction, account_id, share_id)

        await self._database.write(account_id, work)

    async def _drop_old_tickets(self, now: datetime) -> None:
        owners = await self._database.read(
            None, lambda work: store_files.accounts_with_old_tickets(work, now)
        )
        for account_id in owners:
            drop = partial(store_files.drop_old_tickets, account_id=account_id, now=now)
            await self._database.write(account_id, drop)

    async def _drop_superseded(self, now: datetime) -> None:
        files = await self._database.read(
            None, lambda work: store_files.superseded_files(work, now, MOST_AT_ONCE)
        )
        for row in files:
            await self._drop(row, now)

    async def _drop(self, row: Row, now: datetime) -> None:
        """A superseded file, unless a reader was given a ticket to it meanwhile."""
        account_id, share_id, file_id = row

        async def work(transaction: Transaction) -> None:
            await store.lock_link(transaction, account_id, share_id)
            await store_files.drop_file(transaction, account_id, share_id, file_id, now)

        await self._database.write(account_id, work)

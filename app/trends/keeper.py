"""Keeps finished answers, one after the other, each in its turn with all who write.

Also while many others wait: what is not kept is computed again and again, which is more to do.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

from app.background import in_background
from app.database import DatabaseOverloaded, Transaction, WholeDatabase
from app.journal.store import lock_journal
from app.journal.store_ready import Stamp, keep_answer
from app.telemetry import READY_ANSWERS
from app.trends.kept_answer import KeptAnswer
from app.trends.store_standing import load_with_answer
from app.vault import Vault

MOST_WAITING = 32
MOST_BYTES = 128 * 1024
"""Of one answer as it is kept. Ten years of days are less."""

LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Finished:
    """An answer to be kept, and what it was made of."""

    account_id: UUID
    question: str
    stamp: Stamp
    answer: KeptAnswer


class AnswerKeeper:
    """One object a process; no request waits for it."""

    def __init__(self, database: WholeDatabase, vault: Vault) -> None:
        """Nothing is kept before `keeping` begins."""
        self._database = database
        self._vault = vault
        self._waiting: dict[tuple[UUID, str], Finished] = {}
        self._wake = asyncio.Event()
        self._turn = asyncio.Lock()

    def offer(self, finished: Finished) -> None:
        """Take an answer in place of an older one to the same question; drop it if many wait."""
        key = (finished.account_id, finished.question)
        if len(self._waiting) >= MOST_WAITING and key not in self._waiting:
            READY_ANSWERS.add("dropped")
            return
        self._waiting[key] = finished
        self._wake.set()

    @asynccontextmanager
    async def keeping(self) -> AsyncIterator[None]:
        """Keep what is offered while the service runs; what waits at its end is let go."""
        async with in_background(self._run()):
            yield

    async def settle(self) -> None:
        """Keep what waits now; when this returns, all that was offered before is kept or let go."""
        async with self._turn:
            while self._waiting:
                finished = self._waiting.pop(next(iter(self._waiting)))
                READY_ANSWERS.add(await self._outcome(finished))

    async def _run(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            await self.settle()

    async def _outcome(self, finished: Finished) -> str:
        """Keep one answer; what became of it, in a word."""
        if len(finished.answer.body.kept) > MOST_BYTES:
            return "dropped"
        try:
            kept = await self._keep(finished)
        except DatabaseOverloaded:
            return "dropped"
        except Exception as fault:
            # It is computed again when somebody asks; a text may hold what it says.
            LOG.warning("an answer was not kept: %s", type(fault).__name__)
            return "failed"
        return "kept" if kept else "dropped"

    async def _keep(self, finished: Finished) -> bool:
        """Whether it was kept: not when the journal has moved on, or is gone with its account.

        Heads never come back, so one that is the same before and after was so in between.
        """
        account_id, stamp = finished.account_id, finished.stamp

        async def work(transaction: Transaction) -> bool:
            locked = await lock_journal(transaction, account_id)
            if locked is None or (int(locked[0]), int(locked[1])) != (stamp.epoch, stamp.head):
                return False
            now = await load_with_answer(
                transaction, account_id, finished.question, stamp.version, finished.answer.since
            )
            if now is None or now.profile.revision != stamp.profile_revision:
                return False
            keys = await self._vault.patient(transaction, account_id)
            sealed = finished.answer.sealed(keys, finished.question, stamp)
            await keep_answer(transaction, account_id, finished.question, stamp, sealed)
            return True

        return await self._database.write(account_id, work)

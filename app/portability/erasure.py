"""Erasing an account: the ledger first, then everything but its audit chain, at once."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from anyio import to_thread

from app.accounts.letters import Letter
from app.accounts.mail import Mailer, Recipient, when
from app.accounts.outbox import Outbox
from app.accounts.profile import load_recipient
from app.accounts.step_up import require_step_up
from app.audit import Actor, AuditEvent, ChainClosed, chain_is_open, close_chain
from app.clock import Clock
from app.database import DatabaseOverloaded, DatabaseUnavailable, Transaction, WholeDatabase
from app.portability.ledger import Erased, ErasureLedger, LedgerBroken
from app.vault import KeyRingRefused, SealBroken, Vault
from app.web.identity import SignedIn
from app.web.problems import TokenInvalid

STILL_NEWS = timedelta(days=1)
"""A replay tells the patient of an erasure by mail only so long after it was asked for."""

SERVICE = Actor("service", "erasure ledger")
LOG = logging.getLogger(__name__)


class Forget(Protocol):
    """What a room does to forget an account: it deletes its own rows."""

    async def __call__(self, transaction: Transaction, account_id: UUID) -> None:
        """May be called again when nothing is left."""
        ...


@dataclass(frozen=True, slots=True)
class Workshop:
    """What erasing works with."""

    database: WholeDatabase
    vault: Vault
    clock: Clock
    mailer: Mailer
    outbox: Outbox


class Erasure:
    """Erases accounts; one object a process."""

    def __init__(
        self, workshop: Workshop, ledger: ErasureLedger, forgetters: Sequence[Forget]
    ) -> None:
        """`forgetters`: what every room does, the journal's first because its lock comes first."""
        self._workshop = workshop
        self._ledger = ledger
        self._forgetters = forgetters
        self._replayed = False

    async def of_patient(self, signed_in: SignedIn, actor: Actor) -> None:
        """Erase the caller's account. Raises StepUpRequired, or LedgerBroken: then all is kept."""
        now = self._workshop.clock()
        await self._workshop.database.read(
            signed_in.account_id, lambda work: require_step_up(work, signed_in, now)
        )
        await self.erase(signed_in.account_id, actor)

    async def erase(self, account_id: UUID, actor: Actor) -> bool:
        """Erase an account; False when there is none, or no more.

        Raises LedgerBroken: then nothing is erased.
        """
        if not await self._lives(account_id):
            return False
        line = Erased(account_id, self._workshop.clock())
        await to_thread.run_sync(self._ledger.append, line)
        await self._carry_out(line, actor)
        return True

    async def replay(self) -> int:
        """Carry out what the ledger says and was not carried out, or was undone by a restore.

        Returns how many were. Raises LedgerBroken, DatabaseUnavailable or DatabaseOverloaded.
        """
        lines = {each.account_id: each for each in await to_thread.run_sync(self._ledger.lines)}
        pending = [line for line in lines.values() if await self._lives(line.account_id)]
        for line in pending:
            await self._carry_out(line, SERVICE)
        self._replayed = True
        return len(pending)

    async def is_replayed(self) -> bool:
        """Whether the ledger was carried out since the start; one that was not is tried again."""
        if not self._replayed:
            try:
                await self.replay()
            except (DatabaseOverloaded, DatabaseUnavailable, LedgerBroken) as fault:
                LOG.warning("the ledger of erasures waits: %s", type(fault).__name__)
        return self._replayed

    async def _lives(self, account_id: UUID) -> bool:
        """Whether the account's chain is open: erasing closes it, in the same transaction."""
        return await self._workshop.database.read(
            account_id, lambda work: chain_is_open(work, account_id)
        )

    async def _carry_out(self, line: Erased, actor: Actor) -> None:
        account_id, database = line.account_id, self._workshop.database
        try:
            await database.write(account_id, lambda work: self._forget(work, line, actor))
        except ChainClosed:  # another worker was faster
            return
        finally:
            self._workshop.vault.forget(account_id)
        await database.empty_log()
        self._workshop.outbox.wake()

    async def _forget(self, transaction: Transaction, line: Erased, actor: Actor) -> None:
        """Every row goes, the chain gets its last event.

        The second round finds what others committed before they would have had to append to the
        chain: from its last event on nobody can.
        """
        account_id, now = line.account_id, self._workshop.clock()
        patient = await self._recipient(transaction, account_id)
        for forget in self._forgetters:
            await forget(transaction, account_id)
        if patient is not None and now - line.erased_at < STILL_NEWS:
            await self._tell(transaction, patient, line.erased_at)
        event = AuditEvent(now, actor, "account.erased", "account", str(account_id))
        await close_chain(transaction, account_id, event)
        for forget in self._forgetters:
            await forget(transaction, account_id)

    async def _recipient(self, transaction: Transaction, account_id: UUID) -> Recipient | None:
        """Whom to tell; nobody when that cannot be opened, which must not keep the rest alive."""
        try:
            keys = await self._workshop.vault.patient(transaction, account_id)
            return await load_recipient(transaction, keys)
        except (SealBroken, KeyRingRefused, TokenInvalid):
            return None

    async def _tell(self, transaction: Transaction, patient: Recipient, at: datetime) -> None:
        facts = {"when": when(at)}
        await self._workshop.mailer.post(transaction, patient, Letter.ACCOUNT_ERASED, facts)

"""Erasing an account: the ledger first, then everything but its audit chain, at once."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
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
from app.audit import Actor, AuditEvent, chain_is_open, close_chain
from app.background import in_background
from app.clock import Clock
from app.database import DatabaseOverloaded, DatabaseUnavailable, Transaction, WholeDatabase
from app.portability.ledger import Erased, ErasureLedger, LedgerBroken
from app.telemetry import EVENTS
from app.vault import KeyRingRefused, SealBroken, Vault
from app.web.identity import SignedIn
from app.web.problems import TokenInvalid

STILL_NEWS = timedelta(days=1)
"""A replay tells the patient of an erasure by mail only so long after it was asked for."""

LOOK_SECONDS = 5.0
"""So soon what could not be carried out is tried again."""

EVERY = timedelta(hours=1)
"""Accounts may come back beside a running service, with a standby that was behind."""

SERVICE = Actor("service", "erasure ledger")
LOG = logging.getLogger(__name__)


class Forget(Protocol):
    """What a room does to forget an account: it deletes its own rows."""

    async def __call__(self, transaction: Transaction, account_id: UUID) -> None:
        """May be called again when nothing is left."""
        ...


class IsThere(Protocol):
    """Knows whether an account has a row or a key of its own: one that was erased has neither."""

    async def __call__(self, transaction: Transaction, account_id: UUID) -> bool:
        """Looks at these alone."""
        ...


@dataclass(frozen=True, slots=True)
class Workshop:
    """What erasing works with."""

    database: WholeDatabase
    is_there: IsThere
    vault: Vault
    clock: Clock
    mailer: Mailer
    outbox: Outbox


class Erasure:
    """Erases accounts; one object a process."""

    def __init__(
        self,
        workshop: Workshop,
        ledger: ErasureLedger,
        forgetters: Sequence[Forget],
        has_patients: Callable[[], Awaitable[bool]] | None = None,
    ) -> None:
        """`forgetters`: what every room does, the journal's first because its lock comes first.

        With `has_patients` a ledger has to be there as soon as there are any: a disk that was not
        mounted must not count as if nobody had ever been erased.
        """
        self._workshop = workshop
        self._ledger = ledger
        self._forgetters = forgetters
        self._has_patients = has_patients
        self._replayed_at: datetime | None = None
        self._refused = 0
        self._log_is_empty = True
        self._ledger_is_broken = False

    async def of_patient(self, signed_in: SignedIn, actor: Actor) -> None:
        """Erase the caller's account. Raises StepUpRequired, or LedgerBroken: then all is kept."""
        now = self._workshop.clock()
        await self._workshop.database.read(
            signed_in.account_id, lambda work: require_step_up(work, signed_in, now)
        )
        # Its device was there: whatever else is lost of this account, there is something to erase.
        await self._erase(signed_in.account_id, actor)

    async def erase(self, account_id: UUID, actor: Actor) -> bool:
        """Erase an account; False when there is none, or no more.

        Raises LedgerBroken: then nothing is erased. Once its line is written an erasure will be
        carried out, soon, also where the database refuses now: then its fault is raised.
        """
        if not await self._lives(account_id):
            return False
        await self._erase(account_id, actor)
        return True

    async def _erase(self, account_id: UUID, actor: Actor) -> None:
        if self._has_patients is not None and not self._ledger.is_there():
            raise LedgerBroken("there is no ledger of erasures")
        line = Erased(account_id, self._workshop.clock())
        await to_thread.run_sync(self._ledger.append, line)
        try:
            await self._carry_out(line, actor)
        except BaseException:
            self._replayed_at, self._refused = None, self._refused + 1
            raise

    @asynccontextmanager
    async def replaying(self) -> AsyncIterator[None]:
        """Carry out in the background, while the service runs, what the ledger says."""
        async with in_background(self._run()):
            yield

    async def replay(self) -> int:
        """Carry out what the ledger says and was not carried out, or was undone by a restore.

        Returns how many were. Raises LedgerBroken, DatabaseUnavailable or DatabaseOverloaded.
        """
        if self._has_patients is not None and not self._ledger.is_there():
            if await self._has_patients():
                raise LedgerBroken("there is no ledger of erasures")
            await to_thread.run_sync(self._ledger.begin)
        refused = self._refused
        lines = {each.account_id: each for each in await to_thread.run_sync(self._ledger.lines)}
        pending = [line for line in lines.values() if await self._lives(line.account_id)]
        for line in pending:
            await self._carry_out(line, SERVICE)
        if self._refused == refused:  # else there is a line that was not seen here
            self._replayed_at = self._workshop.clock()
        return len(pending)

    async def is_replayed(self) -> bool:
        """Whether the ledger is there and carried out; one that was not is tried again.

        Who asks is in a hurry: one that was is looked through again in the background alone.
        """
        await self._look(replays=self._replayed_at is None)
        return self._replayed_at is not None

    async def _look(self, *, replays: bool) -> None:
        """A database that is busy when all is looked through once more takes nothing back."""
        try:
            await to_thread.run_sync(self._ledger.check)
            if replays:
                await self.replay()
            self._ledger_is_broken = False
        except LedgerBroken as broken:
            if not self._ledger_is_broken:  # once, for it is looked at every few seconds
                EVENTS("ledger.broken", "error", value=str(broken))
            self._ledger_is_broken, self._replayed_at = True, None
        except Exception as fault:
            # Who asks whether it is ready gets an answer, whatever hinders an erasure.
            EVENTS("erasures.delayed", "warning", exception=type(fault).__name__)

    def _is_due(self) -> bool:
        at = self._replayed_at
        return at is None or abs(self._workshop.clock() - at) >= EVERY

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                await self._look(replays=self._is_due())
                if not self._log_is_empty:
                    await self._empty_log()
            except Exception as fault:
                # What is erased must not wait for a new start; a text may hold what it was.
                EVENTS("erasures.delayed", "warning", exception=type(fault).__name__)

    async def _lives(self, account_id: UUID) -> bool:
        """Whether anything is to be erased: that takes account and keys, and closes the chain.

        A chain that lost its head keeps nobody from it, nor an account that lost its row.
        """

        async def work(transaction: Transaction) -> bool:
            if await self._workshop.is_there(transaction, account_id):
                return True
            return await chain_is_open(transaction, account_id)

        return await self._workshop.database.read(account_id, work)

    async def _carry_out(self, line: Erased, actor: Actor) -> None:
        account_id, database = line.account_id, self._workshop.database
        try:
            await database.write(account_id, lambda work: self._forget(work, line, actor))
        finally:
            self._workshop.vault.forget(account_id)
        self._workshop.outbox.wake()
        await self._empty_log()

    async def _empty_log(self) -> None:
        """Readers, or a full disk, may keep the log for a while: then it is emptied afterwards.

        The account is gone by then, so this is nothing that its patient must be told as a failure.
        """
        self._log_is_empty = False
        try:
            self._log_is_empty = await self._workshop.database.empty_log()
        except (DatabaseOverloaded, DatabaseUnavailable) as fault:
            LOG.warning("the log waits to be emptied: %s", type(fault).__name__)

    async def _forget(self, transaction: Transaction, line: Erased, actor: Actor) -> None:
        """Every row goes, the chain gets its last event, the patient a mail.

        The second round finds what others committed before they would have had to append to the
        chain: from its last event on nobody can. Where that stands already, another worker was
        faster: what is left goes all the same, and nobody is told twice.
        """
        account_id, now = line.account_id, self._workshop.clock()
        patient = await self._recipient(transaction, account_id)
        for forget in self._forgetters:
            await forget(transaction, account_id)
        event = AuditEvent(now, actor, "account.erased", "account", str(account_id))
        is_first = await close_chain(transaction, account_id, event)
        if is_first and patient is not None and now - line.erased_at < STILL_NEWS:
            await self._tell(transaction, patient, line.erased_at)
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

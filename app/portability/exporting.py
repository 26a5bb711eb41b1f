"""The export: who may have it, what is noted of it, and the bytes as they are made."""

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from datetime import datetime
from typing import Literal

from typing_extensions import TypeAliasType

from app.accounts.accounts import Accounts
from app.accounts.letters import Letter
from app.accounts.mail import when
from app.accounts.profile import load_recipient
from app.accounts.recovery import require_no_hold
from app.accounts.step_up import require_step_up
from app.audit import Actor, AuditEvent, append_event
from app.clock import Clock
from app.database import Snapshot, StreamingDatabase, Transaction
from app.journal.scope import Scope
from app.journal.whole import WholeJournal
from app.limits import Bucket
from app.portability.csv_files import csv_pieces
from app.portability.fhir_bundle import bundle_pieces
from app.portability.ndjson import ndjson_lines
from app.portability.source import ExportSource
from app.vault import Vault
from app.web.identity import SignedIn
from app.web.streaming import portioned

ExportForm = TypeAliasType("ExportForm", Literal["ndjson", "csv", "fhir"])
WRITERS: dict[str, Callable[[ExportSource], AsyncGenerator[bytes]]] = {
    "ndjson": ndjson_lines,
    "csv": csv_pieces,
    "fhir": bundle_pieces,
}


class Exports:
    """Hands patients everything that is theirs; one object a process."""

    def __init__(
        self, database: StreamingDatabase, vault: Vault, clock: Clock, accounts: Accounts
    ) -> None:
        """`accounts` lends its mail and its throttles."""
        self._database = database
        self._vault = vault
        self._clock = clock
        self._accounts = accounts

    async def stream(
        self, signed_in: SignedIn, form: ExportForm, actor: Actor
    ) -> AsyncGenerator[bytes]:
        """The export in portions, all from one snapshot. Noted before the first one leaves.

        Raises StepUpRequired, RecoveryHold, RateLimited, DatabaseOverloaded or
        DatabaseUnavailable.
        """
        now = self._clock()
        async with self._database.stream(signed_in.account_id) as snapshot:
            await admit(snapshot, signed_in, now)
            await self._accounts.throttles.take((Bucket.EXPORT_ACCOUNT, signed_in.account_id))
            source = await self._source(snapshot, signed_in, now)
            await self._note(signed_in, form, actor, now)
            async with aclosing(portioned(WRITERS[form](source))) as portions:
                async for portion in portions:
                    yield portion

    async def _source(self, snapshot: Snapshot, signed_in: SignedIn, now: datetime) -> ExportSource:
        keys = await self._vault.patient(snapshot, signed_in.account_id)
        journal = WholeJournal(snapshot, keys, Scope.of_patient(signed_in.account_id))
        return ExportSource(snapshot=snapshot, keys=keys, journal=journal, now=now)

    async def _note(
        self, signed_in: SignedIn, form: ExportForm, actor: Actor, now: datetime
    ) -> None:
        """The audit event and the mail, durable before anything leaves."""
        account_id = signed_in.account_id

        async def work(transaction: Transaction) -> None:
            await admit(transaction, signed_in, now)
            event = AuditEvent(now, actor, "account.exported", "export", form)
            await append_event(transaction, account_id, event)
            keys = await self._vault.patient(transaction, account_id)
            recipient = await load_recipient(transaction, keys)
            facts = {"when": when(now)}
            await self._accounts.mailer.post(transaction, recipient, Letter.EXPORT_MADE, facts)

        await self._database.write(account_id, work)
        self._accounts.outbox.wake()


async def admit(transaction: Transaction, signed_in: SignedIn, now: datetime) -> None:
    """The one gate of the export: whatever must be true of the caller is asked here.

    Raises StepUpRequired or RecoveryHold.
    """
    await require_step_up(transaction, signed_in, now)
    await require_no_hold(transaction, signed_in, now)

"""Imports: tried, carried out and undone, all through the journal's one door."""

import asyncio
from collections.abc import Sequence, Set
from dataclasses import dataclass
from functools import partial
from uuid import UUID
from zoneinfo import ZoneInfo

from app.accounts.profile import load_profile
from app.audit import Actor, AuditEvent, append_event
from app.clock import Clock
from app.database import Database, Transaction
from app.journal.write import Origin, Writer
from app.portability import store
from app.portability.changes import BroughtIn, TakenOut
from app.portability.drafting import Drafting
from app.portability.importers import READERS, FileText, ReadFile
from app.portability.named_sessions import sessions_named
from app.portability.refusals import ImportUndone
from app.portability.reports import report_of, undo_report
from app.portability.schemas import ImportCommit, ImportPreview, ImportReport, ImportUndo
from app.vault import Vault
from app.web.problems import NotFound

UNDONE_AT_ONCE = 500
"""Entries that one transaction takes out."""


class _OnlyTried(Exception):
    """Ends the transaction of a preview: all it did is undone."""

    def __init__(self, report: ImportReport) -> None:
        super().__init__("a preview keeps nothing")
        self.report = report


@dataclass(frozen=True, slots=True)
class Importer:
    """Who imports, in the words of the journal."""

    account_id: UUID
    actor: Actor


class Imports:
    """All imports; one object a process."""

    def __init__(self, database: Database, vault: Vault, clock: Clock, writer: Writer) -> None:
        """`writer` is the journal's one door."""
        self._database = database
        self._clock = clock
        self._writer = writer
        self._vault = vault
        self._drafting = Drafting(vault)

    async def bring_in(
        self, importer: Importer, order: ImportPreview | ImportCommit
    ) -> ImportReport:
        """What became of each row; a preview goes the same way and then keeps nothing.

        Raises InvalidRequest for a file of another kind, ImportUndone.
        """
        found = await asyncio.to_thread(READERS[order.diary], await self._text(importer, order))

        async def work(transaction: Transaction) -> ImportReport:
            origin = Origin(importer.account_id, importer.actor, "journal.imported")
            # Nothing is written by it, but the journal's head is locked: imports of one patient
            # are put in a line.
            await self._writer.write(transaction, (), origin)
            report = await self._carried_out(transaction, origin, order, found)
            if isinstance(order, ImportPreview):
                raise _OnlyTried(report)
            return report

        try:
            return await self._database.write(importer.account_id, work)
        except _OnlyTried as tried:
            return tried.report

    async def undo(self, importer: Importer, order: ImportUndo) -> ImportReport:
        """Take out what the import has made, unless the patient has changed it since.

        A session stays as well where an entry that stays is linked to it: it would have another id
        after the next import, and the link would not follow. Doing it again is harmless.
        Raises NotFound.
        """
        import_id = UUID(order.id)
        origin = Origin(importer.account_id, importer.actor, "journal.import_undone")
        named = await self._database.read(
            importer.account_id,
            lambda work: sessions_named(work, self._vault, importer.account_id, import_id),
        )
        made, removed = await self._database.write(
            importer.account_id, lambda work: self._undo_begun(work, origin, import_id, named)
        )
        for start in range(UNDONE_AT_ONCE, len(made), UNDONE_AT_ONCE):
            part = made[start : start + UNDONE_AT_ONCE]
            take_out = partial(
                self._taken_out, origin=origin, import_id=import_id, made=part, named=named
            )
            removed += await self._database.write(importer.account_id, take_out)
        return undo_report(import_id, removed, len(made) - removed)

    async def _text(self, importer: Importer, order: ImportPreview | ImportCommit) -> FileText:
        zone = order.time_zone or await self._own_zone(importer)
        names = order.anxiety_names or ("anxiety",)
        anxiety = frozenset(each.strip().casefold() for each in names)
        scores = {each.name.strip().casefold(): each.score for each in order.scores or ()}
        return FileText(
            content=order.content,
            zone=ZoneInfo(zone),
            now=self._clock(),
            scores=scores,
            mood_top=order.mood_top or 10,
            anxiety=anxiety,
        )

    async def _own_zone(self, importer: Importer) -> str:
        async def read(transaction: Transaction) -> str:
            keys = await self._vault.patient(transaction, importer.account_id)
            profile = await load_profile(transaction, keys, importer.account_id)
            return profile.content.time_zone

        return await self._database.read(importer.account_id, read)

    async def _carried_out(
        self,
        transaction: Transaction,
        origin: Origin,
        order: ImportPreview | ImportCommit,
        found: ReadFile,
    ) -> ImportReport:
        import_id = UUID(order.id) if isinstance(order, ImportCommit) else None
        drafted = await self._drafting.drafted(transaction, origin.account_id, order.diary, found)
        restored = order.diary == "afterglow"
        changes = [BroughtIn(each.draft, restored) for each in drafted.drafts]
        written = await self._writer.write(transaction, changes, origin)
        made = [
            (each.draft.id, each.origin, outcome.entry.revision)
            for each, outcome in zip(drafted.drafts, written.outcomes, strict=True)
            if outcome.decision.status == "created" and outcome.entry
        ]
        if import_id is not None:
            new = await self._remember(transaction, origin.account_id, import_id, order.diary)
            await store.add_entries(transaction, origin.account_id, import_id, made)
            if new and not made:
                await self._note(transaction, origin)
        return report_of(order.action, import_id, found, drafted, written.outcomes)

    async def _remember(
        self, transaction: Transaction, account_id: UUID, import_id: UUID, diary: str
    ) -> bool:
        """Whether its id is new. Raises ImportUndone."""
        known = await store.load_import(transaction, account_id, import_id)
        if known is None:
            await store.add_import(transaction, account_id, import_id, diary, self._clock())
        elif known.undone_at is not None:
            raise ImportUndone
        return known is None

    async def _undo_begun(
        self, transaction: Transaction, origin: Origin, import_id: UUID, named: Set[UUID]
    ) -> tuple[list[store.MadeEntry], int]:
        """What the import made, and how many of the first of them were taken out at once.

        From now on nothing more is brought in under its id. Raises NotFound.
        """
        # The journal's head is locked first, as by whoever brings something in.
        await self._writer.write(transaction, (), origin)
        known = await store.load_import(transaction, origin.account_id, import_id)
        if known is None:
            raise NotFound
        made = await store.made_entries(transaction, origin.account_id, import_id)
        first = made[:UNDONE_AT_ONCE]
        removed = await self._taken_out(transaction, origin, import_id, first, named)
        if known.undone_at is None:
            await store.mark_undone(transaction, origin.account_id, import_id, self._clock())
            if not removed:
                await self._note(transaction, origin)
        return made, removed

    async def _taken_out(
        self,
        transaction: Transaction,
        origin: Origin,
        import_id: UUID,
        made: Sequence[store.MadeEntry],
        named: Set[UUID],
    ) -> int:
        """How many of `made` were taken out; the sessions `named` are left."""
        changes = [
            TakenOut(each.entry_id, each.revision) for each in made if each.entry_id not in named
        ]
        written = await self._writer.write(transaction, changes, origin)
        removed = [
            change.id
            for change, outcome in zip(changes, written.outcomes, strict=True)
            if outcome.decision.status == "removed"
        ]
        await store.mark_taken(transaction, origin.account_id, import_id, removed)
        return len(removed)

    async def _note(self, transaction: Transaction, origin: Origin) -> None:
        """What changed an import and no entry stands in the chain too, with a count of none."""
        event = AuditEvent(self._clock(), origin.actor, origin.action, "entries", "0")
        await append_event(transaction, origin.account_id, event)

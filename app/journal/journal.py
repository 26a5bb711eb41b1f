"""The journal as the rest of the house sees it: reading, sync, and the saves of single entries."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from app.audit import Actor, AuditAction
from app.clock import Clock
from app.database import Database, Transaction
from app.journal import store
from app.journal.changes import Amendment, Creation, Deletion
from app.journal.desk import Change, Desk
from app.journal.kinds import EntryWarning, WarningContext, read_content, warnings
from app.journal.opening import opened
from app.journal.reading import Reading
from app.journal.review import LOOKS_AT_NO_OTHER
from app.journal.stored import StoredEntry
from app.journal.sync import Sync
from app.journal.tabulation import Tabulation
from app.journal.write import Origin, Outcome, Writer, Written
from app.safety.resources import resources_due
from app.safety.sightings import Sightings, SignalKeeper
from app.vault import Vault

CLOSE_SESSIONS = timedelta(hours=12)
LONGEST_RECALL = timedelta(days=31)
DAYS_OF_ZONES = 2
"""So far apart are the local dates of what lies half a day apart, at most."""


@dataclass(frozen=True, slots=True)
class Saved:
    """A saved entry with what stands beside it in the answer."""

    outcome: Outcome
    warnings: Sequence[EntryWarning]
    sightings: Sightings

    @property
    def entry(self) -> StoredEntry:
        """The entry as it stands now."""
        if self.outcome.entry is None:
            raise LookupError("a save leaves an entry")
        return self.outcome.entry


class Journal:
    """One object a process; every call names the account it is for."""

    def __init__(
        self,
        database: Database,
        vault: Vault,
        clock: Clock,
        keeper: SignalKeeper,
        tabulation: Tabulation,
    ) -> None:
        """`keeper` keeps what the safety rules raise; `tabulation` makes the day tables."""
        self._database = database
        self._keeper = keeper
        self._writer = Writer(vault, clock, keeper)
        self.reading = Reading(database, vault, tabulation)
        self.sync = Sync(database, vault, self._writer)

    async def create(self, patient: "Patient", creations: Sequence[Creation]) -> list[Saved]:
        """Save new entries, all or none. Raises EntryExists, EntryDeleted or InvalidRequest."""
        brief = all(each.draft.content.kind in LOOKS_AT_NO_OTHER for each in creations)
        return await self._save(patient, creations, "entry.created", brief=brief)

    async def amend(self, patient: "Patient", amendment: Amendment) -> Saved:
        """Replace or patch. Raises NotFound, PreconditionFailed or InvalidRequest."""
        (saved,) = await self._save(patient, [amendment], "entry.changed")
        return saved

    async def delete(self, patient: "Patient", deletion: Deletion) -> None:
        """Leave a tombstone. Raises NotFound or PreconditionFailed."""
        await self._save(patient, [deletion], "entry.deleted")

    async def _save(
        self,
        patient: "Patient",
        changes: Sequence[Change],
        action: AuditAction,
        *,
        brief: bool = False,
    ) -> list[Saved]:
        """What changes or goes may have all of a journal's answers or links looked at."""
        origin = Origin(patient.account_id, patient.actor, action)

        async def work(transaction: Transaction) -> list[Saved]:
            written = await self._writer.write(transaction, changes, origin)
            return [
                Saved(
                    outcome,
                    await _warnings(transaction, written.desk, outcome.entry),
                    await self._told(transaction, written, outcome.entry),
                )
                for outcome in written.outcomes
            ]

        return await self._database.write(patient.account_id, work, brief=brief)

    async def _told(
        self, transaction: Transaction, written: Written, entry: StoredEntry | None
    ) -> Sightings:
        """What stands beside the entry in the answer; nothing beside a deletion."""
        if entry is None or entry.deleted:
            return Sightings()
        silent = str(entry.id) in written.reviewed.silent
        failed = str(entry.id) in written.reviewed.unavailable
        if silent and not resources_due(entry.kind, has_signals=False):
            return Sightings(unavailable=failed)
        told = await self._keeper.tell(transaction, written.desk.keys, entry.id, entry.kind)
        return replace(told, unavailable=failed or told.unavailable)


@dataclass(frozen=True, slots=True)
class Patient:
    """Who writes, in the journal's own words."""

    account_id: UUID
    actor: Actor


async def _warnings(
    transaction: Transaction, desk: Desk, entry: StoredEntry | None
) -> list[EntryWarning]:
    """What deserves a second look in a saved session or assessment; other kinds have none."""
    if entry is None or entry.deleted or entry.kind not in ("session", "assessment"):
        return []
    margin = CLOSE_SESSIONS if entry.kind == "session" else LONGEST_RECALL
    near = await _neighbours(transaction, desk, entry, margin)
    sessions = [session for each in near if (session := each.as_session())]
    earlier = [
        each.instant
        for each in near
        if each.payload.get("instrument") == entry.payload.get("instrument")
        and each.instant <= entry.instant
    ]
    context = WarningContext(sessions, max(earlier, default=None))
    content = read_content(entry.kind, entry.members(), imported=True)
    return warnings(content, context)


async def _neighbours(
    transaction: Transaction, desk: Desk, entry: StoredEntry, margin: timedelta
) -> list[StoredEntry]:
    reach = timedelta(days=margin.days + DAYS_OF_ZONES)
    first, last = entry.day - reach, entry.day + reach
    rows = await store.load_days(transaction, desk.keys.account_id, entry.kind, first, last)
    found, _ = await opened(transaction, desk.keys, rows)
    return [near for near in found if near.id != entry.id]

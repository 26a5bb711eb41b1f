"""From rows to drafts, each under an id that the same row has again at the next import."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import UUID

from app.database import Transaction
from app.faults import Fault
from app.journal.changes import id_of
from app.journal.kinds import Draft, EntryRefused, read_draft
from app.journal.opening import opened
from app.journal.store import load_entries
from app.journal.stored import StoredEntry
from app.portability.importers import ReadFile
from app.portability.recognition import Made, Recognition
from app.portability.store import MadeEntry, made_of, origins_of, times_undone
from app.vault import Vault

NO_ID = UUID(int=0)
"""Of a line of an export that brings none: its draft is refused for that."""


@dataclass(frozen=True, slots=True)
class DraftedRow:
    """A draft, the number of its row, and the id that its first import gave it."""

    number: int
    origin: UUID
    draft: Draft


@dataclass(slots=True)
class Drafted:
    """All drafts of a file, and the rows that break a rule by themselves."""

    drafts: list[DraftedRow] = field(default_factory=list)
    refused: list[tuple[int, Fault]] = field(default_factory=list)


class Drafting:
    """Gives rows their ids. They are keyed, so that nobody can guess a row from its entry's id."""

    def __init__(self, vault: Vault) -> None:
        """The vault holds the key."""
        self._vault = vault

    async def drafted(
        self, transaction: Transaction, account_id: UUID, diary: str, found: ReadFile
    ) -> Drafted:
        """Every row of `found` as a draft or a fault."""
        own = await self._own(transaction, account_id, diary, found)
        ids = {
            row.number: id_of(row.data.get("id")) or own.get(row.number, NO_ID)
            for row in found.entries
        }
        sessions = {id_of(row.data.get("session_id")) for row in found.entries}
        named = {*ids.values(), *(each for each in sessions if each)}
        origins = await self._origins(transaction, account_id, named)
        names = await self._names(transaction, account_id, origins)
        drafted = Drafted()
        for row in found.entries:
            own_id = ids[row.number]
            try:
                draft = read_draft(_renamed(row.data, own_id, names), imported=True)
                drafted.drafts.append(DraftedRow(row.number, origins[own_id], draft))
            except EntryRefused as refusal:
                drafted.refused.append((row.number, refusal.faults[0]))
        return drafted

    async def _origins(
        self, transaction: Transaction, account_id: UUID, ids: Collection[UUID]
    ) -> dict[UUID, UUID]:
        """The origin of each id: its own, unless it was given to a row that was undone before."""
        made = await origins_of(transaction, account_id, sorted(ids))
        return {each: made.get(each, each) for each in ids}

    async def _names(
        self, transaction: Transaction, account_id: UUID, origins: Mapping[UUID, UUID]
    ) -> dict[UUID, UUID]:
        """The id of today for each id of `origins` that an undo took out."""
        asked = sorted(set(origins.values()))
        undone = await times_undone(transaction, account_id, asked)
        return {
            each: self._id(account_id, "again", f"{origin} {undone[origin]}")
            for each, origin in origins.items()
            if origin in undone
        }

    async def _own(
        self, transaction: Transaction, account_id: UUID, diary: str, found: ReadFile
    ) -> dict[int, UUID]:
        """The origins of the rows, by their numbers."""
        recognition = Recognition(found, partial(self._id, account_id, diary))
        asked = sorted(recognition.asked())
        rows = await made_of(transaction, account_id, asked) if asked else {}
        doubtful = recognition.doubtful(rows)
        if not doubtful:
            return recognition.origins({})
        keys = await self._vault.patient(transaction, account_id)
        ids = sorted({rows[each].entry_id for each in doubtful})
        lying, _ = await opened(transaction, keys, await load_entries(transaction, account_id, ids))
        entries = {each.id: each for each in lying}
        return recognition.origins(
            {each: _made(rows[each], entries.get(rows[each].entry_id)) for each in doubtful}
        )

    def _id(self, account_id: UUID, diary: str, key: str) -> UUID:
        told = self._vault.blind_index("import", f"{account_id} {diary} {key}")
        return UUID(bytes=told[:16], version=4)


def _made(row: MadeEntry, entry: StoredEntry | None) -> Made:
    if entry is None or entry.deleted:
        return Made(None, changed=True)
    return Made(entry.payload, changed=entry.revision != row.revision)


def _renamed(data: dict[str, Any], own_id: UUID, names: dict[UUID, UUID]) -> dict[str, Any]:
    """The draft's members under the id it has today, linked to the id its session has today.

    An id that was taken out by an undo never comes back to life: its row gets the next one.
    """
    session = id_of(data.get("session_id"))
    linked = {"session_id": str(names[session])} if session in names else {}
    own = data.get("id", str(own_id))
    return {**data, "id": str(names[own_id]) if own_id in names else own, **linked}

"""A whole journal, entry by entry, from one snapshot: what an export is written from."""

from collections.abc import AsyncIterator, Sequence
from typing import NamedTuple
from uuid import UUID

from app.database import Row, Snapshot
from app.journal import store_whole as store
from app.journal.opening import opened
from app.journal.scope import Scope
from app.journal.store import load_entries
from app.journal.stored import StoredEntry
from app.vault import PatientKeys, SealBroken

SESSION = "session"


class PastVersion(NamedTuple):
    """A superseded version, and the mark of the device that had written it."""

    entry: StoredEntry
    device_id: str | None


class WholeJournal:
    """Opens one patient's journal while it is read; memory does not grow with it.

    `unreadable` grows instead by the id and the revision of whatever does not open.
    """

    def __init__(self, snapshot: Snapshot, keys: PatientKeys, scope: Scope) -> None:
        """`scope` is the patient's own: everything."""
        self._snapshot = snapshot
        self._keys = keys
        self._account = {"account": scope.account_id}
        self._account_id = scope.account_id
        self.unreadable: dict[tuple[UUID, int], None] = {}

    async def sessions(self) -> AsyncIterator[StoredEntry]:
        """The treatment sessions by time: what other entries are linked to comes first."""
        async for entry in self.of_kind(SESSION):
            yield entry

    async def others(self) -> AsyncIterator[StoredEntry]:
        """All other live entries by time."""
        bound = {**self._account, "kind": SESSION}
        async for rows in self._snapshot.chunks(store.OF_OTHER_KINDS, bound):
            for entry in await self._opened(rows):
                if entry.kind != SESSION:
                    yield entry

    async def of_kind(self, kind: str) -> AsyncIterator[StoredEntry]:
        """The live entries of one kind by time; what does not open and says no kind is of each."""
        bound = {**self._account, "kind": kind}
        async for rows in self._snapshot.chunks(store.OF_KIND, bound):
            for entry in await self._opened(rows):
                if entry.kind == kind:
                    yield entry

    async def in_time(self) -> AsyncIterator[list[StoredEntry]]:
        """All live entries by time, some hundred at once."""
        async for rows in self._snapshot.chunks(store.LIVE, self._account):
            yield await self._opened(rows)

    async def some(self, ids: Sequence[UUID]) -> list[StoredEntry]:
        """The entries with these ids, in any order."""
        return await self._opened(await load_entries(self._snapshot, self._account_id, ids))

    async def superseded(self) -> AsyncIterator[PastVersion]:
        """What entries said before they were changed, entry by entry, the oldest first."""
        async for rows in self._snapshot.chunks(store.SUPERSEDED, self._account):
            for entry_id, revision, device_id, sealed, at, created_at in rows:
                now = StoredEntry(entry_id, revision, created_at, at)
                try:
                    past = StoredEntry.version(self._keys, now, revision, bytes(sealed or b""), at)
                except SealBroken:  # the vault has told it
                    self.unreadable[entry_id, revision] = None
                else:
                    yield PastVersion(past, device_id)

    async def tombstones(self) -> AsyncIterator[StoredEntry]:
        """What is left of deleted entries: their ids and when they were deleted."""
        async for rows in self._snapshot.chunks(store.TOMBSTONES, self._account):
            for entry in StoredEntry.opened_each(self._keys, rows):
                yield entry

    async def _opened(self, rows: Sequence[Row]) -> list[StoredEntry]:
        entries, closed = await opened(self._snapshot, self._keys, rows)
        self.unreadable.update(((row[0], row[1]), None) for row in closed)
        return entries

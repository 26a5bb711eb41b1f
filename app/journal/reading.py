"""Everything that reads the journal. A Scope comes first: nothing is read without one."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from pydantic_core import from_json

from app.database import Database, Row, Transaction, id_from, instant_text
from app.journal import store
from app.journal.digest_reading import DigestReading, Headlines
from app.journal.kinds import KIND_NAMES
from app.journal.months import Months
from app.journal.readable import texts_of
from app.journal.scope import Scope
from app.journal.store_pages import ListFilter, ListPlace, load_page
from app.journal.stored import StoredEntry
from app.journal.tabulation import Tabulation
from app.vault import Vault
from app.web.problems import NotFound, TokenInvalid

CHUNK = 200
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(9999, 12, 31)


class JournalState(NamedTuple):
    """What validates whatever is computed from a journal."""

    epoch: int
    head: int


class Page(NamedTuple):
    """Ready JSON of each entry, and where the next page begins (None at the end)."""

    items: list[bytes]
    next_place: ListPlace | None


class HistoryPage(NamedTuple):
    """Ready JSON of each superseded version, and the revision the next page begins below."""

    items: list[bytes]
    next_below: int | None


class Reading:
    """Opens what a scope allows."""

    def __init__(self, database: Database, vault: Vault, tabulation: Tabulation) -> None:
        """Reads may go to any copy of the database that is not behind the reader's writes.

        `tabulation` makes the day tables of `days`.
        """
        self._database = database
        self._vault = vault
        self._digests = DigestReading(database, vault, tabulation)

    async def state(self, scope: Scope) -> JournalState:
        """Epoch and head. Raises TokenInvalid when the account is gone."""

        async def work(transaction: Transaction) -> JournalState:
            return await state_in(transaction, scope)

        return await self._database.read(scope.account_id, work, brief=True)

    async def entry(self, scope: Scope, entry_id: UUID) -> StoredEntry:
        """A live entry. Raises NotFound for an unknown, deleted or hidden one."""

        async def work(transaction: Transaction) -> StoredEntry:
            return await self._entry(transaction, scope, entry_id)

        return await self._database.read(scope.account_id, work, brief=True)

    async def page(
        self,
        scope: Scope,
        wanted: ListFilter,
        session_id: UUID | None,
        limit: int,
        unless: Callable[[JournalState], bool],
    ) -> Page | None:
        """A page of live entries, newest first; `session_id` keeps only what is linked to it.

        No entry is read, and None given, when `unless` holds for the state. It may be asked again,
        of a later state, before the page is there.
        """
        narrowed = narrow(scope, wanted)

        async def work(transaction: Transaction) -> Page | None:
            if unless(await state_in(transaction, scope)):
                return None
            if session_id is not None:
                return await self._linked(transaction, scope, narrowed, session_id, limit)
            rows = await load_page(transaction, scope.account_id, narrowed, limit + 1)
            texts = await self._texts(transaction, scope, rows[:limit])
            return Page(texts, _place(rows[limit - 1]) if len(rows) > limit else None)

        brief = session_id is None  # else the whole journal may have to be opened
        return await self._database.read(scope.account_id, work, brief=brief, replica=True)

    async def history(
        self, scope: Scope, entry_id: UUID, below: int | None, limit: int
    ) -> HistoryPage:
        """Superseded versions, newest first. Raises NotFound for an unknown or deleted entry."""

        async def work(transaction: Transaction) -> HistoryPage:
            entry = await self._entry(transaction, scope, entry_id)
            top = entry.revision if below is None else min(below, entry.revision)
            rows = await store.load_history(transaction, scope.account_id, entry_id, top, limit + 1)
            keys = await self._vault.patient(transaction, scope.account_id)
            items = [
                _past(StoredEntry.version(keys, entry, revision, bytes(sealed), at), device_id)
                for revision, device_id, sealed, at in rows[:limit]
            ]
            return HistoryPage(items, rows[limit - 1][0] if len(rows) > limit else None)

        return await self._database.read(scope.account_id, work, brief=True)

    async def entries(
        self, scope: Scope, first: date | None = None, last: date | None = None
    ) -> list[StoredEntry]:
        """All live entries of the scope whose local dates lie in `first` … `last`."""

        async def work(transaction: Transaction) -> list[StoredEntry]:
            return await self.entries_in(transaction, scope, first, last)

        return await self._database.read(scope.account_id, work)

    async def entries_in(
        self, transaction: Transaction, scope: Scope, first: date | None, last: date | None
    ) -> list[StoredEntry]:
        """As `entries`, inside a transaction that is open."""
        start, end = _days(scope, first, last)
        rows = await store.load_days(transaction, scope.account_id, None, start, end)
        opened = await self._opened(transaction, scope, rows)
        return [entry for entry in opened if entry.kind in scope.kinds]

    async def headlines(self, scope: Scope, first: date | None, last: date | None) -> Headlines:
        """What trends need of each entry of the scope."""
        return await self._digests.headlines(scope, *_days(scope, first, last))

    async def days(
        self, scope: Scope, first: date, last: date, begun: Months | None = None
    ) -> Headlines:
        """The same with day tables, which tell of all kinds and of dates around the asked ones."""
        return await self._digests.days(scope, *_days(scope, first, last), begun)

    async def begin_days(
        self, transaction: Transaction, months: Months, first: date, last: date
    ) -> Months | None:
        """Begin with `days` inside a transaction that is open, where that is better."""
        return await self._digests.begin_days(transaction, months, first, last)

    async def _entry(self, transaction: Transaction, scope: Scope, entry_id: UUID) -> StoredEntry:
        row = await store.load_entry(transaction, scope.account_id, entry_id)
        if row is None:
            raise NotFound
        (entry,) = await self._opened(transaction, scope, [row])
        if entry.deleted or not scope.holds(entry.kind, entry.day):
            raise NotFound
        return entry

    async def _opened(
        self, transaction: Transaction, scope: Scope, rows: Iterable[Row]
    ) -> list[StoredEntry]:
        keys = await self._vault.patient(transaction, scope.account_id)
        return StoredEntry.opened_each(keys, rows)

    async def _texts(
        self, transaction: Transaction, scope: Scope, rows: Sequence[Row]
    ) -> list[bytes]:
        keys = await self._vault.patient(transaction, scope.account_id)
        return texts_of(keys, rows)

    async def _linked(
        self,
        transaction: Transaction,
        scope: Scope,
        wanted: ListFilter,
        session_id: UUID,
        limit: int,
    ) -> Page:
        """Links are sealed, so they are looked at after opening, chunk by chunk."""
        found: list[tuple[bytes, ListPlace]] = []
        while len(found) <= limit:
            rows = await load_page(transaction, scope.account_id, wanted, CHUNK)
            texts = await self._texts(transaction, scope, rows)
            found += [
                (text, _place(row))
                for text, row in zip(texts, rows, strict=True)
                if from_json(text).get("session_id") == str(session_id)
            ]
            if len(rows) < CHUNK:
                break
            wanted = wanted._replace(after=_place(rows[-1]))
        items = [text for text, _ in found[:limit]]
        return Page(items, found[limit - 1][1] if len(found) > limit else None)


async def state_in(transaction: Transaction, scope: Scope) -> JournalState:
    """Epoch and head, inside a transaction that is open. Raises TokenInvalid."""
    row = await store.read_head(transaction, scope.account_id)
    if row is None:
        raise TokenInvalid
    return JournalState(int(row[0]), int(row[1]))


def _days(scope: Scope, first: date | None, last: date | None) -> tuple[date, date]:
    """The local dates that are wanted and allowed."""
    start = max(first or FIRST_DAY, scope.first or FIRST_DAY)
    return start, min(last or LAST_DAY, scope.last or LAST_DAY)


def narrow(scope: Scope, wanted: ListFilter) -> ListFilter:
    """What is wanted and allowed."""
    kinds = scope.kinds if wanted.kinds is None else wanted.kinds & scope.kinds
    first = max(filter(None, (wanted.first, scope.first)), default=None)
    last = min(filter(None, (wanted.last, scope.last)), default=None)
    return ListFilter(None if kinds == KIND_NAMES else kinds, first, last, wanted.after)


def _place(row: Row) -> ListPlace:
    return ListPlace(occurred_at=row[7], entry_id=id_from(row[0].decode()))


def _past(version: StoredEntry, device_id: str | None) -> bytes:
    device = b'"device_id":"%b",' % device_id.encode() if device_id else b""
    recorded = instant_text(version.updated_at)
    return b'{"revision":%d,"recorded_at":"%b",%b"entry":%b}' % (
        version.revision,
        recorded,
        device,
        version.json(),
    )

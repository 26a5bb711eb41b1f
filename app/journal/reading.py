"""Everything that reads the journal. A Scope comes first: nothing is read without one."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from pydantic_core import from_json

from app.database import Database, Row, Transaction
from app.journal import store
from app.journal.digest_reading import DigestReading, Headlines
from app.journal.kinds import KIND_NAMES
from app.journal.months import Months
from app.journal.opening import EntryUnreadable, opened, require_all, shown
from app.journal.pages import HistoryPage, Page, history_page, page_of, place_of, unreadable_in
from app.journal.scope import Scope
from app.journal.store_pages import ListFilter, ListPlace, load_page
from app.journal.stored import ClosedEntry, StoredEntry
from app.journal.tabulation import Tabulation
from app.vault import Vault
from app.web.problems import NotFound, TokenInvalid

CHUNK = 200
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(9999, 12, 31)


class JournalState(NamedTuple):
    """What validates whatever is computed from a journal."""

    epoch: int
    head: int


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
        """A live entry. Raises NotFound for an unknown, deleted or hidden one, EntryUnreadable."""

        async def work(transaction: Transaction) -> StoredEntry:
            entry = await self._entry(transaction, scope, entry_id)
            if isinstance(entry, ClosedEntry):
                raise EntryUnreadable
            return entry

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
            return page_of(rows[:limit], texts, has_more=len(rows) > limit)

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
            return history_page(keys, entry, rows, limit)

        return await self._database.read(scope.account_id, work, brief=True)

    async def entries(
        self, scope: Scope, first: date | None = None, last: date | None = None
    ) -> list[StoredEntry]:
        """All live entries of the scope whose local dates lie in `first` … `last`.

        Raises EntryUnreadable: they are all of them, or none.
        """

        async def work(transaction: Transaction) -> list[StoredEntry]:
            return await self.entries_in(transaction, scope, first, last)

        return await self._database.read(scope.account_id, work)

    async def entries_in(
        self, transaction: Transaction, scope: Scope, first: date | None, last: date | None
    ) -> list[StoredEntry]:
        """As `entries`, inside a transaction that is open. Raises EntryUnreadable."""
        found, closed = await self._opened(transaction, scope, first, last)
        require_all(scope.kinds, closed)
        return found

    async def readable_in(
        self, transaction: Transaction, scope: Scope, first: date | None, last: date | None
    ) -> list[StoredEntry]:
        """As `entries_in`, without those that do not open."""
        found, _ = await self._opened(transaction, scope, first, last)
        return found

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

    async def _opened(
        self, transaction: Transaction, scope: Scope, first: date | None, last: date | None
    ) -> tuple[list[StoredEntry], list[Row]]:
        """The entries of the scope, and the rows of any kind of which nothing opens."""
        start, end = _days(scope, first, last)
        rows = await store.load_days(transaction, scope.account_id, None, start, end)
        keys = await self._vault.patient(transaction, scope.account_id)
        found, closed = await opened(transaction, keys, rows)
        return [entry for entry in found if entry.kind in scope.kinds], closed

    async def _entry(self, transaction: Transaction, scope: Scope, entry_id: UUID) -> StoredEntry:
        """A live entry, to its own patient also a ClosedEntry. Raises NotFound."""
        row = await store.load_entry(transaction, scope.account_id, entry_id)
        if row is None:
            raise NotFound
        keys = await self._vault.patient(transaction, scope.account_id)
        found, closed = await opened(transaction, keys, [row])
        if closed and scope == Scope.of_patient(scope.account_id):
            return ClosedEntry(row)
        if closed or found[0].deleted or not scope.holds(found[0].kind, found[0].day):
            raise NotFound
        return found[0]

    async def _texts(
        self, transaction: Transaction, scope: Scope, rows: Sequence[Row]
    ) -> Sequence[bytes | None]:
        keys = await self._vault.patient(transaction, scope.account_id)
        return await shown(transaction, keys, rows)

    async def _linked(
        self,
        transaction: Transaction,
        scope: Scope,
        wanted: ListFilter,
        session_id: UUID,
        limit: int,
    ) -> Page:
        """Links are sealed, so they are looked at after opening, chunk by chunk.

        Of what does not open nobody knows: it is told as what may belong here.
        """
        found: list[tuple[bytes, ListPlace]] = []
        unreadable: list[bytes] = []
        while len(found) <= limit:
            rows = await load_page(transaction, scope.account_id, wanted, CHUNK)
            texts = await self._texts(transaction, scope, rows)
            found += [
                (text, place_of(row))
                for text, row in zip(texts, rows, strict=True)
                if text and from_json(text).get("session_id") == str(session_id)
            ]
            unreadable += unreadable_in(rows, texts)
            if len(rows) < CHUNK:
                break
            wanted = wanted._replace(after=place_of(rows[-1]))
        items = [text for text, _ in found[:limit]]
        place = found[limit - 1][1] if len(found) > limit else None
        return Page(items, place, unreadable[:CHUNK])


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

"""What trends read of a journal: headlines, or tables of days where those are enough.

Both come out of caches that are kept in step by revision, and are built from entries where there
are none.
"""

from collections.abc import Awaitable, Callable, Iterable, Set
from contextlib import suppress
from datetime import date
from typing import NamedTuple
from uuid import UUID

from anyio import to_thread

from app.database import Database, DatabaseOverloaded, DatabaseUnavailable, Transaction
from app.journal import store, store_digests
from app.journal.digests import last_day, months_between
from app.journal.kinds import Headline
from app.journal.months import Months, build, load_digests, load_tables, stale_rows
from app.journal.opening import opened, require_all
from app.journal.scope import Scope
from app.journal.tabulation import Tabulation
from app.vault import Vault
from app.web.problems import TokenInvalid

MOST_MONTHS = 130
"""Longer than the longest window with its reach."""

MANY_MONTHS = 24
"""From so many digests on, reading them takes long enough to leave the event loop."""

Load = Callable[[Transaction, Months], Awaitable[None]]


class Headlines(NamedTuple):
    """What was found, in any order, and the (epoch, head) that none of it is older than.

    None where that is not known: parts were read one after the other, and the copies of a database
    do not all lag alike. `tables` are of whole months, none of whose headlines were found.
    """

    state: tuple[int, int] | None
    found: list[Headline]
    tables: list[bytes]


class DigestReading:
    """Reads and keeps digests and day tables; one object a process."""

    def __init__(self, database: Database, vault: Vault, tabulation: Tabulation) -> None:
        """`tabulation` makes the day tables."""
        self._database = database
        self._vault = vault
        self._tabulation = tabulation

    async def headlines(self, scope: Scope, first: date, last: date) -> Headlines:
        """What trends need of the scope's entries on the local dates `first` … `last`.

        Raises TokenInvalid when the account is gone, and EntryUnreadable: what trends count must be
        whole.
        """
        return await self._read(scope, first, last, load_digests)

    async def days(
        self, scope: Scope, first: date, last: date, begun: Months | None = None
    ) -> Headlines:
        """The same with day tables for the months that have one, whatever the scope.

        They tell of all kinds, and of the whole month: whoever reads them looks at the dates.
        `begun`: what `begin_days` found of the same dates.
        """
        return await self._read(scope, first, last, self._load_tables, begun)

    async def begin_days(
        self, transaction: Transaction, months: Months, first: date, last: date
    ) -> Months | None:
        """Look for the tables in a transaction that is open; it spares `days` one of its own.

        None where a replica is to be asked, which this transaction is not on, and where it would
        take long.
        """
        if self._database.has_replica or (last - first).days > 31 * MANY_MONTHS:
            return None
        return await self._looked(transaction, months, first, last, self._load_tables)

    async def _load_tables(self, transaction: Transaction, months: Months) -> None:
        await load_tables(transaction, months, self._tabulation.version)

    async def _read(
        self, scope: Scope, first: date, last: date, load: Load, begun: Months | None = None
    ) -> Headlines:
        async def look(transaction: Transaction) -> Months:
            return await self._look(transaction, scope.account_id, first, last, load)

        months = begun
        if months is None:
            months = await self._database.read(scope.account_id, look, brief=True, replica=True)
        if len(months.asked) > MOST_MONTHS:
            return await self._without_digests(scope, first, last)
        if months.missing:
            await self._database.read(
                scope.account_id, lambda work: _build(work, months, scope.kinds), replica=True
            )
        if months.stale and months.settled:
            await self._keep(months)
        state = (months.epoch, months.head) if months.settled else None
        if len(months.digests) > MANY_MONTHS:
            found = await to_thread.run_sync(_within, months, scope, first, last)
        else:
            found = _within(months, scope, first, last)
        return Headlines(state, found, [*months.tables.values()])

    async def _look(
        self, transaction: Transaction, account_id: UUID, first: date, last: date, load: Load
    ) -> Months:
        """What there is, brought to the head."""
        epoch, head = await _state(transaction, account_id)
        keys = await self._vault.patient(transaction, account_id)
        return await self._looked(transaction, Months(keys, epoch, head, []), first, last, load)

    @staticmethod
    async def _looked(
        transaction: Transaction, months: Months, first: date, last: date, load: Load
    ) -> Months:
        """The same into `months`, of which none was asked for yet."""
        if (last - first).days > 31 * MOST_MONTHS:
            account_id = months.keys.account_id
            earliest, latest = await store_digests.days_of_journal(transaction, account_id)
            first, last = max(first, earliest or last), min(last, latest or first)
        months.asked = months_between(first, last)
        if 0 < len(months.asked) <= MOST_MONTHS:
            await load(transaction, months)
        return months

    async def _without_digests(self, scope: Scope, first: date, last: date) -> Headlines:
        """For a journal over so many years that digests of its months would mostly be empty."""

        async def work(transaction: Transaction) -> Headlines:
            state = await _state(transaction, scope.account_id)
            keys = await self._vault.patient(transaction, scope.account_id)
            rows = await store.load_days(transaction, scope.account_id, None, first, last)
            entries, closed = await opened(transaction, keys, rows)
            require_all(scope.kinds, closed)
            found = [entry.headline() for entry in entries]
            return Headlines(state, [each for each in found if each.kind in scope.kinds], [])

        return await self._database.read(scope.account_id, work, replica=True)

    async def _keep(self, months: Months) -> None:
        """Write the stale ones, unless the journal has moved on; a cache may fail in peace."""
        account_id = months.keys.account_id
        # From a thread, and not while others wait for the database: a month takes half a
        # millisecond.
        digests, tables = await to_thread.run_sync(stale_rows, months, self._tabulation)

        async def work(transaction: Transaction) -> None:
            locked = await store.lock_journal(transaction, account_id)
            if locked and (int(locked[0]), int(locked[1])) == (months.epoch, months.head):
                await store_digests.save_digests(transaction, digests)
                await store_digests.save_day_tables(transaction, tables)

        with suppress(DatabaseOverloaded, DatabaseUnavailable):
            await self._database.write(account_id, work)


async def _state(transaction: Transaction, account_id: UUID) -> tuple[int, int]:
    """Epoch and head. Raises TokenInvalid when the account is gone."""
    state = await store.read_head(transaction, account_id)
    if state is None:
        raise TokenInvalid
    return int(state[0]), int(state[1])


async def _build(transaction: Transaction, months: Months, kinds: Set[str]) -> None:
    await build(transaction, months, await _state(transaction, months.keys.account_id), kinds)


def _within(months: Months, scope: Scope, first: date, last: date) -> list[Headline]:
    """Of the digests, what the scope and the dates leave."""
    found: list[Headline] = []
    kinds = sorted(scope.kinds)
    for month, digest in months.digests.items():
        here: Iterable[Headline] = digest.headlines(kinds)
        if month < first or last_day(month) > last:
            here = (each for each in here if first <= each.local_date <= last)
        found += here
    return found

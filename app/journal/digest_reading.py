"""Headlines out of digests: kept in step by revision, and built from entries where there are none.

A digest says at which revision it stood. Whoever reads it looks at what changed since then, which
is little, and brings it up to date in passing; it is written again when much has changed.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple
from uuid import UUID

from anyio import to_thread

from app.database import Database, DatabaseOverloaded, DatabaseUnavailable, Transaction
from app.journal import store, store_digests
from app.journal.digests import VERSION, Digest, last_day, month_of, months_between
from app.journal.kinds import Headline
from app.journal.scope import Scope
from app.journal.stored import StoredEntry
from app.vault import PatientKeys, Place, Vault
from app.web.problems import TokenInvalid

MOST_BEHIND = 200
"""A digest that is further behind is built anew."""

WORTH_KEEPING = 50
"""So many revisions behind, a digest is written again."""

MOST_MONTHS = 130
"""Longer than the longest window with its reach."""

MANY_MONTHS = 24
"""From so many on, reading them takes long enough to leave the event loop."""


@dataclass(slots=True)
class _Months:
    """The asked months as they are found: some digests, some missing."""

    keys: PatientKeys
    epoch: int
    head: int
    asked: list[date]
    digests: dict[date, Digest] = field(default_factory=dict)
    stale: set[date] = field(default_factory=set)
    settled: bool = True
    """Whether all of it stood at the head or later."""

    @property
    def missing(self) -> list[date]:
        """Months without a digest, in order."""
        return [month for month in self.asked if month not in self.digests]


class Headlines(NamedTuple):
    """What was found, in any order, and the (epoch, head) that none of it is older than.

    None where that is not known: parts were read one after the other, and the copies of a database
    do not all lag alike.
    """

    state: tuple[int, int] | None
    found: list[Headline]


class DigestReading:
    """Reads and keeps digests; one object a process."""

    def __init__(self, database: Database, vault: Vault) -> None:
        """One a process."""
        self._database = database
        self._vault = vault

    async def headlines(self, scope: Scope, first: date, last: date) -> Headlines:
        """What trends need of the scope's entries on the local dates `first` … `last`.

        Raises TokenInvalid when the account is gone, and SealBroken.
        """

        async def look(transaction: Transaction) -> _Months:
            return await self._look(transaction, scope.account_id, first, last)

        months = await self._database.read(scope.account_id, look, brief=True, replica=True)
        if len(months.asked) > MOST_MONTHS:
            return await self._without_digests(scope, first, last)
        if months.missing:
            await self._database.read(
                scope.account_id, lambda work: _build(work, months), replica=True
            )
        if months.stale and months.settled:
            await self._keep(months)
        state = (months.epoch, months.head) if months.settled else None
        if len(months.asked) > MANY_MONTHS:
            found = await to_thread.run_sync(_within, months, scope, first, last)
            return Headlines(state, found)
        return Headlines(state, _within(months, scope, first, last))

    async def _look(
        self, transaction: Transaction, account_id: UUID, first: date, last: date
    ) -> _Months:
        """The digests there are, brought to the head."""
        epoch, head = await _state(transaction, account_id)
        keys = await self._vault.patient(transaction, account_id)
        months = _Months(keys, epoch, head, [])
        if (last - first).days > 31 * MOST_MONTHS:
            earliest, latest = await store_digests.days_of_journal(transaction, account_id)
            first, last = max(first, earliest or last), min(last, latest or first)
        months.asked = months_between(first, last)
        if 0 < len(months.asked) <= MOST_MONTHS:
            await _load(transaction, months)
        return months

    async def _without_digests(self, scope: Scope, first: date, last: date) -> Headlines:
        """For a journal over so many years that digests of its months would mostly be empty."""

        async def work(transaction: Transaction) -> Headlines:
            state = await _state(transaction, scope.account_id)
            keys = await self._vault.patient(transaction, scope.account_id)
            rows = await store.load_days(transaction, scope.account_id, None, first, last)
            found = [StoredEntry.opened(keys, row).headline() for row in rows]
            return Headlines(state, [each for each in found if each.kind in scope.kinds])

        return await self._database.read(scope.account_id, work, replica=True)

    async def _keep(self, months: _Months) -> None:
        """Write the stale ones, unless the journal has moved on; a cache may fail in peace."""
        account_id = months.keys.account_id

        async def work(transaction: Transaction) -> None:
            locked = await store.lock_journal(transaction, account_id)
            if locked and (int(locked[0]), int(locked[1])) == (months.epoch, months.head):
                rows = [_row(months, month) for month in sorted(months.stale)]
                await store_digests.save_digests(transaction, rows)

        with suppress(DatabaseOverloaded, DatabaseUnavailable):
            await self._database.write(account_id, work)


async def _state(transaction: Transaction, account_id: UUID) -> tuple[int, int]:
    """Epoch and head. Raises TokenInvalid when the account is gone."""
    state = await store.read_head(transaction, account_id)
    if state is None:
        raise TokenInvalid
    return int(state[0]), int(state[1])


async def _load(transaction: Transaction, months: _Months) -> None:
    account_id = months.keys.account_id
    rows = await store_digests.load_digests(
        transaction, account_id, months.asked[0], months.asked[-1], VERSION, months.epoch
    )
    usable = [row for row in rows if months.head - row[1] <= MOST_BEHIND]
    since = min((row[1] for row in usable), default=months.head)
    changed = await _changed(transaction, months, since)
    now, ids = _by_month(changed), [(entry.revision, str(entry.id)) for entry in changed]
    for month, revision, sealed in usable:
        text = months.keys.open(_place(account_id, month, revision), bytes(sealed))
        since_then = {entry_id for at, entry_id in ids if at > revision}
        here = [entry.headline() for entry in now.get(month, ()) if entry.revision > revision]
        months.digests[month] = Digest.read(text).after(since_then, here)
        if months.head - revision > WORTH_KEEPING:
            months.stale.add(month)


async def _changed(transaction: Transaction, months: _Months, since: int) -> list[StoredEntry]:
    if since == months.head:
        return []
    rows = await store.load_changed(
        transaction, months.keys.account_id, since, months.head, MOST_BEHIND
    )
    return StoredEntry.opened_each(months.keys, rows)


def _by_month(entries: Iterable[StoredEntry]) -> dict[date, list[StoredEntry]]:
    """The live ones, by the month they lie in."""
    months: dict[date, list[StoredEntry]] = defaultdict(list)
    for entry in entries:
        if not entry.deleted:
            months[month_of(entry.day)].append(entry)
    return months


async def _build(transaction: Transaction, months: _Months) -> None:
    """Make the missing digests from the entries of their months."""
    missing = months.missing
    state = await _state(transaction, months.keys.account_id)
    built: dict[date, Digest] = {}
    for run in _runs(missing):
        rows = await store.load_days(
            transaction, months.keys.account_id, None, run[0], last_day(run[-1])
        )
        here = _by_month(StoredEntry.opened_each(months.keys, rows))
        built.update((month, Digest.of(each.headline() for each in here[month])) for month in run)
    # At the end: work that is cut off, and run again elsewhere, has done nothing.
    months.settled = state == (months.epoch, months.head)
    months.digests.update(built)
    months.stale.update(built)


def _runs(months: Sequence[date]) -> Iterator[list[date]]:
    """Months that follow one another, together."""
    run: list[date] = []
    for month in months:
        if run and months_between(run[-1], month) != [run[-1], month]:
            yield run
            run = []
        run.append(month)
    if run:
        yield run


def _row(months: _Months, month: date) -> dict[str, object]:
    account_id, keys = months.keys.account_id, months.keys
    place = _place(account_id, month, months.head)
    return {
        "account_id": account_id,
        "month": month,
        "version": VERSION,
        "epoch": months.epoch,
        "revision": months.head,
        "sealed": keys.seal(place, months.digests[month].text()),
    }


def _place(account_id: UUID, month: date, revision: int) -> Place:
    return Place("digest", "headlines", account_id, str(month), revision)


def _within(months: _Months, scope: Scope, first: date, last: date) -> list[Headline]:
    """Of the digests, what the scope and the dates leave."""
    found: list[Headline] = []
    kinds = sorted(scope.kinds)
    for month in months.asked:
        here: Iterable[Headline] = months.digests[month].headlines(kinds)
        if month < first or last_day(month) > last:
            here = (each for each in here if first <= each.local_date <= last)
        found += here
    return found

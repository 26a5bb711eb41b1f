"""The months somebody asks for, as digests or as day tables, in step with the journal.

Either says at which revision it stood. Whoever reads it looks at what changed since then, which is
little. A day table is taken as it is if nothing changed in its month; else the digest is read, and
brought up to date in passing.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from app.database import Row, Transaction
from app.journal import store, store_digests
from app.journal.digests import VERSION, Digest, last_day, month_of, months_between
from app.journal.kinds import Headline
from app.journal.stored import StoredEntry
from app.journal.tabulation import Tabulation
from app.vault import PatientKeys, Place

MOST_BEHIND = 200
"""A digest that is further behind is built anew."""

WORTH_KEEPING = 50
"""So many revisions behind, a digest is written again, and its day table is read no more."""

MANY_CHANGES = 16
"""So many of them in its own month, each of which is opened at every look, do that as well."""

DIGEST, DAY_TABLE = ("digest", "headlines"), ("day_table", "days")
"""Record and field of what is sealed."""

Changed = Mapping[date, Sequence[Row]]
Kept = Mapping[str, object]


@dataclass(slots=True)
class Months:
    """The asked months as they are found: some digests, some day tables, some missing."""

    keys: PatientKeys
    epoch: int
    head: int
    asked: list[date]
    digests: dict[date, Digest] = field(default_factory=dict)
    tables: dict[date, bytes] = field(default_factory=dict)
    stale: set[date] = field(default_factory=set)
    settled: bool = True
    """Whether all of it stood at the head or later."""

    @property
    def missing(self) -> list[date]:
        """Months of which nothing is there, in order."""
        return [m for m in self.asked if m not in self.digests and m not in self.tables]


async def load_digests(transaction: Transaction, months: Months) -> None:
    """The digests of the asked months that have no table in `months`, brought to the head."""
    wanted = months.missing
    if not wanted:
        return
    found = await store_digests.load_digests(
        transaction, months.keys.account_id, wanted[0], wanted[-1], VERSION, months.epoch
    )
    wanted_ones = set(wanted)
    rows = _usable(months, (row for row in found if row[0] in wanted_ones), MOST_BEHIND)
    changed = await _changed(transaction, months, rows)
    for (month, revision, _), text in zip(rows, _opened(months, DIGEST, rows), strict=True):
        here = _after(changed, month, revision)
        entries = StoredEntry.opened_each(months.keys, here)
        months.digests[month] = Digest.read(text).after([entry.headline() for entry in entries])
        if len(here) > MANY_CHANGES or months.head - revision > WORTH_KEEPING:
            months.stale.add(month)


async def load_tables(transaction: Transaction, months: Months, version: int) -> None:
    """The day tables of the months in which nothing has changed, and the digests of the others."""
    found = await store_digests.load_day_tables(
        transaction,
        months.keys.account_id,
        months.asked[0],
        months.asked[-1],
        version,
        months.epoch,
    )
    rows = _usable(months, found, WORTH_KEEPING)
    months.stale.update(set(months.asked) - {month for month, _, _ in rows})
    changed = await _last_changes(transaction, months, rows)
    rows = [row for row in rows if changed.get(row[0], 0) <= row[1]]
    texts = _opened(months, DAY_TABLE, rows)
    months.tables.update((row[0], text) for row, text in zip(rows, texts, strict=True))
    await load_digests(transaction, months)


async def build(transaction: Transaction, months: Months, state: tuple[int, int]) -> None:
    """Make the missing digests from the entries of their months; `state` is that of the read."""
    missing = months.missing
    built: dict[date, Digest] = {}
    for run in _runs(missing):
        rows = await store.load_days(
            transaction, months.keys.account_id, None, run[0], last_day(run[-1])
        )
        here: dict[date, list[Headline]] = defaultdict(list)
        for entry in StoredEntry.opened_each(months.keys, rows):
            here[month_of(entry.day)].append(entry.headline())
        built.update((month, Digest.of(here[month])) for month in run)
    # At the end: work that is cut off, and run again elsewhere, has done nothing.
    months.settled = state == (months.epoch, months.head)
    months.digests.update(built)
    months.stale.update(built)


def stale_rows(months: Months, tabulation: Tabulation) -> tuple[list[Kept], list[Kept]]:
    """What is to be written of the stale months: their digests, and their day tables."""
    digests, tables = [], []
    for month in sorted(months.stale):
        digest = months.digests[month]
        digests.append(_row(months, DIGEST, month, VERSION, digest.text()))
        text = tabulation.text_of(digest.headlines())
        tables.append(_row(months, DAY_TABLE, month, tabulation.version, text))
    return digests, tables


def _usable(months: Months, rows: Iterable[Row], most_behind: int) -> list[Row]:
    return [row for row in rows if months.head - row[1] <= most_behind]


async def _changed(transaction: Transaction, months: Months, rows: Sequence[Row]) -> Changed:
    """By the month they lie in, the entries that changed since the first of `rows` stood."""
    since = _first_of(months, rows)
    changed: dict[date, list[Row]] = defaultdict(list)
    if since < months.head:
        account_id = months.keys.account_id
        for row in await store_digests.load_changed(transaction, account_id, since, months.head):
            if row[-1] is not None:
                changed[month_of(row[-1])].append(row)
    return changed


async def _last_changes(
    transaction: Transaction, months: Months, rows: Sequence[Row]
) -> dict[date, int]:
    """By the month, the last revision at which one of its entries changed since then."""
    since = _first_of(months, rows)
    last: dict[date, int] = {}
    if since < months.head:
        account_id = months.keys.account_id
        for day, revision in await store_digests.load_changed_days(
            transaction, account_id, since, months.head
        ):
            if day is not None:
                month = month_of(day)
                last[month] = max(revision, last.get(month, 0))
    return last


def _first_of(months: Months, rows: Sequence[Row]) -> int:
    """The revision at which the first of `rows` stood."""
    return min((row[1] for row in rows), default=months.head)


def _after(changed: Changed, month: date, revision: int) -> list[Row]:
    return [row for row in changed.get(month, ()) if row[1] > revision]


def _opened(months: Months, column: tuple[str, str], rows: Sequence[Row]) -> list[bytes]:
    boxes = [(str(month).encode(), revision, bytes(sealed)) for month, revision, sealed in rows]
    return months.keys.open_each(column, boxes)


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


def _row(months: Months, column: tuple[str, str], month: date, version: int, text: bytes) -> Kept:
    account_id = months.keys.account_id
    place = Place(*column, account_id, str(month), months.head)
    return {
        "account_id": account_id,
        "month": month,
        "version": version,
        "epoch": months.epoch,
        "revision": months.head,
        "sealed": months.keys.seal(place, text),
    }

"""The months somebody asks for, as digests or as day tables, in step with the journal.

Either says at which revision it stood. Whoever reads it looks at what changed since then, which is
little. A day table is taken as it is if nothing changed in its month; else the digest is read, and
brought up to date in passing.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date

from app.database import Row, Transaction
from app.journal import store, store_digests
from app.journal.digests import VERSION, Digest, last_day, month_of, months_between
from app.journal.kinds import Headline
from app.journal.opening import opened, require_all
from app.journal.store_digests import Asked
from app.journal.tabulation import Tabulation
from app.vault import PatientKeys, Place, SealBroken

MOST_BEHIND = 200
"""A digest that is further behind is built anew."""

WORTH_KEEPING = 50
"""So many revisions behind, a digest is written again, and its day table is read no more."""

MANY_CHANGES = 16
"""So many of them in its own month, each of which is opened at every look, do that as well."""

DIGEST, DAY_TABLE = ("digest", "headlines"), ("day_table", "days")
"""Record and field of what is sealed."""

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

    def kept(self, first: date, last: date, version: int, most_behind: int) -> Asked:
        """To ask for the months `first` … `last` that are not too far behind the head."""
        return Asked(first, last, version, self.epoch, self.head - most_behind, self.head)


async def load_digests(transaction: Transaction, months: Months) -> None:
    """The digests of the asked months that have no table in `months`, brought to the head."""
    wanted = months.missing
    if not wanted:
        return
    found, entries = await store_digests.load_digests(
        transaction,
        months.keys.account_id,
        months.kept(wanted[0], wanted[-1], VERSION, MOST_BEHIND),
    )
    wanted_ones = set(wanted)
    rows = [row for row in found if row[0] in wanted_ones]
    changed: dict[date, list[Row]] = defaultdict(list)
    for row in entries:
        changed[month_of(row[-1])].append(row)
    for (month, revision, _), text in zip(rows, _opened(months, DIGEST, rows), strict=True):
        here = [row for row in changed.get(month, ()) if row[1] > revision]
        found_here, closed = await opened(transaction, months.keys, here)
        if text is None or closed:  # it is built anew
            continue
        headlines = [entry.headline() for entry in found_here]
        months.digests[month] = Digest.read(text).after(headlines)
        if len(here) > MANY_CHANGES or months.head - revision > WORTH_KEEPING:
            months.stale.add(month)


async def load_tables(transaction: Transaction, months: Months, version: int) -> None:
    """The day tables of the months in which nothing has changed, and the digests of the others."""
    found, changes = await store_digests.load_day_tables(
        transaction,
        months.keys.account_id,
        months.kept(months.asked[0], months.asked[-1], version, WORTH_KEEPING),
    )
    months.stale.update(set(months.asked) - {month for month, _, _ in found})
    changed: dict[date, int] = {}
    for day, revision in changes:
        month = month_of(day)
        changed[month] = max(revision, changed.get(month, 0))
    rows = [row for row in found if changed.get(row[0], 0) <= row[1]]
    for row, text in zip(rows, _opened(months, DAY_TABLE, rows), strict=True):
        if text is None:
            months.stale.add(row[0])
        else:
            months.tables[row[0]] = text
    await load_digests(transaction, months)


async def build(
    transaction: Transaction, months: Months, state: tuple[int, int], kinds: Set[str]
) -> None:
    """Make the missing digests from the entries of their months; `state` is that of the read.

    Raises EntryUnreadable where one of these `kinds` does not open. One of another kind is left out
    of its digest, which is then for this reader alone.
    """
    missing = months.missing
    built: dict[date, Digest] = {}
    not_whole: set[date] = set()
    for run in _runs(missing):
        rows = await store.load_days(
            transaction, months.keys.account_id, None, run[0], last_day(run[-1])
        )
        here: dict[date, list[Headline]] = defaultdict(list)
        entries, closed = await opened(transaction, months.keys, rows)
        require_all(kinds, closed)
        if closed:
            not_whole.update(run)
        for entry in entries:
            here[month_of(entry.day)].append(entry.headline())
        built.update((month, Digest.of(here[month])) for month in run)
    # At the end: work that is cut off, and run again elsewhere, has done nothing.
    months.settled = state == (months.epoch, months.head)
    months.digests.update(built)
    months.stale.update(built)
    months.stale -= not_whole


def stale_rows(months: Months, tabulation: Tabulation) -> tuple[list[Kept], list[Kept]]:
    """What is to be written of the stale months: their digests, and their day tables."""
    digests, tables = [], []
    for month in sorted(months.stale):
        digest = months.digests[month]
        digests.append(_row(months, DIGEST, month, VERSION, digest.text()))
        text = tabulation.text_of(digest.headlines())
        tables.append(_row(months, DAY_TABLE, month, tabulation.version, text))
    return digests, tables


def _opened(months: Months, column: tuple[str, str], rows: Sequence[Row]) -> Sequence[bytes | None]:
    """Each text; None of a cache that does not open, which is then as none."""
    boxes = [(str(month).encode(), revision, bytes(sealed)) for month, revision, sealed in rows]
    try:
        return months.keys.open_each(column, boxes)
    except SealBroken:
        return [_text(months.keys, column, box) for box in boxes]


def _text(
    keys: PatientKeys, column: tuple[str, str], box: tuple[bytes, int, bytes]
) -> bytes | None:
    try:
        return keys.open_each(column, [box])[0]
    except SealBroken:  # the vault has told it
        return None


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

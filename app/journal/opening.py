"""Opening entries, some of which may be broken: from their copy, or else left closed and told.

The history holds the newest version too, the same bytes sealed for the same place. What was spoilt
in one of the two rows is read from the other, and is as good: a seal opens whole or not at all. No
replica is asked for the history, so where one has a broken row the primary tells.
"""

from collections.abc import Mapping, Sequence, Set
from uuid import UUID

from app.database import Row, Transaction, id_from
from app.journal.readable import texts_of
from app.journal.store_copies import load_copies
from app.journal.stored import StoredEntry, holds_entry, is_tombstone
from app.vault import PatientKeys, SealBroken
from app.web.problems import Refusal


class EntryUnreadable(Refusal):
    """What is stored of an entry does not open, and neither does its copy."""

    status = 500
    code = "entry_unreadable"
    title = "What is stored of an entry here does not open"


async def opened(
    transaction: Transaction, keys: PatientKeys, rows: Sequence[Row]
) -> tuple[list[StoredEntry], list[Row]]:
    """The entries of rows of the entry's columns, and the rows of which nothing opens."""
    try:
        return StoredEntry.opened_each(keys, rows), []
    except SealBroken:
        sound = await _sound(transaction, keys, rows)
    entries = StoredEntry.opened_each(keys, [row for row in sound if row is not None])
    return entries, [row for row, found in zip(rows, sound, strict=True) if found is None]


def require_all(kinds: Set[str], closed: Sequence[Row]) -> None:
    """Raises EntryUnreadable where a closed row, which tells its kind last, is of these kinds."""
    if any(row[-1] in kinds for row in closed):
        raise EntryUnreadable


async def shown(
    transaction: Transaction, keys: PatientKeys, rows: Sequence[Row]
) -> Sequence[bytes | None]:
    """As `texts_of`; None in the place of an entry of which nothing opens."""
    try:
        return texts_of(keys, rows)
    except SealBroken:
        sound = await _sound(transaction, keys, rows)
    texts = iter(texts_of(keys, [row for row in sound if row is not None]))
    return [None if row is None else next(texts) for row in sound]


def told_unreadable(entry_id: bytes, revision: int) -> bytes:
    """The `UnreadableEntry` of an entry or a version; the id is a text."""
    return b'{"id":"%b","revision":%d}' % (entry_id, revision)


def unreadable_member(told: Sequence[bytes]) -> bytes:
    """The last member of a page that lacks entries; nothing where it lacks none."""
    return b',"unreadable":[%b]' % b",".join(told) if told else b""


async def _sound(
    transaction: Transaction, keys: PatientKeys, rows: Sequence[Row]
) -> list[Row | None]:
    """Each row, with its copy's bytes where its own do not open; None where neither do."""
    opening = [_opens(keys, row, row[4]) for row in rows]
    broken = [row for row, opens in zip(rows, opening, strict=True) if not opens]
    if not broken:
        return [*rows]
    ids, least = sorted({_id(row) for row in broken}), min(row[1] for row in broken)
    copies = await load_copies(transaction, keys.account_id, ids, least)
    return [
        row if opens else _mended(keys, row, copies)
        for row, opens in zip(rows, opening, strict=True)
    ]


def _mended(keys: PatientKeys, row: Row, copies: Mapping[tuple[UUID, int], bytes]) -> Row | None:
    copy = copies.get((_id(row), row[1]))
    return (*row[:4], copy, *row[5:]) if _opens(keys, row, copy) else None


def _opens(keys: PatientKeys, row: Row, sealed: bytes | None) -> bool:
    return is_tombstone(row) or holds_entry(keys, _id(row), row[1], sealed)


def _id(row: Row) -> UUID:
    """A row that is to be shown has the text of its id."""
    entry_id: bytes | UUID = row[0]
    return id_from(entry_id.decode()) if isinstance(entry_id, bytes) else entry_id

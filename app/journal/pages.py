"""What a page of a list or of a history holds: ready JSON, and what of it does not open."""

from collections.abc import Sequence
from typing import NamedTuple

from app.database import Row, id_from, instant_from, instant_text
from app.journal.opening import told_unreadable
from app.journal.store_pages import ListPlace
from app.journal.stored import StoredEntry
from app.vault import PatientKeys, SealBroken


class Page(NamedTuple):
    """Ready JSON of each entry, and where the next page begins (None at the end).

    `unreadable` is ready JSON of each entry that belongs here and does not open.
    """

    items: list[bytes]
    next_place: ListPlace | None
    unreadable: list[bytes]


class HistoryPage(NamedTuple):
    """Ready JSON of each superseded version, and the revision the next page begins below.

    `unreadable` is ready JSON of each version that does not open.
    """

    items: list[bytes]
    next_below: int | None
    unreadable: list[bytes]


def page_of(rows: Sequence[Row], texts: Sequence[bytes | None], *, has_more: bool) -> Page:
    """The page of rows that are shown, and the text of each, None where it does not open.

    What stands in a list has a time, so that it is no tombstone: emptied, it is broken too.
    """
    items = [text for text in texts if text]
    return Page(items, place_of(rows[-1]) if has_more else None, unreadable_in(rows, texts))


def history_page(
    keys: PatientKeys, entry: StoredEntry, rows: Sequence[Row], most: int
) -> HistoryPage:
    """The page of at most so many versions of an entry, from rows of one more where there is."""
    page = HistoryPage([], rows[most - 1][0] if len(rows) > most else None, [])
    for revision, device_id, sealed, at in rows[:most]:
        try:
            past = StoredEntry.version(keys, entry, revision, bytes(sealed or b""), at)
            page.items.append(_past(past, device_id))
        except SealBroken:  # the vault has told it
            page.unreadable.append(told_unreadable(str(entry.id).encode(), revision))
    return page


def place_of(row: Row) -> ListPlace:
    """Where a row that is shown stands in a list."""
    return ListPlace(occurred_at=instant_from(row[7]), entry_id=id_from(row[0].decode()))


def unreadable_in(rows: Sequence[Row], texts: Sequence[bytes | None]) -> list[bytes]:
    """What is told of the rows that have no text."""
    closed = [row for row, text in zip(rows, texts, strict=True) if not text]
    return [told_unreadable(row[0], row[1]) for row in closed]


def _past(version: StoredEntry, device_id: str | None) -> bytes:
    device = b'"device_id":"%b",' % device_id.encode() if device_id else b""
    recorded = instant_text(version.updated_at)
    return b'{"revision":%d,"recorded_at":"%b",%b"entry":%b}' % (
        version.revision,
        recorded,
        device,
        version.json(),
    )

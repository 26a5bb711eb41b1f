"""Entries as clients read them, straight from their rows: no date and no model is made of them."""

from collections.abc import Sequence
from datetime import datetime

from app.database import Row, id_from
from app.journal.stored import (
    COLUMN,
    NEWEST_CONTENT,
    VERSION_BYTES,
    StoredEntry,
    is_tombstone,
    text_of,
)
from app.vault import PatientKeys

NEWEST = NEWEST_CONTENT.to_bytes(VERSION_BYTES, "big")


def texts_of(keys: PatientKeys, rows: Sequence[Row]) -> list[bytes]:
    """The JSON of each row's entry, empty for a tombstone. Raises SealBroken.

    Rows begin with the columns that are shown. The sealed texts are completed and never parsed.
    """
    boxes = [
        (row[0], row[1], bytes(row[4] or b"")) for row in rows if not row[2] or row[4] is not None
    ]
    opened = iter(keys.open_each(COLUMN, boxes))
    texts = []
    for row in rows:
        if row[2] and row[4] is None:
            texts.append(b"")
            continue
        framed = next(opened)
        text = framed[VERSION_BYTES:-1] if framed.startswith(NEWEST) else text_of(framed)[:-1]
        _, revision, _, _, _, created_at, updated_at = row[:7]
        ends = (text, revision, created_at, updated_at)
        texts.append(b'%b,"revision":%d,"created_at":"%b","updated_at":"%b"}' % ends)
    return texts


def overtaken_in(rows: Sequence[Row], device_id: str | None) -> list[StoredEntry]:
    """The live entries that another device than this one wrote last, without their content."""
    return [
        _without_content(row)
        for row in rows
        if device_id is not None and not is_tombstone(row) and row[3] != device_id
    ]


def _without_content(row: Row) -> StoredEntry:
    entry_id, revision, _, _, _, created_at, updated_at = row
    made, changed = (datetime.fromisoformat(at.decode()) for at in (created_at, updated_at))
    return StoredEntry(id_from(entry_id.decode()), revision, made, changed)

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
    live = [row for row in rows if not row[2] or row[4] is not None]
    framed = keys.open_each(COLUMN, [(row[0], row[1], bytes(row[4] or b"")) for row in live])
    texts = [
        b'%b,"revision":%d,"created_at":"%b","updated_at":"%b"}'
        % (
            text[VERSION_BYTES:-1] if text.startswith(NEWEST) else text_of(text)[:-1],
            row[1],
            row[5],
            row[6],
        )
        for row, text in zip(live, framed, strict=True)
    ]
    if len(live) == len(rows):
        return texts
    told = iter(texts)
    return [b"" if is_tombstone(row) else next(told) for row in rows]


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

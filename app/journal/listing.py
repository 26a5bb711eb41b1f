"""What a list of entries or versions asks for, read from its query."""

from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import Query

from app.faults import Fault
from app.journal.kinds.content import MOST_REVISION
from app.journal.schemas import EntryKind
from app.journal.store_pages import ListFilter, ListPlace
from app.web.days import FirstDay, LastDay, check_days
from app.web.paging import PageCursor, decode_cursor, encode_cursor
from app.web.problems import InvalidRequest


async def list_filter(
    kind: Annotated[
        list[EntryKind] | None,
        Query(max_length=6, description="Kinds to list, repeated for more than one; all without."),
    ] = None,
    first: FirstDay = None,
    last: LastDay = None,
    cursor: PageCursor = None,
) -> ListFilter:
    """What a list asks for. Raises InvalidRequest for a reversed range or a foreign cursor."""
    check_days(first, last)
    return ListFilter(frozenset(kind) if kind else None, first, last, _place(cursor))


def _place(cursor: str | None) -> ListPlace | None:
    """Where the page before ended. Raises InvalidRequest for a cursor of another list."""
    if cursor is None:
        return None
    written, entry_id = decode_cursor(cursor, str, str)
    try:
        minute = datetime.fromisoformat(str(written))
        place = ListPlace(minute, UUID(str(entry_id)))
    except ValueError:
        raise _foreign() from None
    if minute.utcoffset() != timedelta(0):
        raise _foreign()
    return place


def cursor_after(place: ListPlace) -> str:
    """The cursor of a page that begins there."""
    return encode_cursor(place.occurred_at.isoformat(), str(place.entry_id))


def history_place(cursor: str | None) -> int | None:
    """The revision below which a page of versions begins. Raises InvalidRequest as a list does."""
    if cursor is None:
        return None
    below = int(decode_cursor(cursor, int)[0])
    if not 0 < below <= MOST_REVISION:
        raise _foreign()
    return below


def _foreign() -> InvalidRequest:
    wrong = Fault("bad_cursor", "This is not a cursor of this list.", parameter="cursor")
    return InvalidRequest(faults=[wrong])

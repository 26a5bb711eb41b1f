"""What a list of entries asks for, read from its query."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query

from app.faults import Fault
from app.journal.schemas import EntryKind
from app.journal.store_pages import ListFilter, ListPlace
from app.web.days import FirstDay, LastDay, check_days
from app.web.paging import PageCursor, decode_cursor
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
    minute, entry_id = decode_cursor(cursor, str, str)
    try:
        return ListPlace(datetime.fromisoformat(str(minute)), UUID(str(entry_id)))
    except ValueError:
        wrong = Fault("bad_cursor", "This is not a cursor of this list.", parameter="cursor")
        raise InvalidRequest(faults=[wrong]) from None

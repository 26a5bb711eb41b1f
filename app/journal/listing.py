"""What a list of entries or versions asks for, read from its query."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import BeforeValidator

from app.journal.kinds.content import MOST_REVISION
from app.journal.schemas import EntryKind
from app.journal.store_pages import ListFilter, ListPlace
from app.web.days import FirstDay, LastDay, check_days
from app.web.paging import PageCursor, decode_cursor, decode_place, foreign_cursor
from app.web.routing import written_id

OfSession = Annotated[
    UUID | None,
    BeforeValidator(written_id),
    Query(description="Only entries that name this treatment session."),
]


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
    after = None if cursor is None else ListPlace(*decode_place(cursor))
    return ListFilter(frozenset(kind) if kind else None, first, last, after)


def history_place(cursor: str | None) -> int | None:
    """The revision below which a page of versions begins. Raises InvalidRequest as a list does."""
    if cursor is None:
        return None
    below = int(decode_cursor(cursor, int)[0])
    if not 0 < below <= MOST_REVISION:
        raise foreign_cursor()
    return below

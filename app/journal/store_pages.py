"""The statements of a list: keyset pages, newest entry first."""

from datetime import date, datetime
from functools import cache
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Select, and_, bindparam, or_, select, type_coerce

from app.database import DriversInstant, Row, Transaction
from app.journal.store import ENTRY, OF_ACCOUNT, SHOWN_COLUMNS


class ListPlace(NamedTuple):
    """Where a page of a list ended: the minute and the id of its last entry."""

    occurred_at: datetime
    entry_id: UUID


class ListFilter(NamedTuple):
    """What a list asks for; None leaves a side open."""

    kinds: frozenset[str] | None
    first: date | None
    last: date | None
    after: ListPlace | None


async def load_page(
    transaction: Transaction, account_id: UUID, wanted: ListFilter, most: int
) -> list[Row]:
    """Live entries, newest minute first, ids descending within a minute.

    Each row is the columns that are shown of an entry and, last, the minute it is ordered by, as
    the driver gives it.
    """
    kinds = tuple(sorted(wanted.kinds)) if wanted.kinds is not None else None
    given = frozenset(
        name for name in ("first", "last", "after") if getattr(wanted, name) is not None
    )
    statement = page_statement(kinds, given)
    bound: dict[str, object] = {
        "account": account_id,
        "first": wanted.first,
        "last": wanted.last,
        "most": most,
    }
    if wanted.after:
        bound |= {"minute": wanted.after.occurred_at, "entry": wanted.after.entry_id}
    return await transaction.fetch(statement, bound)


@cache
def page_statement(
    kinds: tuple[str, ...] | None, given: frozenset[str]
) -> Select[tuple[object, ...]]:
    """One statement for each shape of a list; there are few, so all stay compiled."""
    at = type_coerce(ENTRY.c.occurred_at, DriversInstant())
    statement = select(*SHOWN_COLUMNS, at).where(OF_ACCOUNT, ENTRY.c.occurred_at.is_not(None))
    if kinds is not None:
        statement = statement.where(or_(*(ENTRY.c.kind == kind for kind in kinds)))
    if "first" in given:
        statement = statement.where(ENTRY.c.local_date >= bindparam("first"))
    if "last" in given:
        statement = statement.where(ENTRY.c.local_date <= bindparam("last"))
    if "after" in given:
        minute = bindparam("minute", type_=ENTRY.c.occurred_at.type)
        earlier = ENTRY.c.occurred_at < minute
        same = and_(ENTRY.c.occurred_at == minute, ENTRY.c.id < bindparam("entry"))
        statement = statement.where(ENTRY.c.occurred_at <= minute, or_(earlier, same))
    order = (ENTRY.c.occurred_at.desc(), ENTRY.c.id.desc())
    return statement.order_by(*order).limit(bindparam("most"))

"""Reading chains from end to end, whoever's they are, and the heads of all for the daily root."""

from typing import NamedTuple
from uuid import UUID

from sqlalchemy import BindParameter, bindparam, select, tuple_

from app.audit.chain import Link
from app.audit.tables import AuditEventRow, AuditHead
from app.database import Lookup, Transaction, table_of

HEAD = table_of(AuditHead)
EVENT = table_of(AuditEventRow)
PLACE = (
    bindparam("account", type_=EVENT.c.account_id.type),
    bindparam("seq", type_=EVENT.c.seq.type),
)
MOST: BindParameter[int] = bindparam("most")
HEADS = (
    select(HEAD.c.account_id, HEAD.c.seq, HEAD.c.hash, HEAD.c.closed)
    .where(
        tuple_(HEAD.c.account_id, HEAD.c.seq) > tuple_(*PLACE),
        HEAD.c.account_id <= bindparam("last"),
    )
    .order_by(HEAD.c.account_id, HEAD.c.seq)
    .limit(MOST)
)
LINKS = (
    select(*(EVENT.c[name] for name in (*Link._fields, "hash")))
    .where(
        tuple_(EVENT.c.account_id, EVENT.c.seq) > tuple_(*PLACE),
        EVENT.c.account_id <= bindparam("last"),
    )
    .order_by(EVENT.c.account_id, EVENT.c.seq)
    .limit(MOST)
)
HEADS_AFTER = Lookup(
    "lookup_audit_heads",
    select(HEAD.c.account_id, HEAD.c.seq, HEAD.c.hash)
    .where(HEAD.c.account_id > bindparam("after", type_=HEAD.c.account_id.type))
    .order_by(HEAD.c.account_id)
    .limit(MOST),
    ["after", "most"],
)


class StoredLink(NamedTuple):
    """An event and the hash that is kept with it."""

    link: Link
    hash: bytes


class Head(NamedTuple):
    """Where a chain ends."""

    account_id: UUID
    seq: int
    hash: bytes


async def load_heads(
    transaction: Transaction, after: tuple[UUID, int], last: UUID, most: int
) -> list[tuple[Head, bool]]:
    """The next heads after a place, up to an account, and whether each is closed."""
    rows = await transaction.fetch(HEADS, _bound(after, last, most))
    return [(Head(row[0], row[1], bytes(row[2])), bool(row[3])) for row in rows]


async def load_links(
    transaction: Transaction, after: tuple[UUID, int], last: UUID, most: int
) -> list[StoredLink]:
    """The next events after a place, up to an account, in the order of accounts and chains."""
    rows = await transaction.fetch(LINKS, _bound(after, last, most))
    return [StoredLink(Link._make(row[:-1]), bytes(row[-1])) for row in rows]


async def heads_after(transaction: Transaction, after: UUID, most: int) -> list[Head]:
    """The next heads, by account."""
    rows = await transaction.fetch(HEADS_AFTER, {"after": after, "most": most})
    return [Head(row[0], int(row[1]), bytes(row[2])) for row in rows]


def _bound(after: tuple[UUID, int], last: UUID, most: int) -> dict[str, object]:
    return {"account": after[0], "seq": after[1], "last": last, "most": most}

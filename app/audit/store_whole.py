"""Reading chains from end to end, whoever's they are, and the heads of all for the daily root.

SQLite keeps values of any type in any column, so whoever has the disk can write what cannot be read
as what it should be. A page that holds such a value is read again as it lies there: the value makes
a broken event, or a broken head, of its row alone.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    Boolean,
    Column,
    ColumnElement,
    Integer,
    LargeBinary,
    Select,
    bindparam,
    case,
    cast,
    literal,
    select,
    tuple_,
    type_coerce,
)
from sqlalchemy import func as sql
from sqlalchemy.types import NullType

from app.audit.chain import Link
from app.audit.tables import AuditEventRow, AuditHead
from app.database import FINAL_ID, UNREADABLE, Lookup, Row, Transaction, table_of

HEAD = table_of(AuditHead)
EVENT = table_of(AuditEventRow)
PLACE = (
    bindparam("account", type_=EVENT.c.account_id.type),
    bindparam("seq", type_=EVENT.c.seq.type),
)
MOST: BindParameter[int] = bindparam("most")
ID_DIGITS = 32
AFTER_ALL = 2**63 - 1
HEAD_COLUMNS = (HEAD.c.account_id, HEAD.c.seq, HEAD.c.hash, HEAD.c.closed)
LINK_COLUMNS = tuple(EVENT.c[name] for name in (*Link._fields, "hash"))
HEADS = (
    select(*HEAD_COLUMNS)
    .where(
        tuple_(HEAD.c.account_id, HEAD.c.seq) > tuple_(*PLACE),
        HEAD.c.account_id <= bindparam("last"),
    )
    .order_by(HEAD.c.account_id, HEAD.c.seq)
    .limit(MOST)
)
LINKS = (
    select(*LINK_COLUMNS)
    .where(
        tuple_(EVENT.c.account_id, EVENT.c.seq) > tuple_(*PLACE),
        EVENT.c.account_id <= bindparam("last"),
    )
    .order_by(EVENT.c.account_id, EVENT.c.seq)
    .limit(MOST)
)


def _lying(of: Column[Any]) -> ColumnElement[Any]:
    """A value of SQLite that the driver can hand over: text as its bytes, else nothing for it."""
    value: Any = type_coerce(of, NullType())
    kind = sql.typeof(value)
    octets = type_coerce(cast(value, LargeBinary), NullType())
    if isinstance(of.type, LargeBinary):
        return case((kind == literal("blob"), value))
    if isinstance(of.type, Integer | Boolean):
        return case((kind.in_([literal("integer"), literal("real")]), value), else_=octets)
    return case((kind == literal("text"), octets))


def _as_it_lies(
    typed: Select[Any], account: Column[UUID], columns: Sequence[Column[Any]]
) -> Select[Any]:
    """The same rows of SQLite, each value as it is there; of accounts that can be read."""
    # The columns are those of the table, whose number no type knows.
    raw: Any = [_lying(each).label(each.name) for each in columns]
    told = type_coerce(account, NullType())
    lying: Any = typed.with_only_columns(*raw)
    found: Select[Any] = lying.where(
        sql.typeof(told) == literal("text"),
        sql.length(told) == literal(ID_DIGITS),
        told.op("NOT GLOB")(literal("*[^0-9a-f]*")),
    )
    return found


RAW_HEADS = _as_it_lies(HEADS, HEAD.c.account_id, HEAD_COLUMNS)
RAW_LINKS = _as_it_lies(LINKS, EVENT.c.account_id, LINK_COLUMNS)
HEADS_AFTER = Lookup(
    "lookup_audit_heads",
    select(HEAD.c.account_id, HEAD.c.seq, HEAD.c.hash)
    .where(HEAD.c.account_id > bindparam("after", type_=HEAD.c.account_id.type))
    .order_by(HEAD.c.account_id)
    .limit(MOST),
    ["after", "most"],
)

TEXTS = (
    *("at", "actor_kind", "actor_id", "action", "object_kind", "object_id"),
    *("request_id", "outcome"),
)
BROKEN = b""
"""In place of a hash, where a row cannot be read: it fits nothing."""


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
    bound = _bound(after, last, most)
    try:
        return [_head(row) for row in await transaction.fetch(HEADS, bound)]
    except UNREADABLE:
        return [_head_as_it_lies(row) for row in await transaction.fetch(RAW_HEADS, bound)]


async def load_links(
    transaction: Transaction, after: tuple[UUID, int], last: UUID, most: int
) -> list[StoredLink]:
    """The next events after a place, up to an account, in the order of accounts and chains."""
    bound = _bound(after, last, most)
    try:
        return [_link(row) for row in await transaction.fetch(LINKS, bound)]
    except UNREADABLE:
        return [_link_as_it_lies(row) for row in await transaction.fetch(RAW_LINKS, bound)]


async def heads_after(transaction: Transaction, after: UUID, most: int) -> list[Head]:
    """The next heads, by account. One that cannot be read has no hash, and 0 for such a number."""
    bound = {"after": after, "most": most}
    try:
        return [_head((*row, False))[0] for row in await transaction.fetch(HEADS_AFTER, bound)]
    except UNREADABLE:
        bound = _bound((after, AFTER_ALL), FINAL_ID, most)
        heads = [_head_as_it_lies(row)[0] for row in await transaction.fetch(RAW_HEADS, bound)]
        return [each._replace(seq=_number_or_0(each.seq)) for each in heads]


def _bound(after: tuple[UUID, int], last: UUID, most: int) -> dict[str, object]:
    return {"account": after[0], "seq": after[1], "last": last, "most": most}


def _link(row: Row) -> StoredLink:
    return StoredLink(Link._make(row[:-1]), _bytes(row[-1]))


def _head(row: Row) -> tuple[Head, bool]:
    return Head(row[0], _number(row[1]), _bytes(row[2])), bool(row[3])


def _link_as_it_lies(raw: Row) -> StoredLink:
    """The event, or a broken one in its place."""
    row = dict(zip((each.name for each in LINK_COLUMNS), raw, strict=True))
    row["account_id"] = _id(row["account_id"])
    try:
        row |= {name: row[name].decode() for name in TEXTS}
        row["at"] = datetime.fromisoformat(row["at"] + "+00:00")
        return _link(tuple(row.values()))
    except UNREADABLE:
        row["prev"] = row["hash"] = BROKEN
        return _link(tuple(row.values()))


def _head_as_it_lies(raw: Row) -> tuple[Head, bool]:
    """The head, or a broken one in its place."""
    account_id, seq, found, closed = raw
    try:
        return _head((_id(account_id), seq, found, {0: False, 1: True}[closed]))
    except (*UNREADABLE, KeyError):
        return Head(_id(account_id), seq, BROKEN), False


def _id(digits: bytes) -> UUID:
    return UUID(digits.decode())


def _bytes(value: object) -> bytes:
    if not isinstance(value, bytes):
        raise TypeError("not bytes")
    return value


def _number(value: object) -> int:
    if not isinstance(value, int):
        raise TypeError("not a number")
    return value


def _number_or_0(value: object) -> int:
    return value if isinstance(value, int) else 0

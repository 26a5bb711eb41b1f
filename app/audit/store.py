"""Appending to chains, and the lease of the daily root."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, insert, or_, select, update

from app.audit.tables import AuditEventRow, AuditHead, LeaseRow
from app.database import Row, Transaction, per_engine, table_of

HEAD = table_of(AuditHead)
EVENT = table_of(AuditEventRow)
LEASE = table_of(LeaseRow)
BEGIN = insert(HEAD)
LOCK = (
    update(HEAD)
    .where(HEAD.c.account_id == bindparam("account"))
    .values(seq=HEAD.c.seq)
    .returning(HEAD.c.seq, HEAD.c.hash, HEAD.c.closed)
)
CLOSED = select(HEAD.c.closed).where(HEAD.c.account_id == bindparam("account"))
NEWEST = select(HEAD.c.hash, HEAD.c.closed).where(HEAD.c.account_id == bindparam("account"))
NEWEST_EVENT = (
    select(EVENT.c.seq, EVENT.c.hash, EVENT.c.action)
    .where(EVENT.c.account_id == bindparam("account"))
    .order_by(EVENT.c.seq.desc())
    .limit(1)
)
CLOSE = update(HEAD).where(HEAD.c.account_id == bindparam("account")).values(closed=True)
ADD = insert(EVENT)
ADVANCE = (
    update(HEAD)
    .where(HEAD.c.account_id == bindparam("account"))
    .values(seq=bindparam("to_seq"), hash=bindparam("to_hash"))
)
TAKE = per_engine(
    lambda insert: (
        insert(LEASE)
        .values(name=bindparam("name"), until=bindparam("until"))
        .on_conflict_do_update(
            index_elements=[LEASE.c.name],
            set_={"until": bindparam("until", type_=LEASE.c.until.type)},
            where=or_(
                LEASE.c.until <= bindparam("now"),
                LEASE.c.until > bindparam("latest", type_=LEASE.c.until.type),
            ),
        )
        .returning(LEASE.c.name)
    )
)
HOLD = update(LEASE).where(LEASE.c.name == bindparam("of")).values(until=bindparam("until"))


async def begin_head(transaction: Transaction, account_id: UUID, root: bytes) -> None:
    """The head of an empty chain."""
    row = {"account_id": account_id, "seq": 0, "hash": root, "closed": False}
    await transaction.execute(BEGIN, row)


async def lock_head(transaction: Transaction, account_id: UUID) -> Row | None:
    """(seq, hash, closed) of the newest event, locked until the commit."""
    return await transaction.fetch_one(LOCK, {"account": account_id})


async def newest_event(transaction: Transaction, account_id: UUID) -> Row | None:
    """(seq, hash, action) of the last event that is there, whatever the head says."""
    return await transaction.fetch_one(NEWEST_EVENT, {"account": account_id})


async def add_event(transaction: Transaction, event: dict[str, object]) -> None:
    """Add the row and move the head to it."""
    moved = {"account": event["account_id"], "to_seq": event["seq"], "to_hash": event["hash"]}
    await transaction.execute_together((ADD, event), (ADVANCE, moved))


async def move_head(transaction: Transaction, account_id: UUID, seq: int, end: bytes) -> None:
    """Move the head to an event that is there."""
    await transaction.execute(ADVANCE, {"account": account_id, "to_seq": seq, "to_hash": end})


async def close_head(transaction: Transaction, account_id: UUID) -> None:
    """No event follows any more."""
    await transaction.execute(CLOSE, {"account": account_id})


async def is_closed(transaction: Transaction, account_id: UUID) -> bool | None:
    """Whether the chain is closed; None when there is none."""
    row = await transaction.fetch_one(CLOSED, {"account": account_id})
    return None if row is None else bool(row[0])


async def read_head(transaction: Transaction, account_id: UUID) -> Row | None:
    """(hash, closed) of the newest event."""
    return await transaction.fetch_one(NEWEST, {"account": account_id})


async def take_lease(
    transaction: Transaction, name: str, now: datetime, until: datetime, latest: datetime
) -> bool:
    """Take a duty until an instant; False while another has it.

    One that would end after `latest` is of a clock that ran ahead, and counts for nothing.
    """
    bound = {"name": name, "now": now, "until": until, "latest": latest}
    return await transaction.fetch_one(TAKE, bound) is not None


async def hold_lease(transaction: Transaction, name: str, until: datetime) -> None:
    """Keep a duty that was taken."""
    await transaction.execute(HOLD, {"of": name, "until": until})

"""Every statement on the audit chain."""

from uuid import UUID

from sqlalchemy import bindparam, insert, update

from app.audit.tables import AuditEventRow, AuditHead
from app.database import Row, Transaction, table_of

HEAD = table_of(AuditHead)
EVENT = table_of(AuditEventRow)
BEGIN = insert(HEAD)
LOCK = (
    update(HEAD)
    .where(HEAD.c.account_id == bindparam("account"))
    .values(seq=HEAD.c.seq)
    .returning(HEAD.c.seq, HEAD.c.hash)
)
ADD = insert(EVENT)
ADVANCE = (
    update(HEAD)
    .where(HEAD.c.account_id == bindparam("account"))
    .values(seq=bindparam("to_seq"), hash=bindparam("to_hash"))
)


async def begin_head(transaction: Transaction, account_id: UUID, root: bytes) -> None:
    """The head of an empty chain."""
    await transaction.execute(BEGIN, {"account_id": account_id, "seq": 0, "hash": root})


async def lock_head(transaction: Transaction, account_id: UUID) -> Row | None:
    """(seq, hash) of the newest event, locked until the commit."""
    return await transaction.fetch_one(LOCK, {"account": account_id})


async def add_event(transaction: Transaction, event: dict[str, object]) -> None:
    """Add the row and move the head to it."""
    await transaction.execute(ADD, event)
    await transaction.execute(
        ADVANCE,
        {"account": event["account_id"], "to_seq": event["seq"], "to_hash": event["hash"]},
    )

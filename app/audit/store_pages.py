"""Reading one account's chain from its newest event."""

from uuid import UUID

from sqlalchemy import bindparam, select

from app.audit.chain import Link
from app.audit.tables import AuditEventRow, AuditHead
from app.database import Transaction, table_of

HEAD = table_of(AuditHead)
EVENT = table_of(AuditEventRow)
NEWEST = select(HEAD.c.seq).where(HEAD.c.account_id == bindparam("account"))
WHOLE = (
    select(*(EVENT.c[name] for name in Link._fields))
    .where(EVENT.c.account_id == bindparam("account"))
    .order_by(EVENT.c.seq.desc())
)
PAGE = (
    select(*(EVENT.c[name] for name in Link._fields))
    .where(EVENT.c.account_id == bindparam("account"), EVENT.c.seq <= bindparam("newest"))
    .order_by(EVENT.c.seq.desc())
    .limit(bindparam("most"))
)


async def newest_number(transaction: Transaction, account_id: UUID) -> int:
    """The number of the newest event; 0 where there is no chain."""
    row = await transaction.fetch_one(NEWEST, {"account": account_id})
    return 0 if row is None else int(row[0])


async def load_page(
    transaction: Transaction, account_id: UUID, newest: int, most: int
) -> list[Link]:
    """At most so many events from a number down."""
    bound = {"account": account_id, "newest": newest, "most": most}
    return [Link(*row) for row in await transaction.fetch(PAGE, bound)]

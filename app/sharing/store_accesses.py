"""Every statement on the log of accesses."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import and_, bindparam, case, delete, insert, or_, select
from sqlalchemy import func as sql

from app.database import Transaction, table_of
from app.sharing.tables import ShareAccessRow

ACCESS = table_of(ShareAccessRow)
OF_ACCOUNT = ACCESS.c.account_id == bindparam("account")
OF_SHARE = and_(OF_ACCOUNT, ACCESS.c.share_id == bindparam("share"))
ADD = insert(ACCESS)
COUNT = select(sql.count()).select_from(ACCESS).where(OF_SHARE)
SAYS_LITTLE = or_(ACCESS.c.outcome == "refused", ACCESS.c.outcome == "no_passcode")
LEAST_TELLING = (
    select(ACCESS.c.id)
    .where(OF_SHARE)
    .order_by(
        case((SAYS_LITTLE, 0), (ACCESS.c.via == "file", 1), else_=2),
        ACCESS.c.at,
    )
    .limit(1)
)
MAKE_PLACE = delete(ACCESS).where(OF_SHARE, ACCESS.c.id == LEAST_TELLING.scalar_subquery())
COLUMNS = (
    ACCESS.c.id,
    ACCESS.c.at,
    ACCESS.c.via,
    ACCESS.c.outcome,
    ACCESS.c.tries_left,
    ACCESS.c.sealed_recipient,
    ACCESS.c.client,
)
NEWEST_FIRST = (ACCESS.c.at.desc(), ACCESS.c.id.desc())
FIRST_PAGE = select(*COLUMNS).where(OF_SHARE).order_by(*NEWEST_FIRST).limit(bindparam("most"))
AT = bindparam("at", type_=ACCESS.c.at.type)
LATER_PAGE = (
    select(*COLUMNS)
    .where(
        OF_SHARE,
        or_(ACCESS.c.at < AT, and_(ACCESS.c.at == AT, ACCESS.c.id < bindparam("access"))),
    )
    .order_by(*NEWEST_FIRST)
    .limit(bindparam("most"))
)
ERASE = delete(ACCESS).where(OF_ACCOUNT)


class StoredAccess(NamedTuple):
    """One row of the log."""

    id: UUID
    at: datetime
    via: str
    outcome: str
    tries_left: int | None
    sealed_recipient: bytes | None
    client: str


async def count_accesses(transaction: Transaction, account_id: UUID, share_id: UUID) -> int:
    """How many rows the log of a link has."""
    row = await transaction.fetch_one(COUNT, {"account": account_id, "share": share_id})
    return int(row[0]) if row else 0


async def make_place(transaction: Transaction, account_id: UUID, share_id: UUID) -> None:
    """Remove the oldest of the least telling rows of a full log."""
    await transaction.execute(MAKE_PLACE, {"account": account_id, "share": share_id})


async def add_access(
    transaction: Transaction, account_id: UUID, share_id: UUID, access: StoredAccess
) -> None:
    """Write one row of the log."""
    row = {"account_id": account_id, "share_id": share_id, **access._asdict()}
    await transaction.execute(ADD, row)


async def load_accesses(
    transaction: Transaction,
    account_id: UUID,
    share_id: UUID,
    after: tuple[datetime, UUID] | None,
    most: int,
) -> list[StoredAccess]:
    """The log of a link, newest first, beginning after a place."""
    bound: dict[str, object] = {"account": account_id, "share": share_id, "most": most}
    if after is None:
        rows = await transaction.fetch(FIRST_PAGE, bound)
    else:
        bound |= {"at": after[0], "access": after[1]}
        rows = await transaction.fetch(LATER_PAGE, bound)
    return [StoredAccess(*row) for row in rows]


async def erase_accesses(transaction: Transaction, account_id: UUID) -> None:
    """Remove the logs of every link of an account."""
    await transaction.execute(ERASE, {"account": account_id})

"""Every statement on what readers count in a share: tries, openings and refusals."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import and_, case, or_, select, update
from sqlalchemy import bindparam as bound_to
from sqlalchemy import func as sql

from app.database import Transaction
from app.sharing.store import ALIVE, NOW, ONE, SHARE

MOST_A_MINUTE = 30
"""Successful openings of one link in one minute of the clock."""

MINUTE = bound_to("minute", type_=SHARE.c.opened_minute.type)
SAME_MINUTE = SHARE.c.opened_minute == MINUTE
BUSY = and_(SAME_MINUTE, SHARE.c.opened_in_minute >= MOST_A_MINUTE)

RESERVE_TRY = (
    update(SHARE)
    .where(ONE, ALIVE)
    .values(tries_left=SHARE.c.tries_left - 1, tried_at=NOW)
    .returning(SHARE.c.tries_left)
)
GIVE_TRY_BACK = update(SHARE).where(ONE).values(tries_left=SHARE.c.tries_left + 1)
COUNT_OPENING = (
    update(SHARE)
    .where(ONE, ALIVE, or_(SHARE.c.opened_minute.is_(None), ~BUSY))
    .values(
        openings=SHARE.c.openings + 1,
        first_opened_at=sql.coalesce(SHARE.c.first_opened_at, NOW),
        last_opened_at=NOW,
        opened_minute=MINUTE,
        opened_in_minute=case((SAME_MINUTE, SHARE.c.opened_in_minute + 1), else_=1),
    )
    .returning(SHARE.c.tries_left, SHARE.c.openings)
)
IS_BUSY = select(SHARE.c.id).where(ONE, ALIVE, BUSY)
COUNT_REFUSAL = update(SHARE).where(ONE).values(refusals=SHARE.c.refusals + 1)


class Opening(NamedTuple):
    """A successful opening: the tries left after it, and which one it is, from 1."""

    tries_left: int
    number: int


async def reserve_try(
    transaction: Transaction, account_id: UUID, share_id: UUID, now: datetime
) -> int | None:
    """Take one try from a living share before a passcode is judged; what is left, or None."""
    bound = {"account": account_id, "share": share_id, "now": now}
    row = await transaction.fetch_one(RESERVE_TRY, bound)
    return int(row[0]) if row else None


async def give_try_back(transaction: Transaction, account_id: UUID, share_id: UUID) -> None:
    """The passcode was right, or was not judged: the reserved try was none."""
    await transaction.execute(GIVE_TRY_BACK, {"account": account_id, "share": share_id})


async def count_opening(
    transaction: Transaction, account_id: UUID, share_id: UUID, now: datetime
) -> Opening | None:
    """Count a successful opening; None when it may not be opened now."""
    bound = {"account": account_id, "share": share_id, "now": now, "minute": _minute(now)}
    row = await transaction.fetch_one(COUNT_OPENING, bound)
    return Opening(int(row[0]), int(row[1])) if row else None


async def is_busy(
    transaction: Transaction, account_id: UUID, share_id: UUID, now: datetime
) -> bool:
    """Whether the share lives and was opened as often in this minute as a minute allows."""
    bound = {"account": account_id, "share": share_id, "now": now, "minute": _minute(now)}
    return await transaction.fetch_one(IS_BUSY, bound) is not None


async def count_refusal(transaction: Transaction, account_id: UUID, share_id: UUID) -> None:
    """One more request to a dead link, when the log has no place for it."""
    await transaction.execute(COUNT_REFUSAL, {"account": account_id, "share": share_id})


def _minute(now: datetime) -> datetime:
    return now.replace(second=0, microsecond=0)

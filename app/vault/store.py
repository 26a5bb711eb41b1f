"""Every statement on the patients' keys."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, delete, insert, select
from sqlalchemy import func as sql

from app.clock import Clock
from app.database import Transaction, table_of
from app.vault.sealed_columns import SealedColumn, Whereabouts
from app.vault.tables import PatientKeyRow

KEY = table_of(PatientKeyRow)
UNDER_KEK = SealedColumn(KEY.c.wrapped, Whereabouts("patient_key", "wrapped", (KEY.c.version,)))
"""Patients' keys themselves lie in envelopes, under the ring's `kek`."""

LOAD = (
    select(KEY.c.version, KEY.c.wrapped, KEY.c.created_at)
    .where(KEY.c.account_id == bindparam("account_id"))
    .order_by(KEY.c.version)
)
ACCOUNTS = (
    select(KEY.c.account_id)
    .distinct()
    .where(KEY.c.account_id > bindparam("after"))
    .order_by(KEY.c.account_id)
    .limit(bindparam("most"))
)
NEWEST = select(sql.max(KEY.c.created_at)).where(KEY.c.version > 1)
NEWEST_OF_ACCOUNT = NEWEST.where(KEY.c.account_id == bindparam("account_id"))
ADD = insert(KEY)
DROP = delete(KEY).where(KEY.c.account_id == bindparam("account_id"))


class WrappedKey(NamedTuple):
    """One version of a patient's key, as it lies there."""

    version: int
    wrapped: bytes
    created_at: datetime


async def load_keys(transaction: Transaction, account_id: UUID) -> list[WrappedKey]:
    """The versions in order; none when the account has no key (or none any more)."""
    rows = await transaction.fetch(LOAD, {"account_id": account_id})
    return [WrappedKey(int(row[0]), bytes(row[1]), row[2]) for row in rows]


async def add_key(
    transaction: Transaction, clock: Clock, account_id: UUID, version: int, wrapped: bytes
) -> None:
    """Keep a new version."""
    await transaction.execute(
        ADD,
        {
            "account_id": account_id,
            "version": version,
            "wrapped": wrapped,
            "created_at": clock(),
        },
    )


async def accounts_with_keys(transaction: Transaction, after: UUID, most: int) -> list[UUID]:
    """Ids of accounts with any version that come after one, in order, at most so many."""
    rows = await transaction.fetch(ACCOUNTS, {"after": after, "most": most})
    return [row[0] for row in rows]


async def drop_keys(transaction: Transaction, account_id: UUID) -> None:
    """Destroy every version of a patient's key: what it sealed opens nowhere any more."""
    await transaction.execute(DROP, {"account_id": account_id})


async def newest_rotation(transaction: Transaction, account_id: UUID | None) -> datetime | None:
    """When the newest further version was made, of one account or of all; None if there is none."""
    statement = NEWEST_OF_ACCOUNT if account_id else NEWEST
    row = await transaction.fetch_one(statement, {"account_id": account_id})
    return row[0] if row else None

"""Every statement on digests."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import bindparam, delete, select
from sqlalchemy import func as sql

from app.database import Row, Transaction, per_engine, table_of
from app.journal.store import ENTRY
from app.journal.tables import DigestRow

DIGEST = table_of(DigestRow)
OF_ACCOUNT = DIGEST.c.account_id == bindparam("account")
LOAD_DIGESTS = select(DIGEST.c.month, DIGEST.c.revision, DIGEST.c.sealed).where(
    OF_ACCOUNT,
    DIGEST.c.month >= bindparam("first"),
    DIGEST.c.month <= bindparam("last"),
    DIGEST.c.version == bindparam("of_version"),
    DIGEST.c.epoch == bindparam("of_epoch"),
)
SAVE_DIGEST = per_engine(
    lambda dialect_insert: (add := dialect_insert(DIGEST)).on_conflict_do_update(
        index_elements=[DIGEST.c.account_id, DIGEST.c.month],
        set_={name: add.excluded[name] for name in ("version", "epoch", "revision", "sealed")},
    )
)
DROP_DIGESTS = delete(DIGEST).where(
    OF_ACCOUNT, DIGEST.c.month >= bindparam("first"), DIGEST.c.month <= bindparam("last")
)
ERASE = delete(DIGEST).where(OF_ACCOUNT)
HAS_DAY = (ENTRY.c.account_id == bindparam("account"), ENTRY.c.local_date.is_not(None))
DAYS = select(
    select(sql.min(ENTRY.c.local_date)).where(*HAS_DAY).scalar_subquery(),
    select(sql.max(ENTRY.c.local_date)).where(*HAS_DAY).scalar_subquery(),
)


async def load_digests(
    transaction: Transaction, account_id: UUID, first: date, last: date, version: int, epoch: int
) -> list[Row]:
    """(month, revision, sealed) of the months `first` … `last`, of one version and epoch."""
    bound = {
        "account": account_id,
        "first": first,
        "last": last,
        "of_version": version,
        "of_epoch": epoch,
    }
    return await transaction.fetch(LOAD_DIGESTS, bound)


async def save_digests(transaction: Transaction, rows: Sequence[Mapping[str, object]]) -> None:
    """Keep digests, in place of those of the same months."""
    await transaction.execute_many(SAVE_DIGEST, rows)


async def drop_digests(transaction: Transaction, account_id: UUID, first: date, last: date) -> None:
    """Forget the digests of the months `first` … `last`."""
    await transaction.execute(DROP_DIGESTS, {"account": account_id, "first": first, "last": last})


async def days_of_journal(
    transaction: Transaction, account_id: UUID
) -> tuple[date | None, date | None]:
    """The earliest and the latest local date of all live entries."""
    row = await transaction.fetch_one(DAYS, {"account": account_id})
    return (row[0], row[1]) if row else (None, None)


async def erase_digests(transaction: Transaction, account_id: UUID) -> None:
    """Remove every digest of an account."""
    await transaction.execute(ERASE, {"account": account_id})

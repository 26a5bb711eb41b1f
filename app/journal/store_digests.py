"""Every statement on digests and day tables."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import Delete, Select, Table, bindparam, delete, select
from sqlalchemy import func as sql

from app.database import Row, Transaction, per_engine, table_of
from app.database.statements import PerEngine
from app.journal.digests import VERSION
from app.journal.store import ENTRY, ENTRY_COLUMNS, IN_FEED
from app.journal.tables import DayTableRow, DigestRow

DIGEST = table_of(DigestRow)
DAY_TABLE = table_of(DayTableRow)


def _load(cache: Table) -> Select[tuple[object, ...]]:
    return select(cache.c.month, cache.c.revision, cache.c.sealed).where(
        cache.c.account_id == bindparam("account"),
        cache.c.month >= bindparam("first"),
        cache.c.month <= bindparam("last"),
        cache.c.version == bindparam("of_version"),
        cache.c.epoch == bindparam("of_epoch"),
    )


def _save(cache: Table) -> PerEngine:
    return per_engine(
        lambda dialect_insert: (add := dialect_insert(cache)).on_conflict_do_update(
            index_elements=[cache.c.account_id, cache.c.month],
            set_={name: add.excluded[name] for name in ("version", "epoch", "revision", "sealed")},
        )
    )


def _drop(cache: Table) -> Delete:
    return delete(cache).where(
        cache.c.account_id == bindparam("account"),
        cache.c.month >= bindparam("first"),
        cache.c.month <= bindparam("last"),
    )


def _erase(cache: Table) -> Delete:
    return delete(cache).where(cache.c.account_id == bindparam("account"))


LOAD_DIGESTS = _load(DIGEST)
LOAD_DAY_TABLES = _load(DAY_TABLE).where(
    DIGEST.c.account_id == DAY_TABLE.c.account_id,
    DIGEST.c.month == DAY_TABLE.c.month,
    DIGEST.c.epoch == DAY_TABLE.c.epoch,
    DIGEST.c.revision == DAY_TABLE.c.revision,
    DIGEST.c.version == bindparam("of_digests"),
)
SAVE_DIGEST, SAVE_DAY_TABLE = _save(DIGEST), _save(DAY_TABLE)
DROP_DIGESTS, DROP_DAY_TABLES = _drop(DIGEST), _drop(DAY_TABLE)
ERASE_DIGESTS, ERASE_DAY_TABLES = _erase(DIGEST), _erase(DAY_TABLE)
CHANGED = select(*ENTRY_COLUMNS, ENTRY.c.local_date).where(*IN_FEED)
CHANGED_DAYS = select(ENTRY.c.local_date, ENTRY.c.revision).where(*IN_FEED)
HAS_DAY = (ENTRY.c.account_id == bindparam("account"), ENTRY.c.local_date.is_not(None))
DAYS = select(
    select(sql.min(ENTRY.c.local_date)).where(*HAS_DAY).scalar_subquery(),
    select(sql.max(ENTRY.c.local_date)).where(*HAS_DAY).scalar_subquery(),
)


async def load_digests(
    transaction: Transaction, account_id: UUID, first: date, last: date, version: int, epoch: int
) -> list[Row]:
    """(month, revision, sealed) of the months `first` … `last`, of one version and epoch."""
    bound = _asked(account_id, first, last, version, epoch)
    return await transaction.fetch(LOAD_DIGESTS, bound)


async def load_day_tables(
    transaction: Transaction, account_id: UUID, first: date, last: date, version: int, epoch: int
) -> list[Row]:
    """The same of day tables, of those that lie beside the digest they were made of."""
    bound = _asked(account_id, first, last, version, epoch) | {"of_digests": VERSION}
    return await transaction.fetch(LOAD_DAY_TABLES, bound)


async def load_changed(
    transaction: Transaction, account_id: UUID, since: int, head: int
) -> list[Row]:
    """What changed after the revision `since` up to `head`, in any order.

    Rows of the entry's columns and the local date, which deleted entries lack.
    """
    return await transaction.fetch(CHANGED, {"account": account_id, "since": since, "head": head})


async def load_changed_days(
    transaction: Transaction, account_id: UUID, since: int, head: int
) -> list[Row]:
    """The same without the entries: local date, and revision."""
    bound = {"account": account_id, "since": since, "head": head}
    return await transaction.fetch(CHANGED_DAYS, bound)


async def save_digests(transaction: Transaction, rows: Sequence[Mapping[str, object]]) -> None:
    """Keep digests, in place of those of the same months."""
    await transaction.execute_many(SAVE_DIGEST, rows)


async def save_day_tables(transaction: Transaction, rows: Sequence[Mapping[str, object]]) -> None:
    """Keep day tables, in place of those of the same months."""
    await transaction.execute_many(SAVE_DAY_TABLE, rows)


async def drop_digests(transaction: Transaction, account_id: UUID, first: date, last: date) -> None:
    """Forget the digests and the day tables of the months `first` … `last`."""
    bound = {"account": account_id, "first": first, "last": last}
    await transaction.execute(DROP_DIGESTS, bound)
    await transaction.execute(DROP_DAY_TABLES, bound)


async def days_of_journal(
    transaction: Transaction, account_id: UUID
) -> tuple[date | None, date | None]:
    """The earliest and the latest local date of all live entries."""
    row = await transaction.fetch_one(DAYS, {"account": account_id})
    return (row[0], row[1]) if row else (None, None)


async def erase_digests(transaction: Transaction, account_id: UUID) -> None:
    """Remove every digest and day table of an account."""
    await transaction.execute(ERASE_DIGESTS, {"account": account_id})
    await transaction.execute(ERASE_DAY_TABLES, {"account": account_id})


def _asked(
    account_id: UUID, first: date, last: date, version: int, epoch: int
) -> dict[str, object]:
    return {
        "account": account_id,
        "first": first,
        "last": last,
        "of_version": version,
        "of_epoch": epoch,
    }

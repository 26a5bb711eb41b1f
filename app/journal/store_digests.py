"""Every statement on digests and day tables."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Delete,
    Table,
    bindparam,
    delete,
    null,
    select,
)
from sqlalchemy import func as sql

from app.database import Row, Transaction, per_engine, table_of
from app.database.statements import PerEngine
from app.journal.digests import VERSION
from app.journal.store import ENTRY, ENTRY_COLUMNS, IS_LIVE
from app.journal.tables import DayTableRow, DigestRow

DIGEST = table_of(DigestRow)
DAY_TABLE = table_of(DayTableRow)


def _of_months(cache: Table) -> tuple[ColumnElement[bool], ...]:
    return (
        cache.c.account_id == bindparam("account"),
        cache.c.month >= bindparam("first"),
        cache.c.month <= bindparam("last"),
        cache.c.version == bindparam("of_version"),
        cache.c.epoch == bindparam("of_epoch"),
        cache.c.revision >= bindparam("least"),
    )


def _with_changes(
    kept: Table, conditions: Sequence[ColumnElement[bool]], columns: Sequence[ColumnElement[Any]]
) -> CompoundSelect[tuple[object, ...]]:
    """What is kept, and what has changed up to the head since the first of it stood.

    Rows of `columns` of the entries that changed. Those of what is kept have no id, their month in
    the place of the local date, and besides revision and sealed nothing. One statement, because
    each is a round trip.
    """
    # Inside: behind row security PostgreSQL looks for no row by an expression that may tell of it.
    first = select(sql.coalesce(sql.min(kept.c.revision), bindparam("since"))).where(*conditions)
    changed = select(*columns).where(
        ENTRY.c.account_id == bindparam("account"),
        IS_LIVE,
        ENTRY.c.local_date.is_not(None),
        ENTRY.c.revision > first.scalar_subquery(),
        ENTRY.c.revision <= bindparam("head"),
    )
    of_kept = {"local_date": kept.c.month, "revision": kept.c.revision, "sealed": kept.c.sealed}
    shown = (of_kept.get(each.key or "", null()) for each in columns)
    return changed.union_all(select(*shown).where(*conditions))


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


LOAD_DIGESTS = _with_changes(DIGEST, _of_months(DIGEST), (*ENTRY_COLUMNS, ENTRY.c.local_date))
LOAD_DAY_TABLES = _with_changes(
    DAY_TABLE,
    (
        *_of_months(DAY_TABLE),
        DIGEST.c.account_id == DAY_TABLE.c.account_id,
        DIGEST.c.month == DAY_TABLE.c.month,
        DIGEST.c.epoch == DAY_TABLE.c.epoch,
        DIGEST.c.revision == DAY_TABLE.c.revision,
        DIGEST.c.version == bindparam("of_digests"),
    ),
    (ENTRY.c.id, ENTRY.c.revision, null().label("sealed"), ENTRY.c.local_date),
)
SAVE_DIGEST, SAVE_DAY_TABLE = _save(DIGEST), _save(DAY_TABLE)
DROP_DIGESTS, DROP_DAY_TABLES = _drop(DIGEST), _drop(DAY_TABLE)
ERASE_DIGESTS, ERASE_DAY_TABLES = _erase(DIGEST), _erase(DAY_TABLE)
HAS_DAY = (ENTRY.c.account_id == bindparam("account"), ENTRY.c.local_date.is_not(None))
DAYS = select(
    select(sql.min(ENTRY.c.local_date)).where(*HAS_DAY).scalar_subquery(),
    select(sql.max(ENTRY.c.local_date)).where(*HAS_DAY).scalar_subquery(),
)


class Asked(NamedTuple):
    """What is kept of the months `first` … `last`, each by its first day, in one version and epoch.

    What stood before the revision `least` is left out; what changed counts up to `head`.
    """

    first: date
    last: date
    version: int
    epoch: int
    least: int
    head: int


async def load_digests(
    transaction: Transaction, account_id: UUID, asked: Asked
) -> tuple[list[Row], list[Row]]:
    """Month, revision and sealed of what is kept; and what changed since the first of it stood.

    That in any order: rows of the entry's columns and the local date. Deleted entries are left out.
    """
    rows = await transaction.fetch(LOAD_DIGESTS, _bound(account_id, asked))
    return [(row[-1], row[1], row[4]) for row in rows if row[0] is None], _changed(rows)


async def load_day_tables(
    transaction: Transaction, account_id: UUID, asked: Asked
) -> tuple[list[Row], list[tuple[date, int]]]:
    """The same of day tables, of those that lie beside the digest they were made of.

    Of what changed, local date and revision.
    """
    bound = _bound(account_id, asked) | {"of_digests": VERSION}
    rows = await transaction.fetch(LOAD_DAY_TABLES, bound)
    changed = [(row[3], row[1]) for row in _changed(rows)]
    return [(row[3], row[1], row[2]) for row in rows if row[0] is None], changed


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


def _changed(rows: Sequence[Row]) -> list[Row]:
    return [row for row in rows if row[0] is not None]


def _bound(account_id: UUID, asked: Asked) -> dict[str, object]:
    return {
        "account": account_id,
        "first": asked.first,
        "last": asked.last,
        "of_version": asked.version,
        "of_epoch": asked.epoch,
        "least": asked.least,
        "head": asked.head,
        "since": asked.head,  # where nothing is kept, nothing has changed since
    }

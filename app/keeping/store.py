"""Every statement on whole tables, whoever's they are, and on the mark of a restore."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Delete,
    Insert,
    Select,
    Table,
    bindparam,
    column,
    delete,
    exists,
    insert,
    literal,
    select,
    table,
    tuple_,
    union,
)
from sqlalchemy import func as sql

from app.accounts.store_accounts import ACCOUNT
from app.accounts.store_devices import DEVICE
from app.accounts.store_mail import CODE, OUTBOX
from app.accounts.store_tokens import TOKEN
from app.database import Database, Row, Transaction, table_of
from app.keeping.tables import RestorationRow
from app.metadata import METADATA
from app.sharing.store import NOT_REVOKED, SHARE

RESTORATION = table_of(RestorationRow)
ROWS_AT_ONCE = 500
FILES_AT_ONCE = 10
"""Of files that readers of a share receive, each of which may be some MiB long."""

NOT_KEPT = frozenset(
    {
        *("access_token", "share_ticket", "pending_code", "outbox"),
        *("digest", "day_table", "ready_answer", "restoration", "lease", "throttle_bucket"),
    }
)
"""What is worth minutes, or is made again: no backup holds it."""

KEYS = "patient_key"
CHAIN = frozenset({"audit_event", "audit_head"})
"""What stays of an erased account, under an id that stands for nobody."""

TIMES = select(RESTORATION.c.times)
BEGIN = insert(RESTORATION)
END = delete(RESTORATION)
ADDRESS = select(ACCOUNT.c.email_index).where(ACCOUNT.c.account_id == bindparam("account"))
DROP_BY_ADDRESS = tuple(
    delete(each).where(each.c.email_index == ADDRESS.scalar_subquery()) for each in (CODE, OUTBOX)
)
"""What waits for a mail names no account."""

SIGNED_IN = union(
    select(DEVICE.c.account_id).where(DEVICE.c.revoked_at.is_(None)), select(TOKEN.c.account_id)
)
WITH_LINKS = select(SHARE.c.account_id).where(NOT_REVOKED).distinct()
HIDES = table("pg_class", column("oid"), column("relkind"))
HIDDEN = select(sql.count()).where(
    HIDES.c.relkind == literal("r"), sql.row_security_active(HIDES.c.oid)
)


def kept_tables(*, keys: bool) -> list[Table]:
    """The table of the patients' keys, or all others that a backup holds, in order."""
    kept = [each for each in METADATA.sorted_tables if each.name not in NOT_KEPT]
    return [each for each in kept if (each.name == KEYS) is keys]


async def pages(transaction: Transaction, of: Table) -> AsyncIterator[list[Row]]:
    """All rows of a table, with all columns, in the order of its key."""
    key = [list(of.columns).index(each) for each in of.primary_key.columns]
    most = FILES_AT_ONCE if of.name == "share_file" else ROWS_AT_ONCE
    rows = await transaction.fetch(_page(of), {"most": most})
    while rows:
        yield rows
        last = {f"after_{place}": rows[-1][place] for place in key}
        rows = await transaction.fetch(_page_after(of), {"most": most, **last})


async def is_empty(transaction: Transaction) -> bool:
    """Whether no table holds a row."""
    for each in METADATA.sorted_tables:
        if await transaction.fetch_one(select(literal(1)).where(exists(select(each)))):
            return False
    return True


async def add_rows(
    transaction: Transaction, to: Table, columns: tuple[str, ...], rows: Sequence[Mapping[str, Any]]
) -> None:
    """Put rows into a table."""
    await transaction.execute_many(_insert(to, columns), rows)


async def drop_account(transaction: Transaction, account_id: UUID) -> int:
    """Remove every row of an account but its audit chain, and what waits for its address.

    Returns how many rows there were.
    """
    bound = {"account": account_id}
    found = 0
    for waiting in DROP_BY_ADDRESS:  # first: the account knows its address
        found += await transaction.execute(waiting, bound)
    for each in METADATA.sorted_tables:
        if "account_id" in each.columns and each.name not in CHAIN:
            found += await transaction.execute(_drop(each), bound)
    return found


async def accounts_signed_in(transaction: Transaction) -> list[UUID]:
    """Accounts with a device that was not signed out, or with a token alone."""
    return [row[0] for row in await transaction.fetch(SIGNED_IN)]


async def accounts_with_links(transaction: Transaction) -> list[UUID]:
    """Accounts with a link that was not revoked, be it alive or not."""
    return [row[0] for row in await transaction.fetch(WITH_LINKS)]


async def begin_restoration(transaction: Transaction, at: datetime, times: int) -> None:
    """Set the mark, in place of one that is there; of both `times` the greater stays."""
    most = max(times, await times_restored(transaction))
    await transaction.execute(END)
    await transaction.execute(BEGIN, {"id": 1, "began_at": at, "times": most})


async def times_restored(transaction: Transaction) -> int:
    """How often the backup was restored, as the mark tells; 1 where there is none."""
    row = await transaction.fetch_one(TIMES)
    return int(row[0]) if row else 1


async def end_restoration(transaction: Transaction) -> None:
    """Clear the mark."""
    await transaction.execute(END)


async def sees_every_row(database: Database) -> bool:
    """Whether no wall of PostgreSQL hides rows from this user: else whole tables look empty."""
    if database.engine == "sqlite":
        return True
    row = await database.read(None, lambda work: work.fetch_one(HIDDEN))
    return row is not None and row[0] == 0


@cache
def _page(of: Table) -> Select[Any]:
    return select(of).order_by(*of.primary_key.columns).limit(bindparam("most"))


@cache
def _page_after(of: Table) -> Select[Any]:
    columns = list(of.columns)
    key = tuple(of.primary_key.columns)
    after = (bindparam(f"after_{columns.index(each)}", type_=each.type) for each in key)
    return _page(of).where(tuple_(*key) > tuple_(*after))


@cache
def _insert(to: Table, columns: tuple[str, ...]) -> Insert:
    return insert(to).values({name: bindparam(name) for name in columns})


@cache
def _drop(of: Table) -> Delete:
    return delete(of).where(of.c.account_id == bindparam("account"))

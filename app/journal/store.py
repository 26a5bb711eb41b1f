"""Every statement on the journal's tables. Nobody else writes them; trends look at the head too."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import bindparam, delete, insert, or_, select, type_coerce, update
from sqlalchemy import func as sql

from app.database import (
    IdText,
    InstantText,
    Lookup,
    Row,
    Transaction,
    is_among,
    per_engine,
    table_of,
)
from app.journal.tables import EntryRow, EntryVersionRow, JournalRow

JOURNAL = table_of(JournalRow)
ENTRY = table_of(EntryRow)
VERSION = table_of(EntryVersionRow)
CONTENT_COLUMNS = ("kind", "occurred_at", "local_date", "revision", "deleted", "device_id")
CHANGING_COLUMNS = (*CONTENT_COLUMNS, "sealed", "updated_at")

MAKE = insert(JOURNAL)
LOCK = (
    update(JOURNAL)
    .where(JOURNAL.c.account_id == bindparam("account"))
    .values(head=JOURNAL.c.head)
    .returning(JOURNAL.c.epoch, JOURNAL.c.head)
)
HEAD = select(JOURNAL.c.epoch, JOURNAL.c.head).where(JOURNAL.c.account_id == bindparam("account"))
ADVANCE = (
    update(JOURNAL)
    .where(JOURNAL.c.account_id == bindparam("account"))
    .values(head=bindparam("to_head"))
)
ENTRY_COLUMNS = (
    ENTRY.c.id,
    ENTRY.c.revision,
    ENTRY.c.deleted,
    ENTRY.c.device_id,
    ENTRY.c.sealed,
    ENTRY.c.created_at,
    ENTRY.c.updated_at,
)
SHOWN_COLUMNS = (
    type_coerce(ENTRY.c.id, IdText()),
    ENTRY.c.revision,
    ENTRY.c.deleted,
    ENTRY.c.device_id,
    ENTRY.c.sealed,
    type_coerce(ENTRY.c.created_at, InstantText()),
    type_coerce(ENTRY.c.updated_at, InstantText()),
)
"""The same, id and instants read as the text that answers show."""
IS_LIVE = or_(ENTRY.c.deleted.is_(False), ENTRY.c.sealed.is_not(None))
"""As `is_tombstone` says it: what was emptied is no entry, though it lies on a date still."""
LOADED_COLUMNS = (*ENTRY_COLUMNS, ENTRY.c.kind)
OF_ACCOUNT = ENTRY.c.account_id == bindparam("account")
LOAD = select(*LOADED_COLUMNS).where(OF_ACCOUNT, is_among(ENTRY.c.id, "ids"))
LOAD_ONE = select(*LOADED_COLUMNS).where(OF_ACCOUNT, ENTRY.c.id == bindparam("entry"))
LOAD_DAYS = select(*LOADED_COLUMNS).where(
    OF_ACCOUNT,
    IS_LIVE,
    ENTRY.c.local_date >= bindparam("first"),
    ENTRY.c.local_date <= bindparam("last"),
)
LOAD_KIND_DAYS = LOAD_DAYS.where(ENTRY.c.kind == bindparam("kind"))
IN_FEED = (
    OF_ACCOUNT,
    ENTRY.c.revision > bindparam("since"),
    ENTRY.c.revision <= bindparam("head"),
)
FEED = select(*SHOWN_COLUMNS).where(*IN_FEED).order_by(ENTRY.c.revision).limit(bindparam("most"))
LATEST_DAY = select(sql.max(ENTRY.c.local_date)).where(
    OF_ACCOUNT, ENTRY.c.local_date > bindparam("after"), ENTRY.c.kind != bindparam("not_kind")
)
SAVE = per_engine(
    lambda dialect_insert: (add := dialect_insert(ENTRY)).on_conflict_do_update(
        index_elements=[ENTRY.c.account_id, ENTRY.c.id],
        set_={name: add.excluded[name] for name in CHANGING_COLUMNS},
    )
)
ADD_VERSION = insert(VERSION)
WIPE_VERSIONS = delete(VERSION).where(
    VERSION.c.account_id == bindparam("account"), is_among(VERSION.c.entry_id, "ids")
)
VERSION_COLUMNS = (
    VERSION.c.revision,
    VERSION.c.device_id,
    VERSION.c.sealed,
    VERSION.c.created_at,
)
HISTORY = (
    select(*VERSION_COLUMNS)
    .where(
        VERSION.c.account_id == bindparam("account"),
        VERSION.c.entry_id == bindparam("entry"),
        VERSION.c.revision < bindparam("below"),
    )
    .order_by(VERSION.c.revision.desc())
    .limit(bindparam("most"))
)
LATER = VERSION.alias("later")
OWN = select(VERSION.c.entry_id, VERSION.c.revision, VERSION.c.sealed, VERSION.c.created_at).where(
    VERSION.c.account_id == bindparam("account"),
    is_among(VERSION.c.entry_id, "ids"),
    VERSION.c.device_id == bindparam("device"),
    VERSION.c.revision
    == select(sql.max(LATER.c.revision))
    .where(
        LATER.c.account_id == VERSION.c.account_id,
        LATER.c.entry_id == VERSION.c.entry_id,
        LATER.c.device_id == VERSION.c.device_id,
        LATER.c.revision <= bindparam("head"),
    )
    .scalar_subquery(),
)
RAISE_EPOCH = (
    update(JOURNAL)
    .where(JOURNAL.c.account_id == bindparam("account"))
    .values(epoch=JOURNAL.c.epoch + bindparam("times"), head=JOURNAL.c.head + bindparam("jump"))
)
ALL = Lookup("lookup_journals", select(JOURNAL.c.account_id, JOURNAL.c.epoch, JOURNAL.c.head), [])
ERASURES = tuple(
    delete(table).where(table.c.account_id == bindparam("account"))
    for table in (JOURNAL, VERSION, ENTRY)
)


async def make_journal(transaction: Transaction, account_id: UUID) -> None:
    """The empty journal of a new account."""
    await transaction.execute(MAKE, {"account_id": account_id, "epoch": 0, "head": 1})


async def lock_journal(transaction: Transaction, account_id: UUID) -> Row | None:
    """(epoch, head), locked until the commit. The first statement of every write."""
    return await transaction.fetch_one(LOCK, {"account": account_id})


async def read_head(transaction: Transaction, account_id: UUID) -> Row | None:
    """(epoch, head) as they stand."""
    return await transaction.fetch_one(HEAD, {"account": account_id})


async def advance_head(transaction: Transaction, account_id: UUID, head: int) -> None:
    """Move the locked head."""
    await transaction.execute(ADVANCE, {"account": account_id, "to_head": head})


async def load_entries(
    transaction: Transaction, account_id: UUID, ids: Sequence[UUID]
) -> list[Row]:
    """The rows of these ids, tombstones included, in any order."""
    return await transaction.fetch(LOAD, {"account": account_id, "ids": ids})


async def load_entry(transaction: Transaction, account_id: UUID, entry_id: UUID) -> Row | None:
    """One row, or None."""
    return await transaction.fetch_one(LOAD_ONE, {"account": account_id, "entry": entry_id})


async def load_days(
    transaction: Transaction, account_id: UUID, kind: str | None, first: date, last: date
) -> list[Row]:
    """Live entries whose local date lies in `first` … `last`, of one kind or of all."""
    parameters = {"account": account_id, "first": first, "last": last, "kind": kind}
    return await transaction.fetch(LOAD_KIND_DAYS if kind else LOAD_DAYS, parameters)


async def load_feed(
    transaction: Transaction, account_id: UUID, since: int, head: int, most: int
) -> list[Row]:
    """Entries with `since` < revision <= `head` as they are shown, oldest change first."""
    bound = {"account": account_id, "since": since, "head": head, "most": most}
    return await transaction.fetch(FEED, bound)


async def load_own(
    transaction: Transaction, account_id: UUID, device_id: str, ids: Sequence[UUID], head: int
) -> list[Row]:
    """The newest version of each entry that this device wrote up to `head`.

    Rows of id, revision, sealed, time.
    """
    bound = {"account": account_id, "device": device_id, "ids": ids, "head": head}
    return await transaction.fetch(OWN, bound)


async def load_history(
    transaction: Transaction, account_id: UUID, entry_id: UUID, below: int, most: int
) -> list[Row]:
    """Versions older than `below`, newest first: revision, device, sealed, time."""
    bound = {"account": account_id, "entry": entry_id, "below": below, "most": most}
    return await transaction.fetch(HISTORY, bound)


async def save_changes(
    transaction: Transaction,
    account_id: UUID,
    entries: Sequence[Mapping[str, object]],
    versions: Sequence[Mapping[str, object]],
    head: int,
) -> None:
    """Write the newest state of entries, keep versions for the history, and move the locked head.

    A single save, which most are, goes out in one piece.
    """
    advance = (ADVANCE, {"account": account_id, "to_head": head})
    if len(entries) == len(versions) == 1:
        await transaction.execute_together((SAVE, entries[0]), (ADD_VERSION, versions[0]), advance)
        return
    await transaction.execute_many(SAVE, entries)
    await transaction.execute_many(ADD_VERSION, versions)
    await transaction.execute(*advance)


async def wipe_versions(transaction: Transaction, account_id: UUID, ids: Sequence[UUID]) -> None:
    """Remove every version of deleted entries."""
    await transaction.execute(WIPE_VERSIONS, {"account": account_id, "ids": ids})


async def latest_day_after(
    transaction: Transaction, account_id: UUID, after: date, not_kind: str
) -> date | None:
    """The latest local date later than `after` with an entry of another kind than `not_kind`."""
    bound = {"account": account_id, "after": after, "not_kind": not_kind}
    row = await transaction.fetch_one(LATEST_DAY, bound)
    return row[0] if row else None


async def all_journals(transaction: Transaction) -> list[Row]:
    """(account, epoch, head) of every journal, for those who run the service."""
    return await transaction.fetch(ALL)


async def raise_epoch(transaction: Transaction, account_id: UUID, times: int, jump: int) -> int:
    """Raise a journal's epoch by `times` and its head by `jump`; 1, or 0 where there is none."""
    bound = {"account": account_id, "times": times, "jump": jump}
    return await transaction.execute(RAISE_EPOCH, bound)


async def erase_journal(transaction: Transaction, account_id: UUID) -> None:
    """Remove the head, which keeps every writer out, then versions and entries."""
    for statement in ERASURES:
        await transaction.execute(statement, {"account": account_id})

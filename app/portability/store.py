"""Every statement on imports."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy import func as sql

from app.database import Transaction, is_among, table_of
from app.portability.tables import ImportedEntryRow, ImportRow

IMPORT = table_of(ImportRow)
IMPORTED = table_of(ImportedEntryRow)
OF_ACCOUNT = IMPORT.c.account_id == bindparam("account")
ENTRIES_OF_ACCOUNT = IMPORTED.c.account_id == bindparam("account")
ONE = (OF_ACCOUNT, IMPORT.c.id == bindparam("import"))
LOAD = select(IMPORT.c.diary, IMPORT.c.undone_at).where(*ONE).with_for_update()
ADD = insert(IMPORT)
ALL = (
    select(IMPORT.c.id, IMPORT.c.diary, IMPORT.c.created_at, IMPORT.c.undone_at)
    .where(OF_ACCOUNT)
    .order_by(IMPORT.c.created_at, IMPORT.c.id)
)
MARK_UNDONE = update(IMPORT).where(*ONE).values(undone_at=bindparam("to_undone_at"))
ADD_ENTRY = insert(IMPORTED)
OF_IMPORT = (ENTRIES_OF_ACCOUNT, IMPORTED.c.import_id == bindparam("import"))
ENTRIES = (
    select(IMPORTED.c.entry_id, IMPORTED.c.revision)
    .where(*OF_IMPORT, IMPORTED.c.undone.is_(False))
    .order_by(IMPORTED.c.entry_id)
)
MADE = select(IMPORTED.c.origin_id, IMPORTED.c.entry_id, IMPORTED.c.revision).where(
    ENTRIES_OF_ACCOUNT, IMPORTED.c.undone.is_(False), is_among(IMPORTED.c.origin_id, "ids")
)
MARK_TAKEN = (
    update(IMPORTED).where(*OF_IMPORT, is_among(IMPORTED.c.entry_id, "ids")).values(undone=True)
)
ORIGINS = select(IMPORTED.c.entry_id, IMPORTED.c.origin_id).where(
    ENTRIES_OF_ACCOUNT,
    IMPORTED.c.entry_id != IMPORTED.c.origin_id,
    is_among(IMPORTED.c.entry_id, "ids"),
)
TIMES_UNDONE = (
    select(IMPORTED.c.origin_id, sql.count())
    .where(ENTRIES_OF_ACCOUNT, IMPORTED.c.undone.is_(True), is_among(IMPORTED.c.origin_id, "ids"))
    .group_by(IMPORTED.c.origin_id)
)
ERASE = delete(IMPORT).where(OF_ACCOUNT)
ERASE_ENTRIES = delete(IMPORTED).where(ENTRIES_OF_ACCOUNT)


class StoredImport(NamedTuple):
    """An import as it lies there."""

    diary: str
    undone_at: datetime | None


class KnownImport(NamedTuple):
    """An import as its patient knows it."""

    id: UUID
    diary: str
    created_at: datetime
    undone_at: datetime | None


class MadeEntry(NamedTuple):
    """An entry that an import made, at the revision it made."""

    entry_id: UUID
    revision: int


async def load_import(
    transaction: Transaction, account_id: UUID, import_id: UUID
) -> StoredImport | None:
    """The import, kept from others until the commit."""
    row = await transaction.fetch_one(LOAD, {"account": account_id, "import": import_id})
    return None if row is None else StoredImport(*row)


async def load_imports(transaction: Transaction, account_id: UUID) -> list[KnownImport]:
    """All of an account, the oldest first."""
    rows = await transaction.fetch(ALL, {"account": account_id})
    return [KnownImport(*row) for row in rows]


async def add_import(
    transaction: Transaction, account_id: UUID, import_id: UUID, diary: str, at: datetime
) -> None:
    """Keep a new import."""
    row = {"account_id": account_id, "id": import_id, "diary": diary, "created_at": at}
    await transaction.execute(ADD, {**row, "undone_at": None})


async def mark_undone(
    transaction: Transaction, account_id: UUID, import_id: UUID, at: datetime
) -> None:
    """The import was undone; it stays so."""
    bound = {"account": account_id, "import": import_id, "to_undone_at": at}
    await transaction.execute(MARK_UNDONE, bound)


async def add_entries(
    transaction: Transaction,
    account_id: UUID,
    import_id: UUID,
    made: Sequence[tuple[UUID, UUID, int]],
) -> None:
    """Keep which entries an import made: entry, origin, revision."""
    rows = [
        {
            "account_id": account_id,
            "import_id": import_id,
            "entry_id": entry_id,
            "origin_id": origin_id,
            "revision": revision,
            "undone": False,
        }
        for entry_id, origin_id, revision in made
    ]
    await transaction.execute_many(ADD_ENTRY, rows)


async def made_entries(
    transaction: Transaction, account_id: UUID, import_id: UUID
) -> list[MadeEntry]:
    """What an import made and no undoing took out."""
    rows = await transaction.fetch(ENTRIES, {"account": account_id, "import": import_id})
    return [MadeEntry(*row) for row in rows]


async def made_of(
    transaction: Transaction, account_id: UUID, origins: Sequence[UUID]
) -> dict[UUID, MadeEntry]:
    """What imports made of each origin and no undoing took out; absent for nothing."""
    rows = await transaction.fetch(MADE, {"account": account_id, "ids": origins})
    return {origin: MadeEntry(*row) for origin, *row in rows}


async def origins_of(
    transaction: Transaction, account_id: UUID, entry_ids: Sequence[UUID]
) -> dict[UUID, UUID]:
    """The origin of each entry that was made again after an undo; absent for others."""
    rows = await transaction.fetch(ORIGINS, {"account": account_id, "ids": entry_ids})
    return dict(rows)


async def mark_taken(
    transaction: Transaction, account_id: UUID, import_id: UUID, ids: Sequence[UUID]
) -> None:
    """These entries were taken out again."""
    bound = {"account": account_id, "import": import_id, "ids": ids}
    await transaction.execute(MARK_TAKEN, bound)


async def times_undone(
    transaction: Transaction, account_id: UUID, origins: Sequence[UUID]
) -> dict[UUID, int]:
    """How often the entry of each origin was taken out; absent for never."""
    rows = await transaction.fetch(TIMES_UNDONE, {"account": account_id, "ids": origins})
    return {origin: int(count) for origin, count in rows}


async def erase_imports(transaction: Transaction, account_id: UUID) -> None:
    """Remove everything about imports of an account."""
    await transaction.execute(ERASE_ENTRIES, {"account": account_id})
    await transaction.execute(ERASE, {"account": account_id})

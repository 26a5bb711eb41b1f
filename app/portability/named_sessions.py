"""The sessions of an import that its undo must leave: entries that stay are linked to them."""

from collections.abc import AsyncIterator, Mapping
from uuid import UUID

from pydantic_core import from_json

from app.database import Row, Transaction, id_from
from app.journal.kinds import KINDS
from app.journal.opening import shown
from app.journal.pages import place_of
from app.journal.store_pages import ListFilter, load_page
from app.portability.store import made_entries
from app.vault import PatientKeys, Vault

SESSIONS = frozenset({"session"})
OTHERS = frozenset(KINDS) - SESSIONS
CHUNK = 200


async def sessions_named(
    transaction: Transaction, vault: Vault, account_id: UUID, import_id: UUID
) -> set[UUID]:
    """Those that the import made and that something will name which the undo does not take out.

    Links are sealed, so the journal is opened, but only where the import has made a session.
    """
    made = {
        each.entry_id: each.revision
        for each in await made_entries(transaction, account_id, import_id)
    }
    lying = _rows(transaction, account_id, SESSIONS)
    sessions = {_id(row) async for row in lying if _goes(row, made)}
    if not sessions:
        return set()
    keys = await vault.patient(transaction, account_id)
    others = _rows(transaction, account_id, OTHERS)
    named = {await _link(transaction, keys, row) async for row in others if not _goes(row, made)}
    return {each for each in sessions if str(each) in named}


async def _rows(
    transaction: Transaction, account_id: UUID, kinds: frozenset[str]
) -> AsyncIterator[Row]:
    """Every live entry of these kinds, as it is shown."""
    wanted = ListFilter(kinds, None, None, None)
    while True:
        rows = await load_page(transaction, account_id, wanted, CHUNK)
        for row in rows:
            yield row
        if len(rows) < CHUNK:
            return
        wanted = wanted._replace(after=place_of(rows[-1]))


def _id(row: Row) -> UUID:
    return id_from(row[0].decode())


def _goes(row: Row, made: Mapping[UUID, int]) -> bool:
    """Whether the undo takes it out: it is as the import made it."""
    revision: int = row[1]
    return made.get(_id(row)) == revision


async def _link(transaction: Transaction, keys: PatientKeys, row: Row) -> str | None:
    """The session that an entry is linked to; None also where it does not open."""
    (text,) = await shown(transaction, keys, [row])
    session_id: str | None = from_json(text).get("session_id") if text else None
    return session_id

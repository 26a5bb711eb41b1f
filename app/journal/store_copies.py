"""The statement that looks for what is sealed of an entry in its history, where it lies as well."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import bindparam, select

from app.database import Transaction, is_among
from app.journal.store import VERSION

COPIES = select(VERSION.c.entry_id, VERSION.c.revision, VERSION.c.sealed).where(
    VERSION.c.account_id == bindparam("account"),
    is_among(VERSION.c.entry_id, "ids"),
    VERSION.c.revision >= bindparam("least"),
    VERSION.c.sealed.is_not(None),
)


async def load_copies(
    transaction: Transaction, account_id: UUID, ids: Sequence[UUID], least: int
) -> dict[tuple[UUID, int], bytes]:
    """What the history holds sealed of these entries from the revision `least` on, by revision."""
    bound = {"account": account_id, "ids": ids, "least": least}
    rows = await transaction.fetch(COPIES, bound)
    return {(entry_id, revision): bytes(sealed) for entry_id, revision, sealed in rows}

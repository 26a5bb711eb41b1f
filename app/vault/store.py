"""Every statement on the patients' keys."""

from uuid import UUID

from sqlalchemy import bindparam, insert, select

from app.clock import Clock
from app.database import Transaction, table_of
from app.vault.tables import PatientKeyRow

KEY = table_of(PatientKeyRow)
LOAD = (
    select(KEY.c.version, KEY.c.wrapped)
    .where(KEY.c.account_id == bindparam("account_id"))
    .order_by(KEY.c.version)
)
ADD = insert(KEY)


async def load_keys(transaction: Transaction, account_id: UUID) -> dict[int, bytes]:
    """Wrapped keys by version; empty when the account has none (or none any more)."""
    rows = await transaction.fetch(LOAD, {"account_id": account_id})
    return {int(version): bytes(wrapped) for version, wrapped in rows}


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

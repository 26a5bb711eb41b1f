"""Accounts with keys and no more, for tests of the vault."""

from uuid import UUID, uuid4

from sqlalchemy import bindparam, delete

from app.database import Database, Transaction, table_of
from app.vault import (
    KeyRing,
    PatientKeys,
    Vault,
)
from app.vault.ring_keys import new_ring_text
from app.vault.tables import PatientKeyRow

KEY = table_of(PatientKeyRow)
ERASE = delete(KEY).where(KEY.c.account_id == bindparam("account"))
RING = KeyRing.from_text(new_ring_text())


async def make(database: Database, keeper: Vault) -> UUID:
    """An account with its first key."""
    account = uuid4()
    await database.write(account, lambda work: keeper.make_patient(work, account))
    return account


async def read(database: Database, keeper: Vault, account: UUID) -> PatientKeys:
    """Its keys, as the vault gives them."""
    return await database.read(account, lambda work: keeper.patient(work, account))


async def rotate(database: Database, keeper: Vault, account: UUID) -> int | None:
    """Give it a further version; its number."""
    return await database.write(account, lambda work: keeper.add_version(work, account))


async def erase(database: Database, account: UUID) -> None:
    """Take its keys away."""

    async def work(transaction: Transaction) -> None:
        await transaction.execute(ERASE, {"account": account})

    await database.write(account, work)

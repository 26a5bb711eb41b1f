"""Every statement on recovering an account."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, delete, select, update

from app.accounts.store_accounts import ACCOUNT, RECOVERY_CODE
from app.database import Transaction

OF_ACCOUNT = ACCOUNT.c.account_id == bindparam("account")
RECOVERED_AT = select(ACCOUNT.c.recovered_at).where(OF_ACCOUNT)
MARK = update(ACCOUNT).where(OF_ACCOUNT).values(recovered_at=bindparam("to_recovered_at"))
CODES = RECOVERY_CODE.c.account_id == bindparam("account")
USE = delete(RECOVERY_CODE).where(CODES, RECOVERY_CODE.c.code_hash == bindparam("hash_of_code"))
DROP = delete(RECOVERY_CODE).where(CODES)


async def recovered_at(transaction: Transaction, account_id: UUID) -> datetime | None:
    """When the account was last recovered, if ever."""
    row = await transaction.fetch_one(RECOVERED_AT, {"account": account_id})
    return row[0] if row else None


async def mark_recovered(transaction: Transaction, account_id: UUID, at: datetime) -> None:
    """Note that it was recovered now."""
    await transaction.execute(MARK, {"account": account_id, "to_recovered_at": at})


async def use_recovery_code(transaction: Transaction, account_id: UUID, code_hash: bytes) -> bool:
    """Use one up; False when the account has no such code."""
    bound = {"account": account_id, "hash_of_code": code_hash}
    return await transaction.execute(USE, bound) == 1


async def drop_recovery_codes(transaction: Transaction, account_id: UUID) -> None:
    """Forget all that are left."""
    await transaction.execute(DROP, {"account": account_id})

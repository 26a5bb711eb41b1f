"""Nothing of a patient's links outlives the account."""

from uuid import UUID

from app.database import Transaction
from app.sharing.store import erase_shares
from app.sharing.store_accesses import erase_accesses
from app.sharing.store_files import drop_all_reading


async def forget_account(transaction: Transaction, account_id: UUID) -> None:
    """Remove every link of an account with its files, tickets and log, when it is erased."""
    await erase_shares(transaction, account_id)  # first: whoever opens one holds its row
    await drop_all_reading(transaction, account_id)
    await erase_accesses(transaction, account_id)

"""Nothing of a patient's journal outlives the account."""

from uuid import UUID

from app.database import Transaction
from app.journal.store import erase_journal
from app.journal.store_digests import erase_digests
from app.journal.store_ready import drop_answers


async def forget_account(transaction: Transaction, account_id: UUID) -> None:
    """Remove the head, then entries, versions and what was made of them: who waits finds none."""
    await erase_journal(transaction, account_id)
    await erase_digests(transaction, account_id)
    await drop_answers(transaction, account_id)

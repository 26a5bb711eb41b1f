"""Nothing of this room outlives the account, save one mail that says so."""

from uuid import UUID

from app.accounts.store_accounts import erase_account, lock_email_index
from app.accounts.store_devices import erase_devices
from app.accounts.store_mail import drop_codes_of, drop_mails_to
from app.accounts.store_passkeys import erase_passkeys
from app.database import Transaction


async def forget_account(transaction: Transaction, account_id: UUID) -> None:
    """Remove the account with every way in, and the mails that wait for its address."""
    index = await lock_email_index(transaction, account_id)
    if index is not None:
        await drop_codes_of(transaction, index)
        await drop_mails_to(transaction, index)
    await erase_passkeys(transaction, account_id)
    await erase_devices(transaction, account_id)
    await erase_account(transaction, account_id)

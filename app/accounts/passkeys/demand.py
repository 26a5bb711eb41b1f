"""A right password where a passkey is demanded: it is not enough, and the patient is told."""

from uuid import UUID

from app.accounts.equipment import Equipment
from app.accounts.letters import Letter
from app.accounts.mail import when
from app.accounts.profile import load_recipient
from app.accounts.refusals import CredentialsRefused
from app.accounts.store_accounts import lock_account
from app.audit import Actor, AuditEvent, append_event
from app.database import Transaction


async def tell_of_password(equipment: Equipment, account_id: UUID, request_id: str) -> None:
    """Note in the chain, and by mail, that somebody knows the password and has no passkey.

    Raises CredentialsRefused for an account that was erased since the password was compared.
    """
    now = equipment.clock()

    async def write(transaction: Transaction) -> None:
        if await lock_account(transaction, account_id) is None:
            raise CredentialsRefused
        keys = await equipment.vault.patient(transaction, account_id)
        actor = Actor("service", "", request_id)
        event = AuditEvent(now, actor, "passkey_required", "account", str(account_id), "refused")
        await append_event(transaction, account_id, event)
        patient = await load_recipient(transaction, keys)
        await equipment.mailer.post(transaction, patient, Letter.PASSKEY_ASKED, {"when": when(now)})

    await equipment.database.write(account_id, write)
    equipment.outbox.wake()

"""Locking an account: it answers as if the password were wrong, and its devices end."""

from uuid import UUID

from app.accounts.store_accounts import lock_account, set_locked
from app.accounts.store_devices import load_devices, revoke_all
from app.audit import Actor, AuditAction, AuditEvent, append_if_there
from app.clock import Clock
from app.database import Database, Transaction


async def set_account_locked(
    database: Database, clock: Clock, account_id: UUID, actor: Actor, *, locked: bool
) -> bool:
    """Lock an account, or open it again; False when there is none.

    It stands in the patient's chain, where there is one. An account that is so already stays as it
    is, without an event.
    """
    now = clock()

    async def work(transaction: Transaction) -> bool:
        account = await lock_account(transaction, account_id)
        if account is None:
            return False
        if (account.locked_at is not None) == locked:
            return True
        await set_locked(transaction, account_id, now if locked else None)
        if locked:
            await revoke_all(transaction, account_id, now)
        action: AuditAction = "account.locked" if locked else "account.unlocked"
        event = AuditEvent(now, actor, action, "account", str(account_id))
        await append_if_there(transaction, account_id, event)
        return True

    return await database.write(account_id, work)


async def end_devices(database: Database, clock: Clock, account_id: UUID, actor: Actor) -> int:
    """End all devices and tokens of an account, without locking it; how many devices there were.

    Each stands in the patient's chain. Where the chain is gone they end as well: that it is gone
    is told by those who verify chains.
    """
    now = clock()

    async def work(transaction: Transaction) -> int:
        await lock_account(transaction, account_id)
        devices = await load_devices(transaction, account_id)
        await revoke_all(transaction, account_id, now)
        for each in devices:
            event = AuditEvent(now, actor, "device.revoked", "device", str(each.id))
            await append_if_there(transaction, account_id, event)
        return len(devices)

    return await database.write(account_id, work)

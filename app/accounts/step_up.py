"""A fresh proof of identity: it belongs to one device and is good for minutes."""

from datetime import datetime
from functools import partial

from app.accounts import store_accounts
from app.accounts import store_devices as store
from app.accounts.equipment import Equipment
from app.accounts.refusals import CredentialsRefused
from app.audit import Actor, AuditEvent, append_event
from app.database import Transaction
from app.web.identity import SignedIn
from app.web.problems import StepUpRequired, TokenInvalid


async def require_step_up(transaction: Transaction, signed_in: SignedIn, now: datetime) -> None:
    """Let the work go on only with a proof of the calling device that is still good.

    Call it first in the transaction that does the work. Raises StepUpRequired.
    """
    device = await store.load_device(transaction, signed_in.account_id, signed_in.device_id)
    if device is None or device.revoked_at is not None or device.step_up_until is None:
        raise StepUpRequired
    if max(now, device.seen_at) >= device.step_up_until:
        raise StepUpRequired


class StepUp:
    """Takes proofs."""

    def __init__(self, equipment: Equipment) -> None:
        """One a process."""
        self._equipment = equipment

    async def by_password(self, signed_in: SignedIn, password: str, actor: Actor) -> datetime:
        """Until when the proof is good. A wrong password leaves the device signed in.

        Raises CredentialsRefused, BusyHashing, or TokenInvalid for a device revoked meanwhile.
        """
        account = await self._equipment.database.read(
            signed_in.account_id,
            partial(store_accounts.load_account, account_id=signed_in.account_id),
        )
        hashed = account and account.password_hash
        fits = await self._equipment.hasher.verify(password, hashed)
        until = await self._record(signed_in, actor, fits=fits)
        if until is None:
            raise CredentialsRefused
        return until

    async def _record(self, signed_in: SignedIn, actor: Actor, *, fits: bool) -> datetime | None:
        """Note the try in the chain and, if it was right, on the device."""
        account_id, device_id = signed_in.account_id, signed_in.device_id
        now = self._equipment.clock()
        until = now + self._equipment.spans.step_up

        async def write(transaction: Transaction) -> None:
            if fits and not await store.set_step_up(transaction, account_id, device_id, until, now):
                raise TokenInvalid
            outcome = "done" if fits else "refused"
            event = AuditEvent(now, actor, "step_up", "device", str(device_id), outcome)
            await append_event(transaction, account_id, event)

        await self._equipment.database.write(account_id, write)
        return until if fits else None

"""A fresh proof of identity: it belongs to one device and is good for minutes."""

from datetime import datetime, timedelta
from functools import partial

from app.accounts import store_accounts
from app.accounts import store_devices as store
from app.accounts.equipment import Equipment
from app.accounts.refusals import CredentialsRefused
from app.accounts.spans import SKEW
from app.audit import Actor, AuditEvent, Outcome, append_if_there
from app.database import Transaction
from app.web.identity import SignedIn
from app.web.problems import StepUpRequired, TokenInvalid

MOST_STEP_UP = timedelta(minutes=15)
"""As much as the setting may allow: a proof that has longer to go is of a clock that ran ahead."""


async def require_step_up(transaction: Transaction, signed_in: SignedIn, now: datetime) -> None:
    """Let the work go on only with a proof of the calling device that is still good.

    Call it first in the transaction that does the work; where that locks the account, right after:
    whoever signs devices out holds that lock. Raises StepUpRequired.
    """
    device = await store.load_device(transaction, signed_in.account_id, signed_in.device_id)
    if device is None or device.revoked_at is not None or device.step_up_until is None:
        raise StepUpRequired
    if max(now, device.seen_at) >= device.step_up_until:
        raise StepUpRequired
    if device.step_up_until > now + MOST_STEP_UP + SKEW:
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
        if not fits:
            await self.note_refusal(signed_in, actor)
            raise CredentialsRefused
        return await self._equipment.database.write(
            signed_in.account_id,
            lambda transaction: self.keep(transaction, signed_in, actor),
            brief=True,
        )

    async def keep(self, transaction: Transaction, signed_in: SignedIn, actor: Actor) -> datetime:
        """Note a right proof on the device and in the chain; until when it is good.

        Raises TokenInvalid for a device revoked meanwhile.
        """
        account_id, device_id = signed_in.account_id, signed_in.device_id
        now = self._equipment.clock()
        until = now + self._equipment.spans.step_up
        if not await store.set_step_up(transaction, account_id, device_id, until, now):
            raise TokenInvalid
        await self._note(transaction, signed_in, actor, "done")
        return until

    async def note_refusal(self, signed_in: SignedIn, actor: Actor) -> None:
        """Note a wrong proof in the chain."""
        await self._equipment.database.write(
            signed_in.account_id,
            lambda transaction: self._note(transaction, signed_in, actor, "refused"),
            brief=True,
        )

    async def _note(
        self, transaction: Transaction, signed_in: SignedIn, actor: Actor, outcome: Outcome
    ) -> None:
        """Where the chain is gone it is not noted: who lost that can still have the rest erased."""
        now, device_id = self._equipment.clock(), str(signed_in.device_id)
        event = AuditEvent(now, actor, "step_up", "device", device_id, outcome)
        await append_if_there(transaction, signed_in.account_id, event)

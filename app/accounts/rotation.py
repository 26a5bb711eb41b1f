"""Refreshing: rotation that survives a lost reply and catches theft."""

from datetime import datetime
from functools import partial

from app.accounts import store_devices as store
from app.accounts.derivation import RefreshClaim, read_refresh_token
from app.accounts.device_rules import Verdict, given_again, judge
from app.accounts.equipment import Equipment
from app.accounts.issuing import Pair, hand_out, recognised
from app.accounts.letters import Letter
from app.accounts.mail import when
from app.accounts.profile import load_recipient
from app.accounts.refusals import RefreshRefused
from app.accounts.store_devices import Device
from app.accounts.store_tokens import drop_spent_tokens
from app.accounts.tokens import TokenMalformed
from app.audit import Actor, AuditAction, AuditEvent, append_event
from app.database import Transaction
from app.telemetry import EVENTS

ENDINGS: dict[Verdict, AuditAction] = {
    Verdict.REPLAYED: "refresh_replayed",
    Verdict.TOO_LATE: "device.expired",
}
"""What the audit chain calls it when a refresh ends a device."""


class Rotation:
    """Carries out the table of rotation, for one refresh token at a time."""

    def __init__(self, equipment: Equipment) -> None:
        """One a process."""
        self._equipment = equipment

    async def refresh(self, token: str, request_id: str) -> Pair:
        """The successor of a refresh token, with an access token.

        A spent token whose successor may not have arrived gets the same successor again. One
        that comes later is a copy in other hands: the device is signed out and the patient told.
        Raises RefreshRefused.
        """
        try:
            claim = read_refresh_token(token)
        except TokenMalformed:
            raise RefreshRefused from None
        database = self._equipment.database
        owner = await database.read(None, partial(store.find_owner, device_id=claim.device_id))
        if owner is None:
            raise RefreshRefused

        async def turn(transaction: Transaction) -> Pair | str | None:
            device = await store.load_device(transaction, owner, claim.device_id, lock=True)
            return device and await self._turn(transaction, device, claim, request_id)

        # A refusal may sign the device out: it is raised when that has been committed.
        turned = await database.write(owner, turn, brief=True)
        if isinstance(turned, Pair):
            return turned
        if turned is not None:
            EVENTS(turned, "warning", account=owner, device=claim.device_id)
        self._equipment.outbox.wake()
        raise RefreshRefused

    async def _turn(
        self, transaction: Transaction, device: Device, claim: RefreshClaim, request_id: str
    ) -> Pair | str | None:
        """One line of the table; the device is locked, so parallel requests come in a row.

        Gives the action that the chain knows when the device was signed out.
        """
        now, spans = self._equipment.clock(), self._equipment.spans
        tokens = recognised(self._equipment.vault, device, claim)
        if device.revoked_at is not None or tokens is None:
            return None
        verdict = judge(device, claim.generation, now, spans)
        if verdict is Verdict.ROTATE and await store.rotate(transaction, device, now):
            await drop_spent_tokens(
                transaction, device.account_id, device.id, below=device.generation, now=now
            )
            device = device._replace(generation=device.generation + 1, access_at=now)
            return await hand_out(transaction, device, tokens, spans, now)
        if verdict is Verdict.AGAIN:
            again = given_again(device, now, spans)
            if again != device:
                await store.give_again(transaction, again, now)
            return await hand_out(transaction, again, tokens, spans, now)
        if verdict is Verdict.REPLAYED:
            await self._tell_of_theft(transaction, device, now)
        ending = ENDINGS.get(verdict)
        if ending is not None:
            await self._end(transaction, device, ending, request_id, now)
        return ending

    async def _end(
        self,
        transaction: Transaction,
        device: Device,
        action: AuditAction,
        request_id: str,
        now: datetime,
    ) -> None:
        await store.revoke(transaction, device.account_id, device.id, now)
        actor = Actor("device", str(device.id), request_id)
        event = AuditEvent(now, actor, action, "device", str(device.id), "refused")
        await append_event(transaction, device.account_id, event)

    async def _tell_of_theft(self, transaction: Transaction, device: Device, now: datetime) -> None:
        keys = await self._equipment.vault.patient(transaction, device.account_id)
        patient = await load_recipient(transaction, keys)
        facts = {"when": when(now)}
        await self._equipment.mailer.post(transaction, patient, Letter.REFRESH_REPLAYED, facts)

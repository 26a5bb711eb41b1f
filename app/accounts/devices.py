"""The devices that are signed in, and signing them out."""

from datetime import date
from typing import NamedTuple
from uuid import UUID

from app.accounts import store_devices as store
from app.accounts.device_rules import still_signed_in
from app.accounts.equipment import Equipment
from app.accounts.issuing import DeviceAbout
from app.accounts.store_accounts import lock_account
from app.accounts.store_devices import Device
from app.audit import Actor, AuditEvent, append_if_there
from app.database import Transaction
from app.web.identity import SignedIn
from app.web.problems import NotFound


class KnownDevice(NamedTuple):
    """A device with what the patient calls it; None where that does not open."""

    device: Device
    about: DeviceAbout | None

    @property
    def last_seen(self) -> date:
        """The day, in UTC, of its last refresh or sign-in."""
        return self.device.seen_at.date()


class Devices:
    """Lists devices and signs them out; a signed-out one is refused at its next request."""

    def __init__(self, equipment: Equipment) -> None:
        """One a process."""
        self._equipment = equipment

    async def of_account(self, account_id: UUID) -> list[KnownDevice]:
        """All that are signed in, the oldest first."""
        now, spans = self._equipment.clock(), self._equipment.spans

        async def read(transaction: Transaction) -> list[KnownDevice]:
            keys = await self._equipment.vault.patient(transaction, account_id)
            devices = await store.load_devices(transaction, account_id)
            return [
                KnownDevice(device, DeviceAbout.known(keys, device))
                for device in still_signed_in(devices, now, spans)
            ]

        return await self._equipment.database.read(account_id, read)

    async def revoke(self, signed_in: SignedIn, device_id: UUID, actor: Actor) -> None:
        """Sign one out, also the own one. Raises NotFound for one that is not signed in."""
        account_id, now = signed_in.account_id, self._equipment.clock()

        async def write(transaction: Transaction) -> None:
            await lock_account(transaction, account_id)
            if not await store.revoke(transaction, account_id, device_id, now):
                raise NotFound
            event = AuditEvent(now, actor, "device.revoked", "device", str(device_id))
            await append_if_there(transaction, account_id, event)

        await self._equipment.database.write(account_id, write)

    async def revoke_others(self, signed_in: SignedIn, actor: Actor) -> None:
        """Sign all out but the caller's own."""
        account_id, now = signed_in.account_id, self._equipment.clock()
        own = signed_in.device_id

        async def write(transaction: Transaction) -> None:
            await lock_account(transaction, account_id)
            if await store.revoke_others(transaction, account_id, own, now):
                event = AuditEvent(now, actor, "device.others_revoked", "device", str(own))
                await append_if_there(transaction, account_id, event)

        await self._equipment.database.write(account_id, write)

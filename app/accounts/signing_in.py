"""Signing in with address and password; a stranger learns nothing from the answer or its time."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from app.accounts import store_accounts as store
from app.accounts import store_devices
from app.accounts.device_rules import still_signed_in
from app.accounts.equipment import Equipment
from app.accounts.issuing import DeviceAbout, Start, start_device
from app.accounts.letters import Letter
from app.accounts.mail import when
from app.accounts.profile import load_recipient
from app.accounts.refusals import CredentialsRefused, DeviceLimitReached
from app.accounts.store_accounts import StoredAccount
from app.audit import Actor, AuditEvent, append_event
from app.database import Transaction
from app.vault import PatientKeys

ATTEMPTS = 2


@dataclass(frozen=True, slots=True)
class Entrance:
    """Who wants to come in, and on which device."""

    email: str
    password: str
    about: DeviceAbout
    request_id: str
    replace_oldest: bool = False


class PasswordMoved(Exception):
    """The password's hash was replaced between the compare and the transaction."""


class SigningIn:
    """Signs devices in."""

    def __init__(self, equipment: Equipment) -> None:
        """One a process."""
        self._equipment = equipment

    async def by_password(self, entrance: Entrance) -> Start:
        """A new device with its tokens.

        Raises CredentialsRefused, DeviceLimitReached or BusyHashing.
        """
        for _ in range(ATTEMPTS):
            # It moves when a neighbour hashed it anew: then the second look finds it settled.
            with suppress(PasswordMoved):
                return await self._try(entrance)
        raise CredentialsRefused

    async def _try(self, entrance: Entrance) -> Start:
        account = await self._known(entrance)
        renewed = await self._renewed_hash(account, entrance.password)

        async def write(transaction: Transaction) -> Start:
            await _lock_unchanged(transaction, account)
            if renewed:
                await store.save_password_hash(transaction, account.account_id, renewed)
            keys = await self._equipment.vault.patient(transaction, account.account_id)
            return await self._let_in(transaction, keys, entrance)

        start = await self._equipment.database.write(account.account_id, write)
        self._equipment.outbox.wake()
        return start

    async def _known(self, entrance: Entrance) -> StoredAccount:
        """The account whose password this is; an unknown address costs the same hash."""
        index = self._equipment.address_index(entrance.email)
        account = await self._equipment.database.read(
            None, lambda transaction: store.find_account(transaction, index)
        )
        hashed = account and account.password_hash
        fits = await self._equipment.hasher.verify(entrance.password, hashed)
        if account is None or not fits or account.locked_at is not None:
            raise CredentialsRefused
        return account

    async def _renewed_hash(self, account: StoredAccount, password: str) -> str | None:
        """A hash at the current cost, where the stored one was made at another."""
        if not self._equipment.hasher.is_outdated(account.password_hash):
            return None
        return await self._equipment.hasher.hash(password)

    async def _let_in(
        self, transaction: Transaction, keys: PatientKeys, entrance: Entrance
    ) -> Start:
        now, spans = self._equipment.clock(), self._equipment.spans
        await self._make_room(transaction, keys, entrance, now)
        start = await start_device(
            transaction, self._equipment.vault, keys, entrance.about, spans, now
        )
        device_id = str(start.device.id)
        actor = Actor("device", device_id, entrance.request_id)
        event = AuditEvent(now, actor, "device.signed_in", "device", device_id)
        await append_event(transaction, keys.account_id, event)
        patient = await load_recipient(transaction, keys)
        facts = {"when": when(now)}
        await self._equipment.mailer.post(transaction, patient, Letter.NEW_DEVICE, facts)
        return start

    async def _make_room(
        self, transaction: Transaction, keys: PatientKeys, entrance: Entrance, now: datetime
    ) -> None:
        """Sign out those unseen longest, if asked to, until there is a place.

        Raises DeviceLimitReached.
        """
        devices = await store_devices.load_devices(transaction, keys.account_id)
        living = still_signed_in(devices, now, self._equipment.spans)
        too_many = len(living) + 1 - self._equipment.devices_at_most
        if too_many <= 0:
            return
        if not entrance.replace_oldest:
            raise DeviceLimitReached
        for device in sorted(living, key=lambda each: each.seen_at)[:too_many]:
            await store_devices.revoke(transaction, keys.account_id, device.id, now)


async def _lock_unchanged(transaction: Transaction, account: StoredAccount) -> None:
    """Keep the account until the commit; it must be as it was when the password was compared.

    Raises CredentialsRefused or PasswordMoved.
    """
    now = await store.lock_account(transaction, account.account_id)
    if now is None or now.locked_at is not None:
        raise CredentialsRefused
    if now.password_hash != account.password_hash:
        raise PasswordMoved

"""Signing in with address and password; a stranger learns nothing from the answer or its time."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from app.accounts import store_accounts as store
from app.accounts import store_devices
from app.accounts.admission import Admission
from app.accounts.device_rules import still_signed_in
from app.accounts.equipment import Equipment
from app.accounts.issuing import DeviceAbout, Start, start_device
from app.accounts.letters import Letter
from app.accounts.mail import when
from app.accounts.passkeys.demand import tell_of_password
from app.accounts.profile import load_recipient
from app.accounts.refusals import CredentialsRefused, DeviceLimitReached, PasskeyRequired
from app.accounts.store_accounts import StoredAccount
from app.audit import Actor, AuditAction, AuditEvent, append_event
from app.database import Transaction
from app.vault import PatientKeys

ATTEMPTS = 2


class Arrival(Protocol):
    """A device that is let in, however its owner showed who they are."""

    @property
    def about(self) -> DeviceAbout:
        """What the patient will know it by."""

    @property
    def request_id(self) -> str:
        """Under which the request stands in the audit chain."""

    @property
    def replace_oldest(self) -> bool:
        """Whether the device unseen longest makes room."""


@dataclass(frozen=True, slots=True)
class Entrance:
    """Who wants to come in, and on which device."""

    email: str
    password: str
    about: DeviceAbout
    request_id: str
    replace_oldest: bool = False
    place: str = ""
    """Where the client is in the network, as throttles tell places apart."""
    known_device: str | None = None
    """The last refresh token that the device held, alive or not."""


class PasswordMoved(Exception):
    """The password's hash, or what is demanded beside it, changed between compare and write."""


class SigningIn:
    """Signs devices in."""

    def __init__(self, equipment: Equipment) -> None:
        """One a process."""
        self._equipment = equipment
        self._admission = Admission(equipment.database, equipment.vault, equipment.throttles)

    async def by_password(self, entrance: Entrance) -> Start:
        """A new device with its tokens.

        Raises CredentialsRefused, PasskeyRequired, DeviceLimitReached, BusyHashing or RateLimited.
        """
        # A crowd of guesses costs the database nothing, and what nobody judges costs no try.
        await self._equipment.hasher.refuse_if_full()
        index = self._equipment.address_index(entrance.email)
        tries = await self._admission.admit(index, entrance.place, entrance.known_device)
        for _ in range(ATTEMPTS):
            # It moves when a neighbour hashed it anew: then the second look finds it settled.
            with suppress(PasswordMoved):
                start = await self._try(entrance)
                await self._admission.succeeded(tries)
                return start
        raise CredentialsRefused

    async def _try(self, entrance: Entrance) -> Start:
        account = await self._known(entrance)
        if account.passkey_required_at is not None:
            await tell_of_password(self._equipment, account.account_id, entrance.request_id)
            raise PasskeyRequired
        renewed = await self._renewed_hash(account, entrance.password)

        async def write(transaction: Transaction) -> Start:
            await _lock_unchanged(transaction, account)
            if renewed:
                await store.save_password_hash(transaction, account.account_id, renewed)
            keys = await self._equipment.vault.patient(transaction, account.account_id)
            return await self.let_in(transaction, keys, entrance)

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
        if account is None:
            raise CredentialsRefused
        if not fits or account.locked_at is not None:
            raise CredentialsRefused().about(account.account_id)
        return account

    async def _renewed_hash(self, account: StoredAccount, password: str) -> str | None:
        """A hash at the current cost, where the stored one was made at another."""
        if not self._equipment.hasher.is_outdated(account.password_hash):
            return None
        return await self._equipment.hasher.hash(password)

    async def let_in(self, transaction: Transaction, keys: PatientKeys, entrance: Arrival) -> Start:
        """Start a device of the account, which is locked. Raises DeviceLimitReached."""
        now, spans = self._equipment.clock(), self._equipment.spans
        replaced = await self._make_room(transaction, keys, entrance, now)
        start = await start_device(
            transaction, self._equipment.vault, keys, entrance.about, spans, now
        )
        device_id = str(start.device.id)
        actor = Actor("device", device_id, entrance.request_id)
        action: AuditAction = "device.replaced_oldest" if replaced else "device.signed_in"
        event = AuditEvent(now, actor, action, "device", device_id)
        await append_event(transaction, keys.account_id, event)
        patient = await load_recipient(transaction, keys)
        facts = {"when": when(now)}
        await self._equipment.mailer.post(transaction, patient, Letter.NEW_DEVICE, facts)
        return start

    async def _make_room(
        self, transaction: Transaction, keys: PatientKeys, entrance: Arrival, now: datetime
    ) -> bool:
        """Sign out those unseen longest, if asked to, until there is a place; whether one had to.

        Raises DeviceLimitReached.
        """
        devices = await store_devices.load_devices(transaction, keys.account_id)
        living = still_signed_in(devices, now, self._equipment.spans)
        too_many = len(living) + 1 - self._equipment.devices_at_most
        if too_many <= 0:
            return False
        if not entrance.replace_oldest:
            raise DeviceLimitReached().about(keys.account_id)
        for device in sorted(living, key=lambda each: each.seen_at)[:too_many]:
            await store_devices.revoke(transaction, keys.account_id, device.id, now)
        return True


async def _lock_unchanged(transaction: Transaction, account: StoredAccount) -> None:
    """Keep the account until the commit; it must be as it was when the password was compared.

    Raises CredentialsRefused or PasswordMoved.
    """
    now = await store.lock_account(transaction, account.account_id)
    if now is None or now.locked_at is not None:
        raise CredentialsRefused
    if now.password_hash != account.password_hash or now.passkey_required_at is not None:
        raise PasswordMoved

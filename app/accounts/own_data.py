"""What an account holds of its patient beside the journal, for the export."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from app.accounts import store_accounts, store_devices, store_passkeys
from app.accounts.issuing import DeviceAbout
from app.accounts.passkeys.passkeys import known_name
from app.accounts.profile import opened_address, opened_profile
from app.accounts.profile_content import ProfileContent
from app.accounts.refusals import ProfileUnreadable
from app.database import Transaction
from app.model import Model
from app.vault import Closed, PatientKeys, SealBroken
from app.web.problems import TokenInvalid


class OwnDevice(Model):
    """A device that is or was signed in."""

    id: UUID
    name: str
    platform: str
    created_at: datetime
    seen_at: datetime
    revoked_at: datetime | None = None


class OwnPasskey(Model):
    """A passkey, as the patient knows it."""

    id: UUID
    name: str
    created_at: datetime
    used_at: datetime | None = None


class OwnProfile(Model):
    """The patient's own settings as they stand."""

    revision: int
    updated_at: datetime
    content: ProfileContent


class OwnAccount(Model):
    """The account itself. One of an external issuer has no address."""

    id: UUID
    email: str | None = None
    created_at: datetime
    recovered_at: datetime | None = None
    passkey_required_at: datetime | None = None


class OwnData(NamedTuple):
    """Address, settings and ways in. No password, key or recovery code is data to carry off.

    `closed` names what does not open: it is absent, or absent from its list.
    """

    account: OwnAccount
    profile: OwnProfile | None
    devices: list[OwnDevice]
    passkeys: list[OwnPasskey]
    closed: list[Closed]


async def own_data(transaction: Transaction, keys: PatientKeys) -> OwnData:
    """All of it. Raises TokenInvalid when the account is gone."""
    closed: list[Closed] = []
    return OwnData(
        await _account(transaction, keys, closed),
        await _profile(transaction, keys, closed),
        await _devices(transaction, keys, closed),
        await _passkeys(transaction, keys, closed),
        closed,
    )


async def _account(transaction: Transaction, keys: PatientKeys, closed: list[Closed]) -> OwnAccount:
    account = await store_accounts.load_account(transaction, keys.account_id)
    history = await store_accounts.load_history(transaction, keys.account_id)
    if account is None or history is None:
        raise TokenInvalid
    email = ""
    try:
        email = opened_address(keys, account)
    except SealBroken:  # the vault has told it
        closed.append(Closed("account", keys.account_id))
    return OwnAccount(id=keys.account_id, email=email or None, **history._asdict())


async def _profile(
    transaction: Transaction, keys: PatientKeys, closed: list[Closed]
) -> OwnProfile | None:
    row = await store_accounts.fetch_profile(transaction, keys.account_id)
    if row is None:
        raise TokenInvalid
    try:
        content = opened_profile(keys, row).content
    except ProfileUnreadable:
        closed.append(Closed("profile", keys.account_id, row.revision))
        return None
    return OwnProfile(revision=row.revision, updated_at=row.updated_at, content=content)


async def _devices(
    transaction: Transaction, keys: PatientKeys, closed: list[Closed]
) -> list[OwnDevice]:
    found = []
    for device in await store_devices.load_past_and_present(transaction, keys.account_id):
        about = DeviceAbout.known(keys, device)
        if about is None:
            closed.append(Closed("device", device.id))
            continue
        own = OwnDevice(
            id=device.id,
            name=about.name,
            platform=about.platform,
            created_at=device.created_at,
            seen_at=device.seen_at,
            revoked_at=device.revoked_at,
        )
        found.append(own)
    return found


async def _passkeys(
    transaction: Transaction, keys: PatientKeys, closed: list[Closed]
) -> list[OwnPasskey]:
    found = []
    for passkey in await store_passkeys.load_passkeys(transaction, keys.account_id):
        name = known_name(keys, passkey)
        if name is None:
            closed.append(Closed("passkey", passkey.id))
            continue
        own = OwnPasskey(
            id=passkey.id, name=name, created_at=passkey.created_at, used_at=passkey.used_at
        )
        found.append(own)
    return found

"""What an account holds of its patient beside the journal, for the export."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from app.accounts import store_accounts, store_devices, store_passkeys
from app.accounts.issuing import DeviceAbout
from app.accounts.passkeys.passkeys import opened_name
from app.accounts.profile import load_profile, load_recipient
from app.accounts.profile_content import ProfileContent
from app.database import Transaction
from app.model import Model
from app.vault import PatientKeys
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
    """Address, settings and ways in. No password, key or recovery code is data to carry off."""

    account: OwnAccount
    profile: OwnProfile
    devices: list[OwnDevice]
    passkeys: list[OwnPasskey]


async def own_data(transaction: Transaction, keys: PatientKeys) -> OwnData:
    """All of it. Raises TokenInvalid when the account is gone, SealBroken."""
    profile = await load_profile(transaction, keys, keys.account_id)
    return OwnData(
        await _account(transaction, keys),
        OwnProfile(
            revision=profile.revision, updated_at=profile.updated_at, content=profile.content
        ),
        await _devices(transaction, keys),
        await _passkeys(transaction, keys),
    )


async def _account(transaction: Transaction, keys: PatientKeys) -> OwnAccount:
    email = (await load_recipient(transaction, keys)).email
    history = await store_accounts.load_history(transaction, keys.account_id)
    if history is None:
        raise TokenInvalid
    return OwnAccount(id=keys.account_id, email=email or None, **history._asdict())


async def _devices(transaction: Transaction, keys: PatientKeys) -> list[OwnDevice]:
    return [
        OwnDevice(
            id=device.id,
            **DeviceAbout.opened(keys, device).model_dump(),
            created_at=device.created_at,
            seen_at=device.seen_at,
            revoked_at=device.revoked_at,
        )
        for device in await store_devices.load_past_and_present(transaction, keys.account_id)
    ]


async def _passkeys(transaction: Transaction, keys: PatientKeys) -> list[OwnPasskey]:
    return [
        OwnPasskey(
            id=passkey.id,
            name=opened_name(keys, passkey),
            created_at=passkey.created_at,
            used_at=passkey.used_at,
        )
        for passkey in await store_passkeys.load_passkeys(transaction, keys.account_id)
    ]

"""Handing tokens out: to a new device, and again to one that has them already."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID, uuid4

from app.accounts import store_devices as store
from app.accounts import store_tokens
from app.accounts.derivation import DeviceTokens, RefreshClaim, new_secret
from app.accounts.spans import Spans
from app.accounts.store_devices import Device
from app.accounts.store_tokens import AccessToken
from app.accounts.tokens import TokenKind, fingerprint
from app.database import Transaction
from app.model import Model
from app.vault import PatientKeys, Place, SealBroken, Vault


class Pair(NamedTuple):
    """An access token, which lives for `expires_in` seconds, and the refresh token beside it."""

    access_token: str
    refresh_token: str
    expires_in: int
    account_id: UUID


class DeviceAbout(Model):
    """What the patient calls a device; sealed."""

    name: str
    platform: str

    @classmethod
    def opened(cls, keys: PatientKeys, device: Device) -> "DeviceAbout":
        """Raises SealBroken."""
        return cls.model_validate_json(
            keys.open(_about_place(device.account_id, device.id), device.sealed_about)
        )

    @classmethod
    def known(cls, keys: PatientKeys, device: Device) -> "DeviceAbout | None":
        """The same; None where it does not open, of which the vault has told."""
        try:
            return cls.opened(keys, device)
        except SealBroken:
            return None


class Start(NamedTuple):
    """A new device with its first tokens."""

    device: Device
    about: DeviceAbout
    pair: Pair


async def start_device(
    transaction: Transaction,
    vault: Vault,
    keys: PatientKeys,
    about: DeviceAbout,
    spans: Spans,
    now: datetime,
) -> Start:
    """Sign a new device in."""
    account_id, device_id, secret = keys.account_id, uuid4(), new_secret()
    text = about.model_dump_json().encode()
    device = Device(
        account_id=account_id,
        id=device_id,
        sealed_about=keys.seal(_about_place(account_id, device_id), text),
        created_at=now,
        seen_at=now,
        sealed_secret=vault.seal(_secret_place(account_id, device_id), secret),
        generation=0,
        confirmed=False,
        rotated_at=now,
        access_at=now,
    )
    await store.add_device(transaction, device)
    pair = await hand_out(transaction, device, DeviceTokens(device_id, secret), spans, now)
    return Start(device, about, pair)


async def hand_out(
    transaction: Transaction, device: Device, tokens: DeviceTokens, spans: Spans, now: datetime
) -> Pair:
    """The pair of the device's generation and `access_at`; the same ones give the same pair."""
    access_token = tokens.access_token(device.generation, device.access_at)
    expires_at = device.access_at + spans.access
    await store_tokens.save_token(
        transaction,
        AccessToken(
            token_hash=fingerprint(TokenKind.ACCESS, access_token),
            account_id=device.account_id,
            device_id=device.id,
            generation=device.generation,
            expires_at=expires_at,
            confirmed=False,
        ),
    )
    left = min(expires_at - now, spans.access)  # another worker's clock may be a little ahead
    refresh_token = tokens.refresh_token(device.generation)
    return Pair(access_token, refresh_token, int(left.total_seconds()), device.account_id)


def tokens_of(vault: Vault, device: Device) -> DeviceTokens:
    """What makes and recognises the device's tokens. Raises SealBroken."""
    secret = vault.open(_secret_place(device.account_id, device.id), device.sealed_secret)
    return DeviceTokens(device.id, secret)


def recognised(vault: Vault, device: Device, claim: RefreshClaim) -> DeviceTokens | None:
    """What makes the device's tokens, if it made the one of this claim.

    None also where its secret does not open: whoever signs in anew gets another.
    """
    try:
        tokens = tokens_of(vault, device)
    except SealBroken:  # the vault has told it
        return None
    return tokens if tokens.made(claim) else None


def _about_place(account_id: UUID, device_id: UUID) -> Place:
    return Place("device", "about", account_id, str(device_id))


def _secret_place(account_id: UUID, device_id: UUID) -> Place:
    return Place("device", "secret", account_id, str(device_id))

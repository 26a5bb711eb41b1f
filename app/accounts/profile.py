"""The patient's own settings: sealed, and changed only from the revision that was read."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pydantic import ValidationError

from app.accounts import store_accounts as store
from app.accounts.equipment import Equipment
from app.accounts.mail import Recipient
from app.accounts.profile_content import (
    DEFAULT_TIME_ZONE,
    ProfileContent,
    ProfilePatch,
    patched,
)
from app.audit import Actor, AuditEvent, append_event
from app.database import Transaction
from app.faults import faults_from
from app.vault import PatientKeys, Place
from app.web.conditional import entity_tag
from app.web.problems import InvalidRequest, PreconditionFailed, TokenInvalid


@dataclass(frozen=True, slots=True)
class StoredProfile:
    """A profile as it stands."""

    revision: int
    content: ProfileContent
    updated_at: datetime


async def load_profile(
    transaction: Transaction, keys: PatientKeys, account_id: UUID, *, lock: bool = False
) -> StoredProfile:
    """The profile. Raises TokenInvalid when the account is gone, SealBroken."""
    row = await store.fetch_profile(transaction, account_id, lock=lock)
    if row is None:
        raise TokenInvalid
    return opened_profile(keys, row)


def opened_profile(keys: PatientKeys, row: store.SealedProfile) -> StoredProfile:
    """A profile that was read already. Raises SealBroken."""
    text = keys.open(_place(keys.account_id, row.revision), row.sealed)
    content = ProfileContent.model_validate_json(text)
    return StoredProfile(row.revision, content, row.updated_at)


async def begin_profile(
    transaction: Transaction, keys: PatientKeys, locale: str, now: datetime
) -> None:
    """Give a new account its profile; the app sets the zone as soon as it is signed in."""
    content = ProfileContent(time_zone=DEFAULT_TIME_ZONE, locale=locale)
    sealed = _sealed(keys, 1, content)
    await store.add_profile(transaction, keys.account_id, sealed, now)


async def load_recipient(transaction: Transaction, keys: PatientKeys) -> Recipient:
    """Where and in which language to write to a patient. Raises TokenInvalid, SealBroken."""
    account = await store.load_account(transaction, keys.account_id)
    if account is None:
        raise TokenInvalid
    email = keys.open(email_place(keys.account_id), account.sealed_email)
    profile = await load_profile(transaction, keys, keys.account_id)
    return Recipient(email.decode(), profile.content.locale)


class Profiles:
    """Reads and changes profiles."""

    def __init__(self, equipment: Equipment) -> None:
        """One a process."""
        self._equipment = equipment

    async def get(self, account_id: UUID) -> StoredProfile:
        """The profile. Raises TokenInvalid."""

        async def read(transaction: Transaction) -> StoredProfile:
            keys = await self._equipment.vault.patient(transaction, account_id)
            return await load_profile(transaction, keys, account_id)

        return await self._equipment.database.read(account_id, read)

    async def change(
        self, account_id: UUID, expected: int, patch: ProfilePatch, actor: Actor
    ) -> StoredProfile:
        """The profile after a merge patch on revision `expected`.

        A patch that changes nothing keeps the revision. Raises PreconditionFailed,
        InvalidRequest or TokenInvalid.
        """

        async def write(transaction: Transaction) -> StoredProfile:
            keys = await self._equipment.vault.patient(transaction, account_id)
            before = await load_profile(transaction, keys, account_id, lock=True)
            if before.revision != expected:
                raise PreconditionFailed(headers={"ETag": entity_tag(before.revision)})
            content = _after(before.content, patch)
            if content == before.content:
                return before
            after = StoredProfile(before.revision + 1, content, self._equipment.clock())
            await _save(transaction, keys, after, actor)
            return after

        return await self._equipment.database.write(account_id, write)


async def _save(
    transaction: Transaction, keys: PatientKeys, profile: StoredProfile, actor: Actor
) -> None:
    account_id, at = keys.account_id, profile.updated_at
    sealed = _sealed(keys, profile.revision, profile.content)
    await store.save_profile(transaction, account_id, profile.revision, sealed, at)
    digest = hashlib.sha256(sealed).digest()
    event = AuditEvent(at, actor, "profile.changed", "profile", str(account_id), digest=digest)
    await append_event(transaction, account_id, event)


def _after(content: ProfileContent, patch: ProfilePatch) -> ProfileContent:
    """Raises InvalidRequest; the members of a profile and of its patch have the same pointers."""
    try:
        return patched(content, patch)
    except ValidationError as wrong:
        raise InvalidRequest(faults=faults_from(wrong)) from None


def _sealed(keys: PatientKeys, revision: int, content: ProfileContent) -> bytes:
    text = content.model_dump_json(exclude_none=True).encode()
    return keys.seal(_place(keys.account_id, revision), text)


def _place(account_id: UUID, revision: int) -> Place:
    return Place("profile", "content", account_id, str(account_id), revision)


def email_place(account_id: UUID) -> Place:
    """Where an account's sealed address belongs."""
    return Place("account", "email", account_id, str(account_id))

"""The patient's own settings: sealed, and changed only from the revision that was read."""

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pydantic import ValidationError

from app.accounts import store_accounts as store
from app.accounts.equipment import Equipment
from app.accounts.letters import FALLBACK
from app.accounts.mail import Recipient
from app.accounts.profile_content import (
    DEFAULT_TIME_ZONE,
    ProfileContent,
    ProfilePatch,
    patched,
)
from app.accounts.refusals import ProfileUnreadable
from app.audit import Actor, AuditEvent, append_event
from app.database import Transaction
from app.faults import faults_from
from app.vault import PatientKeys, Place, SealBroken
from app.web.conditional import entity_tag
from app.web.problems import InvalidRequest, PreconditionFailed, TokenInvalid

STANDS_ALONE = "Name `time_zone`, `locale` and all that is to be kept."


@dataclass(frozen=True, slots=True)
class StoredProfile:
    """A profile as it stands."""

    revision: int
    content: ProfileContent
    updated_at: datetime


async def load_profile(
    transaction: Transaction, keys: PatientKeys, account_id: UUID
) -> StoredProfile:
    """The profile. Raises TokenInvalid when the account is gone, ProfileUnreadable."""
    return opened_profile(keys, await _fetched(transaction, account_id))


def opened_profile(keys: PatientKeys, row: store.SealedProfile) -> StoredProfile:
    """A profile that was read already. Raises ProfileUnreadable."""
    try:
        text = keys.open(_place(keys.account_id, row.revision), row.sealed)
    except SealBroken:  # the vault has told it
        raise ProfileUnreadable from None
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
    """Where and in which language to write to a patient. Raises TokenInvalid.

    What does not open bars no way in and stops no work: without an address there is no mail, and
    without a profile it is in English.
    """
    account = await store.load_account(transaction, keys.account_id)
    if account is None:
        raise TokenInvalid
    email, locale = "", FALLBACK
    with suppress(SealBroken):
        email = opened_address(keys, account)
    with suppress(ProfileUnreadable):
        locale = (await load_profile(transaction, keys, keys.account_id)).content.locale
    return Recipient(email, locale)


def opened_address(keys: PatientKeys, account: store.StoredAccount) -> str:
    """The address of an account; empty of one that has none. Raises SealBroken."""
    return keys.open(email_place(keys.account_id), account.sealed_email).decode()


class Profiles:
    """Reads and changes profiles."""

    def __init__(self, equipment: Equipment) -> None:
        """One a process."""
        self._equipment = equipment

    async def get(self, account_id: UUID) -> StoredProfile:
        """The profile. Raises TokenInvalid, ProfileUnreadable."""

        async def read(transaction: Transaction) -> StoredProfile:
            keys = await self._equipment.vault.patient(transaction, account_id)
            return await load_profile(transaction, keys, account_id)

        return await self._equipment.database.read(account_id, read)

    async def change(
        self, account_id: UUID, expected: int, patch: ProfilePatch, actor: Actor
    ) -> StoredProfile:
        """The profile after a merge patch on revision `expected`.

        A patch that changes nothing keeps the revision. One that could make a profile takes the
        place of what does not open. Raises PreconditionFailed, ProfileUnreadable, InvalidRequest
        or TokenInvalid.
        """

        async def write(transaction: Transaction) -> StoredProfile:
            keys = await self._equipment.vault.patient(transaction, account_id)
            row = await _fetched(transaction, account_id, lock=True)
            if row.revision != expected:
                raise PreconditionFailed(headers={"ETag": entity_tag(row.revision)})
            before = _before(keys, row, patch)
            content = _after(before.content if before else None, patch)
            if before and content == before.content:
                return before
            after = StoredProfile(row.revision + 1, content, self._equipment.clock())
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


async def _fetched(
    transaction: Transaction, account_id: UUID, *, lock: bool = False
) -> store.SealedProfile:
    """Raises TokenInvalid when the account is gone."""
    row = await store.fetch_profile(transaction, account_id, lock=lock)
    if row is None:
        raise TokenInvalid
    return row


def _before(
    keys: PatientKeys, row: store.SealedProfile, patch: ProfilePatch
) -> StoredProfile | None:
    """What a patch rests on; None where that does not open and the patch can stand alone.

    Raises ProfileUnreadable.
    """
    try:
        return opened_profile(keys, row)
    except ProfileUnreadable:
        if patch.time_zone is None or patch.locale is None:
            raise ProfileUnreadable(STANDS_ALONE) from None
        return None


def _after(content: ProfileContent | None, patch: ProfilePatch) -> ProfileContent:
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

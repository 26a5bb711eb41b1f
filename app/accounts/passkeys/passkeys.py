"""The passkeys of an account: adding, listing and deleting them."""

from datetime import datetime
from hashlib import sha256
from typing import NamedTuple
from uuid import UUID, uuid4

from app.accounts import store_accounts, store_devices
from app.accounts import store_passkeys as store
from app.accounts.equipment import Equipment
from app.accounts.letters import Letter
from app.accounts.mail import when
from app.accounts.passkeys.base64url import to_base64url
from app.accounts.passkeys.ceremonies import Ceremony, Challenge, ChallengeOver, Challenges
from app.accounts.passkeys.options import (
    MOST_PASSKEYS,
    PasskeyAlgorithm,
    PasskeyCreationOptions,
    PasskeyReference,
    PasskeyRelyingParty,
    PasskeySelection,
    PasskeyUser,
)
from app.accounts.passkeys.verification import (
    ALGORITHMS,
    Credential,
    NewCredential,
    PasskeyRefused,
    Verifier,
)
from app.accounts.profile import load_recipient
from app.accounts.step_up import require_step_up
from app.accounts.store_passkeys import StoredPasskey
from app.audit import Actor, AuditAction, AuditEvent, append_event
from app.database import Transaction, UniqueViolation
from app.faults import Fault
from app.vault import PatientKeys, Place, SealBroken
from app.web.identity import SignedIn
from app.web.problems import InvalidRequest, NotFound, TokenInvalid

MESSAGES = {
    "passkey_refused": "This passkey does not fit its challenge, or it is known already.",
    "passkey_limit": f"An account has at most {MOST_PASSKEYS} passkeys.",
    "no_way_back": "An account of an external issuer cannot demand a passkey: it has no recovery.",
}


class KnownPasskey(NamedTuple):
    """A passkey with what the patient calls it; None where that does not open."""

    passkey: StoredPasskey
    name: str | None


class KnownPasskeys(NamedTuple):
    """All of an account, and whether signing in demands one."""

    all: list[KnownPasskey]
    required: bool


class Registration(NamedTuple):
    """A registration that may go on."""

    challenge: Challenge
    options: PasskeyCreationOptions


class NewPasskey(NamedTuple):
    """What the app sends when the system has made one."""

    challenge_id: UUID
    credential: Credential
    name: str
    require_passkey: bool


class Passkeys:
    """Adds, lists and deletes. Every change signs the other devices out and tells the patient."""

    def __init__(self, equipment: Equipment, challenges: Challenges, verifier: Verifier) -> None:
        """One a process."""
        self._equipment = equipment
        self._challenges = challenges
        self._verifier = verifier

    async def start(self, signed_in: SignedIn) -> Registration:
        """What the system needs to make one, for this device. Raises StepUpRequired."""

        async def read(transaction: Transaction) -> tuple[str, list[StoredPasskey]]:
            await require_step_up(transaction, signed_in, self._equipment.clock())
            keys = await self._equipment.vault.patient(transaction, signed_in.account_id)
            recipient = await load_recipient(transaction, keys)
            return recipient.email, await store.load_passkeys(transaction, signed_in.account_id)

        name, known = await self._equipment.database.read(signed_in.account_id, read)
        challenge = self._challenges.give(Ceremony.REGISTRATION, signed_in)
        return Registration(challenge, self._options(challenge, signed_in.account_id, name, known))

    async def finish(self, signed_in: SignedIn, new: NewPasskey, actor: Actor) -> KnownPasskey:
        """Keep a passkey. Raises StepUpRequired, or InvalidRequest for one that does not fit."""
        try:
            value = self._challenges.given(new.challenge_id, Ceremony.REGISTRATION, signed_in)
            credential = self._verifier.registered(new.credential, value)
        except (ChallengeOver, PasskeyRefused):
            raise _refused("passkey_refused") from None

        try:
            added = await self._equipment.database.write(
                signed_in.account_id,
                lambda transaction: self._add(transaction, signed_in, new, credential, actor),
            )
        except UniqueViolation:
            raise _refused("passkey_refused") from None
        self._equipment.outbox.wake()
        return added

    async def of_account(self, account_id: UUID) -> KnownPasskeys:
        """All of them, the oldest first. Raises TokenInvalid."""

        async def read(transaction: Transaction) -> KnownPasskeys:
            account = await store_accounts.load_account(transaction, account_id)
            if account is None:
                raise TokenInvalid
            keys = await self._equipment.vault.patient(transaction, account_id)
            stored = await store.load_passkeys(transaction, account_id)
            known = [KnownPasskey(each, known_name(keys, each)) for each in stored]
            return KnownPasskeys(known, account.passkey_required_at is not None)

        return await self._equipment.database.read(account_id, read)

    async def delete(self, signed_in: SignedIn, passkey_id: UUID, actor: Actor) -> None:
        """Forget one; with the last one goes the demand. Raises StepUpRequired or NotFound."""
        account_id, now = signed_in.account_id, self._equipment.clock()

        async def write(transaction: Transaction) -> None:
            await store_accounts.lock_account(transaction, account_id)
            await require_step_up(transaction, signed_in, now)  # nobody ends this device now
            if not await store.drop_passkey(transaction, account_id, passkey_id):
                raise NotFound
            if not await store.load_passkeys(transaction, account_id):
                await store_accounts.require_passkey(transaction, account_id, None)
            event = AuditEvent(now, actor, "passkey.deleted", "passkey", str(passkey_id))
            await self._end_change(transaction, signed_in, event)

        await self._equipment.database.write(account_id, write)
        self._equipment.outbox.wake()

    async def _add(
        self,
        transaction: Transaction,
        signed_in: SignedIn,
        new: NewPasskey,
        credential: NewCredential,
        actor: Actor,
    ) -> KnownPasskey:
        account_id, now = signed_in.account_id, self._equipment.clock()
        account = await store_accounts.lock_account(transaction, account_id)
        await require_step_up(transaction, signed_in, now)  # nobody ends this device now
        if account is None or not await self._challenges.use(transaction, new.challenge_id):
            raise _refused("passkey_refused")
        if len(await store.load_passkeys(transaction, account_id)) >= MOST_PASSKEYS:
            raise _refused("passkey_limit")
        if new.require_passkey and not account.password_hash:
            raise _refused("no_way_back", "/require_passkey")
        keys = await self._equipment.vault.patient(transaction, account_id)
        passkey = _sealed_passkey(keys, credential, new.name, now)
        await store.add_passkey(transaction, passkey)
        if new.require_passkey and account.passkey_required_at is None:
            await store_accounts.require_passkey(transaction, account_id, now)
        action: AuditAction = (
            "passkey.added_and_required" if new.require_passkey else "passkey.added"
        )
        digest = sha256(passkey.sealed_name).digest()
        event = AuditEvent(now, actor, action, "passkey", str(passkey.id), digest=digest)
        await self._end_change(transaction, signed_in, event)
        return KnownPasskey(passkey, new.name)

    async def _end_change(
        self, transaction: Transaction, signed_in: SignedIn, event: AuditEvent
    ) -> None:
        """Sign the other devices out, note it and tell the patient; the account is locked."""
        account_id = signed_in.account_id
        await store_devices.revoke_others(transaction, account_id, signed_in.device_id, event.at)
        await append_event(transaction, account_id, event)
        keys = await self._equipment.vault.patient(transaction, account_id)
        patient = await load_recipient(transaction, keys)
        facts = {"when": when(event.at)}
        await self._equipment.mailer.post(transaction, patient, Letter.PASSKEYS_CHANGED, facts)

    def _options(
        self, challenge: Challenge, account_id: UUID, name: str, known: list[StoredPasskey]
    ) -> PasskeyCreationOptions:
        asks = self._equipment.relying_party
        shown = name or asks.name
        user = PasskeyUser(id=to_base64url(account_id.bytes), name=shown, display_name=shown)
        return PasskeyCreationOptions(
            rp=PasskeyRelyingParty(id=asks.id, name=asks.name),
            user=user,
            challenge=to_base64url(challenge.value),
            algorithms=[PasskeyAlgorithm(alg=each) for each in ALGORITHMS],
            excluded=references_to(known),
            selection=PasskeySelection(),
        )


def references_to(passkeys: list[StoredPasskey]) -> list[PasskeyReference]:
    """What options say of passkeys that exist."""
    return [PasskeyReference(id=to_base64url(each.credential_id)) for each in passkeys]


def _refused(code: str, pointer: str = "/credential") -> InvalidRequest:
    return InvalidRequest(faults=[Fault(code, MESSAGES[code], pointer)])


def _sealed_passkey(
    keys: PatientKeys, credential: NewCredential, name: str, now: datetime
) -> StoredPasskey:
    passkey_id = uuid4()
    return StoredPasskey(
        account_id=keys.account_id,
        id=passkey_id,
        credential_id=credential.id,
        public_key=credential.public_key,
        sign_count=credential.sign_count,
        sealed_name=keys.seal(_name_place(keys.account_id, passkey_id), name.encode()),
        created_at=now,
    )


def known_name(keys: PatientKeys, passkey: StoredPasskey) -> str | None:
    """What the patient calls it; None where that does not open, of which the vault has told."""
    place = _name_place(passkey.account_id, passkey.id)
    try:
        return keys.open(place, passkey.sealed_name).decode()
    except SealBroken:
        return None


def _name_place(account_id: UUID, passkey_id: UUID) -> Place:
    return Place("passkey", "name", account_id, str(passkey_id))

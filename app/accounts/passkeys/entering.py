"""Coming in with a passkey, and proving again with one."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.accounts import store_accounts
from app.accounts import store_passkeys as store
from app.accounts.equipment import Equipment
from app.accounts.issuing import DeviceAbout, Start
from app.accounts.passkeys.base64url import to_base64url
from app.accounts.passkeys.ceremonies import Ceremony, Challenge, ChallengeOver, Challenges
from app.accounts.passkeys.options import PasskeyRequestOptions
from app.accounts.passkeys.passkeys import references_to
from app.accounts.passkeys.verification import (
    Credential,
    PasskeyRefused,
    Verifier,
    credential_id_of,
    user_handle_of,
)
from app.accounts.refusals import CredentialsRefused
from app.accounts.signing_in import SigningIn
from app.accounts.step_up import StepUp
from app.accounts.store_passkeys import StoredPasskey
from app.audit import Actor, AuditEvent, append_event
from app.database import Transaction
from app.web.identity import SignedIn


@dataclass(frozen=True, slots=True)
class Answer:
    """What an authenticator signed, and for which challenge."""

    challenge_id: UUID
    credential: Credential


@dataclass(frozen=True, slots=True)
class PasskeyEntrance:
    """Who wants to come in, and on which device."""

    answer: Answer
    about: DeviceAbout
    request_id: str
    replace_oldest: bool = False


@dataclass(frozen=True, slots=True)
class Use:
    """A passkey that was shown, with the counter it came with."""

    passkey: StoredPasskey
    count: int
    challenge_id: UUID


class PasskeyDoor:
    """Takes assertions. Whatever does not fit is refused in the same words."""

    def __init__(
        self,
        equipment: Equipment,
        challenges: Challenges,
        verifier: Verifier,
        signing_in: SigningIn,
        step_up: StepUp,
    ) -> None:
        """One a process."""
        self._equipment = equipment
        self._challenges = challenges
        self._verifier = verifier
        self._signing_in = signing_in
        self._step_up = step_up

    async def start(self, signed_in: SignedIn | None) -> tuple[Challenge, PasskeyRequestOptions]:
        """A challenge to sign in with; for a device that is signed in, one to prove again with."""
        known: list[StoredPasskey] = []
        if signed_in is not None:
            account_id = signed_in.account_id
            known = await self._equipment.database.read(
                account_id, lambda work: store.load_passkeys(work, account_id)
            )
        ceremony = Ceremony.STEP_UP if signed_in else Ceremony.SIGN_IN
        challenge = self._challenges.give(ceremony, signed_in)
        options = PasskeyRequestOptions(
            challenge=to_base64url(challenge.value),
            rp_id=self._equipment.relying_party.id,
            allowed=references_to(known),
        )
        return challenge, options

    async def sign_in(self, entrance: PasskeyEntrance) -> Start:
        """A new device with its tokens. Raises CredentialsRefused or DeviceLimitReached."""
        use = await self._shown(entrance.answer, Ceremony.SIGN_IN, None)
        account_id = use.passkey.account_id

        async def write(transaction: Transaction) -> Start | None:
            account = await store_accounts.lock_account(transaction, account_id)
            if account is None:
                raise CredentialsRefused
            if account.locked_at is not None:
                raise CredentialsRefused().about(account_id)
            actor = Actor("service", "", entrance.request_id)
            if not await self._took(transaction, use, actor):
                return None
            keys = await self._equipment.vault.patient(transaction, account_id)
            return await self._signing_in.let_in(transaction, keys, entrance)

        start = await self._equipment.database.write(account_id, write)
        if start is None:
            raise CredentialsRefused
        self._equipment.outbox.wake()
        return start

    async def step_up(self, signed_in: SignedIn, answer: Answer, actor: Actor) -> datetime:
        """Until when the proof is good. Raises CredentialsRefused or TokenInvalid."""
        try:
            use = await self._shown(answer, Ceremony.STEP_UP, signed_in)

            async def write(transaction: Transaction) -> datetime | None:
                await store_accounts.lock_account(transaction, signed_in.account_id)
                took = await self._took(transaction, use, actor)
                return await self._step_up.keep(transaction, signed_in, actor) if took else None

            until = await self._equipment.database.write(signed_in.account_id, write)
        except CredentialsRefused:
            await self._step_up.note_refusal(signed_in, actor)
            raise
        if until is None:  # the chain tells why
            raise CredentialsRefused
        return until

    async def _shown(self, answer: Answer, ceremony: Ceremony, device: SignedIn | None) -> Use:
        """The passkey that signed this challenge. Raises CredentialsRefused."""
        try:
            value = self._challenges.given(answer.challenge_id, ceremony, device)
            credential_id = credential_id_of(answer.credential)
            passkey = await self._equipment.database.read(
                None, lambda transaction: store.find_passkey(transaction, credential_id)
            )
        except (ChallengeOver, PasskeyRefused):
            raise CredentialsRefused from None
        if passkey is None:
            raise CredentialsRefused
        try:
            if not _belongs(passkey, answer.credential, device):
                raise CredentialsRefused
            count = self._verifier.signed(answer.credential, value, passkey.public_key)
        except PasskeyRefused:
            raise CredentialsRefused().about(passkey.account_id) from None
        return Use(passkey, count, answer.challenge_id)

    async def _took(self, transaction: Transaction, use: Use, actor: Actor) -> bool:
        """Use the challenge up and the counter over. False, and noted, when it does not go up.

        A counter that does not go up says that somebody has a copy of the key. Raises
        CredentialsRefused for a challenge that was answered before.
        """
        if not await self._challenges.use(transaction, use.challenge_id):
            raise CredentialsRefused().about(use.passkey.account_id)
        now, passkey_id = self._equipment.clock(), str(use.passkey.id)
        if await store.count_up(transaction, use.passkey, use.count, now):
            return True
        living = await store.load_passkeys(transaction, use.passkey.account_id)
        if use.passkey.id not in {each.id for each in living}:
            raise CredentialsRefused().about(use.passkey.account_id)  # deleted since it was found
        event = AuditEvent(now, actor, "passkey.counter_back", "passkey", passkey_id, "refused")
        await append_event(transaction, use.passkey.account_id, event)
        return False


def _belongs(passkey: StoredPasskey, credential: Credential, device: SignedIn | None) -> bool:
    """Whether it is the passkey of whom the authenticator, or the device, says it is.

    At sign-in the authenticator has to say so, for nobody else does. Raises PasskeyRefused.
    """
    handle = user_handle_of(credential)
    if device is not None and passkey.account_id != device.account_id:
        return False
    if handle is None:
        return device is not None
    return handle == passkey.account_id.bytes

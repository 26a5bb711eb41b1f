"""Coming in with an ID token, and proving again with one."""

from contextlib import AbstractAsyncContextManager, nullcontext, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from app.accounts import store_accounts as store
from app.accounts.equipment import Equipment
from app.accounts.external.identity import Identity, IdTokenRefused
from app.accounts.issuing import DeviceAbout, Start, start_device
from app.accounts.passkeys.ceremonies import use_once
from app.accounts.refusals import CredentialsRefused
from app.accounts.registration import Registration, SignUp
from app.accounts.signing_in import SigningIn
from app.accounts.step_up import StepUp
from app.audit import Actor, AuditEvent, append_event
from app.database import Transaction, UniqueViolation
from app.web.identity import SignedIn

ATTEMPTS = 2
LEEWAY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class ExternalEntrance:
    """Who wants to come in, and on which device."""

    id_token: str
    nonce: str
    locale: str
    about: DeviceAbout
    request_id: str
    replace_oldest: bool = False


class ExternalDoor:
    """Takes ID tokens; where no issuer is set, it refuses them all."""

    def __init__(
        self,
        equipment: Equipment,
        registration: Registration,
        signing_in: SigningIn,
        step_up: StepUp,
    ) -> None:
        """One a process."""
        self._equipment = equipment
        self._registration = registration
        self._signing_in = signing_in
        self._step_up = step_up

    def ending(self) -> AbstractAsyncContextManager[None]:
        """What is still asked of the issuer has ended when this does."""
        id_tokens = self._equipment.id_tokens
        return id_tokens.ending() if id_tokens else nullcontext()

    async def sign_in(self, entrance: ExternalEntrance) -> Start:
        """A new device of whom the issuer vouches for; the first one comes with an account.

        Raises CredentialsRefused, DeviceLimitReached or Unavailable.
        """
        identity = await self._identity(entrance.id_token, entrance.nonce)
        for _ in range(ATTEMPTS):
            # It is there when a neighbour made the same account meanwhile.
            with suppress(UniqueViolation):
                account_id = await self._known(identity)
                if account_id is not None:
                    return await self._enter(account_id, identity, entrance)
                return await self._join(identity, entrance)
        raise CredentialsRefused

    async def prove(self, signed_in: SignedIn, id_token: str, nonce: str, actor: Actor) -> datetime:
        """Until when the proof is good: the person has just shown the issuer who they are.

        Raises CredentialsRefused, TokenInvalid or Unavailable.
        """
        try:
            identity = await self._recent_identity(signed_in, id_token, nonce)

            async def write(transaction: Transaction) -> datetime:
                await self._use(transaction, identity, signed_in.account_id)
                return await self._step_up.keep(transaction, signed_in, actor)

            return await self._equipment.database.write(signed_in.account_id, write)
        except CredentialsRefused:
            await self._step_up.note_refusal(signed_in, actor)
            raise

    async def _recent_identity(self, signed_in: SignedIn, id_token: str, nonce: str) -> Identity:
        """Raises CredentialsRefused or Unavailable."""
        identity = await self._identity(id_token, nonce)
        recent = self._is_recent(identity)
        if not recent or await self._known(identity) != signed_in.account_id:
            raise CredentialsRefused
        return identity

    async def _identity(self, id_token: str, nonce: str) -> Identity:
        """Raises CredentialsRefused or Unavailable."""
        if self._equipment.id_tokens is None:
            raise CredentialsRefused
        try:
            return await self._equipment.id_tokens.identity(id_token, nonce)
        except IdTokenRefused:
            raise CredentialsRefused from None

    def _is_recent(self, identity: Identity) -> bool:
        if identity.signed_in_at is None:
            return False
        age = self._equipment.clock() - identity.signed_in_at
        return -LEEWAY <= age <= self._equipment.spans.step_up

    def _index(self, identity: Identity) -> bytes:
        """The blind index of issuer and subject, under a key that indexes nothing else."""
        whose = f"{len(identity.issuer)}:{identity.issuer}:{identity.subject}"
        return self._equipment.vault.blind_index("external_identity", whose)

    async def _known(self, identity: Identity) -> UUID | None:
        index = self._index(identity)
        account = await self._equipment.database.read(
            None, lambda transaction: store.find_account(transaction, index)
        )
        return account and account.account_id

    async def _enter(
        self, account_id: UUID, identity: Identity, entrance: ExternalEntrance
    ) -> Start:
        async def write(transaction: Transaction) -> Start:
            account = await store.lock_account(transaction, account_id)
            if account is None:
                raise CredentialsRefused
            if account.locked_at is not None:
                raise CredentialsRefused().about(account_id)
            await self._use(transaction, identity, account_id)
            keys = await self._equipment.vault.patient(transaction, account_id)
            return await self._signing_in.let_in(transaction, keys, entrance)

        return await self._equipment.database.write(account_id, write)

    async def _join(self, identity: Identity, entrance: ExternalEntrance) -> Start:
        """Raises UniqueViolation when the identity has got an account meanwhile."""
        account_id, equipment = uuid4(), self._equipment
        # Without an address there is no mail; without a password, no sign-in by one.
        newcomer = SignUp(email="", password_hash="", locale=entrance.locale)  # none

        async def write(transaction: Transaction) -> Start:
            await self._use(transaction, identity, None)
            index = self._index(identity)
            keys = await self._registration.make_account(transaction, account_id, newcomer, index)
            now = equipment.clock()
            start = await start_device(
                transaction, equipment.vault, keys, entrance.about, equipment.spans, now
            )
            actor = Actor("device", str(start.device.id), entrance.request_id)
            event = AuditEvent(now, actor, "account.created", "account", str(account_id))
            await append_event(transaction, account_id, event)
            return start

        return await equipment.database.write(account_id, write)

    async def _use(
        self, transaction: Transaction, identity: Identity, account_id: UUID | None
    ) -> None:
        """Raises CredentialsRefused, about the account if any, for a token taken before."""
        now = self._equipment.clock()
        if not await use_once(transaction, identity.proof, identity.ends_at, now):
            refusal = CredentialsRefused()
            raise refusal.about(account_id) if account_id else refusal

"""The accounts room as the rest of the house sees it."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

from app.accounts.attempts import Attempts
from app.accounts.authentication import TokenAuthenticator
from app.accounts.breaches import Breaches
from app.accounts.devices import Devices
from app.accounts.equipment import Equipment
from app.accounts.external.entering import ExternalDoor
from app.accounts.hashing import Hasher
from app.accounts.mail import Mailer
from app.accounts.outbox import Outbox
from app.accounts.passkeys.ceremonies import Challenges
from app.accounts.passkeys.entering import PasskeyDoor
from app.accounts.passkeys.passkeys import Passkeys
from app.accounts.passkeys.relying_party import RelyingParty
from app.accounts.passkeys.verification import Verifier
from app.accounts.profile import Profiles
from app.accounts.recovery import Recovery
from app.accounts.registration import Newcomer, Registration
from app.accounts.rotation import Rotation
from app.accounts.signing_in import SigningIn
from app.accounts.spans import Spans
from app.accounts.step_up import StepUp
from app.accounts.transports import transport_of
from app.clock import Clock
from app.database import Database
from app.limits import Bucket, limits_of
from app.settings import Settings
from app.throttling import Throttles
from app.vault import Vault

if TYPE_CHECKING:
    from app.accounts.external.id_tokens import IdTokens


def equip(
    database: Database, vault: Vault, settings: Settings, clock: Clock, hasher: Hasher
) -> Equipment:
    """What the actions of this room work with; `hasher` is the one of the process."""
    transport = transport_of(settings, clock)
    return Equipment(
        database=database,
        vault=vault,
        clock=clock,
        hasher=hasher,
        mailer=Mailer(vault, clock),
        outbox=Outbox(database, vault, clock, transport, settings.mail_sender),
        spans=Spans.of(settings),
        devices_at_most=settings.devices_at_most,
        relying_party=RelyingParty.of(settings),
        id_tokens=_id_tokens(settings, clock),
        throttles=Throttles(
            database, partial(vault.blind_index, "throttle"), clock, limits_of(settings.limits)
        ),
        breaches=Breaches(settings.breach_range_url),
    )


def _id_tokens(settings: Settings, clock: Clock) -> "IdTokens | None":
    if not settings.oidc_issuer:
        return None
    from app.accounts.external.issuer import id_tokens_of  # noqa: PLC0415 - see there

    return id_tokens_of(settings, clock)


@dataclass(frozen=True, slots=True)
class Accounts:
    """All actions of this room; one object a process."""

    registration: Registration
    recovery: Recovery
    signing_in: SigningIn
    rotation: Rotation
    authenticator: TokenAuthenticator
    devices: Devices
    step_up: StepUp
    profiles: Profiles
    passkeys: Passkeys
    passkey_door: PasskeyDoor
    external_door: ExternalDoor
    attempts: Attempts
    mailer: Mailer
    outbox: Outbox
    hasher: Hasher
    throttles: Throttles

    @classmethod
    def of(cls, equipment: Equipment, newcomers: Sequence[Newcomer]) -> "Accounts":
        """`newcomers`: what other rooms do for each new account, in its transaction."""
        registration = Registration(equipment, newcomers)
        signing_in, step_up = SigningIn(equipment), StepUp(equipment)
        challenges = Challenges(equipment.vault, equipment.clock)
        verifier = Verifier(equipment.relying_party)
        return cls(
            registration=registration,
            recovery=Recovery(equipment),
            signing_in=signing_in,
            rotation=Rotation(equipment),
            authenticator=TokenAuthenticator(equipment),
            devices=Devices(equipment),
            step_up=step_up,
            profiles=Profiles(equipment),
            passkeys=Passkeys(equipment, challenges, verifier),
            passkey_door=PasskeyDoor(equipment, challenges, verifier, signing_in, step_up),
            external_door=ExternalDoor(equipment, registration, signing_in, step_up),
            attempts=Attempts(equipment),
            mailer=equipment.mailer,
            outbox=equipment.outbox,
            hasher=equipment.hasher,
            throttles=equipment.throttles,
        )

    async def admits_report(self, account_id: UUID) -> None:
        """Count a printed page of an account. Raises RateLimited."""
        await self.throttles.take((Bucket.REPORT_ACCOUNT, account_id))

    @asynccontextmanager
    async def sending_mail(self) -> AsyncIterator[None]:
        """Send mail in the background while the service runs; what is due goes out at the end."""
        sender = asyncio.create_task(self.outbox.run())
        try:
            yield
        finally:
            self.outbox.stop()
            await sender

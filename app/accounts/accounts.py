"""The accounts room as the rest of the house sees it."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from app.accounts.authentication import TokenAuthenticator
from app.accounts.devices import Devices
from app.accounts.equipment import Equipment
from app.accounts.hashing import Hasher
from app.accounts.mail import Mailer
from app.accounts.outbox import Outbox
from app.accounts.profile import Profiles
from app.accounts.registration import Newcomer, Registration
from app.accounts.rotation import Rotation
from app.accounts.signing_in import SigningIn
from app.accounts.spans import Spans
from app.accounts.step_up import StepUp
from app.accounts.transports import transport_of
from app.clock import Clock
from app.database import Database
from app.settings import Settings
from app.vault import Vault


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
    )


@dataclass(frozen=True, slots=True)
class Accounts:
    """All actions of this room; one object a process."""

    registration: Registration
    signing_in: SigningIn
    rotation: Rotation
    authenticator: TokenAuthenticator
    devices: Devices
    step_up: StepUp
    profiles: Profiles
    mailer: Mailer
    outbox: Outbox

    @classmethod
    def of(cls, equipment: Equipment, newcomers: Sequence[Newcomer]) -> "Accounts":
        """`newcomers`: what other rooms do for each new account, in its transaction."""
        return cls(
            registration=Registration(equipment, newcomers),
            signing_in=SigningIn(equipment),
            rotation=Rotation(equipment),
            authenticator=TokenAuthenticator(equipment),
            devices=Devices(equipment),
            step_up=StepUp(equipment),
            profiles=Profiles(equipment),
            mailer=equipment.mailer,
            outbox=equipment.outbox,
        )

    @asynccontextmanager
    async def sending_mail(self) -> AsyncIterator[None]:
        """Send mail in the background while the service runs; what is due goes out at the end."""
        sender = asyncio.create_task(self.outbox.run())
        try:
            yield
        finally:
            self.outbox.stop()
            await sender

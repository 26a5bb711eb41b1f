"""What every action of this room works with."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.accounts.breaches import Breaches
from app.accounts.hashing import Hasher
from app.accounts.mail import Mailer
from app.accounts.outbox import Outbox
from app.accounts.passkeys.relying_party import RelyingParty
from app.accounts.passwords import refuse_leaked, refuse_poor
from app.accounts.spans import Spans
from app.clock import Clock
from app.database import Database
from app.limits import Bucket
from app.throttling import Throttles
from app.vault import Vault

if TYPE_CHECKING:
    from app.accounts.external.id_tokens import IdTokens


@dataclass(frozen=True, slots=True)
class Equipment:
    """Made once a process."""

    database: Database
    vault: Vault
    clock: Clock
    hasher: Hasher
    mailer: Mailer
    outbox: Outbox
    spans: Spans
    devices_at_most: int
    relying_party: RelyingParty
    id_tokens: "IdTokens | None"
    throttles: Throttles
    breaches: Breaches

    async def refuse_poor(self, password: str, email: str, pointer: str) -> None:
        """Raises InvalidRequest for a new password that breaks rules or is known to have leaked."""
        refuse_poor(password, email, pointer)
        if await self.breaches.know(password):
            refuse_leaked(pointer)

    def address_index(self, email: str) -> bytes:
        """The blind index of an address; case makes no difference."""
        return self.vault.blind_index("email", email.lower())

    async def may_mail(self, address_index: bytes) -> bool:
        """Whether a mail that a stranger asked for may go to an address; it is counted."""
        return await self.throttles.admits(Bucket.MAIL_RECIPIENT, address_index.hex())

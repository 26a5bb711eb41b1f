"""What every action of this room works with."""

from dataclasses import dataclass

from app.accounts.hashing import Hasher
from app.accounts.mail import Mailer
from app.accounts.outbox import Outbox
from app.accounts.spans import Spans
from app.clock import Clock
from app.database import Database
from app.vault import Vault


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

    def address_index(self, email: str) -> bytes:
        """The blind index of an address; case makes no difference."""
        return self.vault.blind_index("email", email.lower())

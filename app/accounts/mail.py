"""Mails are decided in a request's transaction: sealed into the outbox, sent after the answer."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID, uuid4

from app.accounts.letters import Letter, written
from app.accounts.store_mail import add_mail
from app.clock import Clock
from app.database import Transaction
from app.model import Model
from app.vault import Place, Vault


class Recipient(NamedTuple):
    """Whom to write to, and in which language."""

    email: str
    locale: str


class Mail(Model):
    """What the outbox holds, sealed."""

    to: str
    subject: str
    text: str

    def sealed(self, vault: Vault, mail_id: UUID) -> bytes:
        """The mail under the service's key, bound to its row."""
        return vault.seal(_place(mail_id), self.model_dump_json().encode())

    @classmethod
    def opened(cls, vault: Vault, mail_id: UUID, sealed: bytes) -> "Mail":
        """Raises SealBroken."""
        return cls.model_validate_json(vault.open(_place(mail_id), sealed))


class Mailer:
    """Puts letters into the outbox."""

    def __init__(self, vault: Vault, clock: Clock) -> None:
        """One a process."""
        self._vault = vault
        self._clock = clock

    async def post(
        self, transaction: Transaction, to: Recipient, letter: Letter, facts: Mapping[str, str]
    ) -> UUID | None:
        """Decide a mail. It goes out if, and only if, the transaction commits.

        An account of an external issuer has no address: nothing goes there, and None comes back.
        """
        if not to.email:
            return None
        subject, text = written(letter, to.locale, facts)
        mail_id = uuid4()
        sealed = Mail(to=to.email, subject=subject, text=text).sealed(self._vault, mail_id)
        index = self._vault.blind_index("email", to.email.lower())
        await add_mail(transaction, mail_id, index, sealed, self._clock())
        return mail_id


def when(instant: datetime) -> str:
    """An instant as letters tell it, in UTC to the minute."""
    return f"{instant:%Y-%m-%d %H:%M}"


def _place(mail_id: UUID) -> Place:
    return Place("outbox", "mail", None, str(mail_id))

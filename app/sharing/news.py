"""What patients hear of their links by mail: the first opening, once."""

from collections.abc import Callable
from datetime import datetime

from app.accounts.letters import Letter
from app.accounts.mail import Mailer, when
from app.accounts.profile import load_recipient
from app.database import Transaction
from app.vault import PatientKeys


class News:
    """One object a process."""

    def __init__(self, mailer: Mailer, wake: Callable[[], None]) -> None:
        """`wake` lets decided mail leave soon."""
        self._mailer = mailer
        self.wake = wake

    async def first_opened(
        self, transaction: Transaction, keys: PatientKeys, now: datetime
    ) -> None:
        """Decide the mail in the transaction that counted the opening: one opening, one mail.

        It names neither the reader, who is a claim, nor the link.
        """
        patient = await load_recipient(transaction, keys)
        await self._mailer.post(transaction, patient, Letter.SHARE_OPENED, {"when": when(now)})

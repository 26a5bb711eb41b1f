"""Sends the mails that wait, after the answers of the requests that decided them."""

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta
from math import inf
from time import monotonic

from app.accounts import store_mail as store
from app.accounts.mail import Mail
from app.accounts.store_mail import WaitingMail
from app.accounts.transports import Transport, message_of
from app.clock import Clock
from app.database import Database, Transaction
from app.telemetry import MAILS
from app.vault import KeyRingRefused, Vault

FIRST_DELAY = timedelta(seconds=30)
"""Also how long one worker has a mail to itself; it doubles with each try."""

GIVEN_UP_AFTER = timedelta(minutes=15)
LOOKS_EVERY_SECONDS = 5.0
LAST_SECONDS = 5.0
"""So long mails still leave after `stop`: what a slow relay leaves waits in the database."""

LOG = logging.getLogger(__name__)


class Outbox:
    """Every worker runs one; a mail is claimed before it is sent, so one of them sends it."""

    def __init__(
        self, database: Database, vault: Vault, clock: Clock, transport: Transport, sender: str
    ) -> None:
        """`sender`: name and address that mail comes from."""
        self._database = database
        self._vault = vault
        self._clock = clock
        self._transport = transport
        self._sender = sender
        self._threads = ThreadPoolExecutor(1, "afterglow-mail")
        self._something = asyncio.Event()
        self._sending = asyncio.Lock()
        self._ends_at = inf
        self._oldest_at: datetime | None = None
        self.sent = 0
        self.dropped = 0

    def wake(self) -> None:
        """A transaction that posted mail has committed: send it soon."""
        self._something.set()

    def stop(self) -> None:
        """Let `run` end after a last look, soon however much is due."""
        self._ends_at = monotonic() + LAST_SECONDS
        self._something.set()

    async def run(self) -> None:
        """Send what is due until `stop`; a mail that is on its way is not torn off."""
        going_on = True
        while going_on:
            going_on = self._ends_at == inf
            self._something.clear()
            await self._look()
            if going_on:
                with suppress(TimeoutError):
                    async with asyncio.timeout(LOOKS_EVERY_SECONDS):
                        await self._something.wait()
        self._threads.shutdown()

    async def _look(self) -> None:
        try:
            await self.send_due()
            self._oldest_at = await self._database.read(None, store.oldest_mail)
        except Exception as fault:
            # Whatever it is, mails wait in the database; its text may hold what they say.
            LOG.warning("the outbox will try again: %s", type(fault).__name__)

    def oldest_age(self) -> float:
        """Seconds that the oldest mail has waited, as of the last look; 0 when none did."""
        if self._oldest_at is None:
            return 0.0
        return max(0.0, (self._clock() - self._oldest_at).total_seconds())

    async def send_due(self) -> None:
        """Send every mail whose time has come; also waits for one that is on its way."""
        async with self._sending:
            while mails := await self._due():
                for mail in mails:
                    if monotonic() >= self._ends_at:
                        return
                    if await self._claimed(mail):
                        await self._send(mail)

    async def _due(self) -> list[WaitingMail]:
        now = self._clock()
        return await self._database.read(None, lambda work: store.due_mails(work, now))

    async def _claimed(self, mail: WaitingMail) -> bool:
        next_try_at = self._clock() + FIRST_DELAY * 2**mail.tries

        async def claim(transaction: Transaction) -> bool:
            return await store.claim_mail(transaction, mail, next_try_at)

        return await self._database.write(None, claim)

    async def _send(self, mail: WaitingMail) -> None:
        try:
            opened = Mail.opened(self._vault, mail.id, mail.sealed)
            message = message_of(opened, mail.id, mail.created_at, self._sender)
            loop = asyncio.get_running_loop()
            await loop.run_in_executor(self._threads, self._transport.deliver, message)
            self.sent += 1
            MAILS.add("sent")
        except KeyRingRefused:
            # No fault of the mail: it waits for the key, or for a host that has it.
            LOG.warning("a mail was not sent: the ring lacks its key")
            return
        except Exception as fault:
            # Whatever it is, other mails do not wait for this one; its text may hold the address.
            LOG.warning("a mail was not sent: %s", type(fault).__name__)
            if self._clock() - mail.created_at < GIVEN_UP_AFTER:
                return
            self.dropped += 1
            MAILS.add("given_up")
        await self._database.write(None, lambda work: store.drop_mail(work, mail.id))

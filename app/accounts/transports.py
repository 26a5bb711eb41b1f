"""How mail leaves the house: into a folder, to standard output, or to a relay."""

import os
import secrets
import smtplib
import ssl
import sys
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from pathlib import Path
from typing import Protocol
from uuid import UUID

from app.accounts.mail import Mail
from app.clock import Clock
from app.settings import Settings

RELAY_SECONDS = 10.0


class MailNotTaken(Exception):
    """The mail could not be handed over; another try may succeed."""


class Transport(Protocol):
    """Hands one mail over. Called in a thread of its own, so it may block."""

    def deliver(self, message: EmailMessage) -> None:
        """Raises MailNotTaken."""
        ...


class DirectoryTransport:
    """One `.eml` file a mail, for a desk without a relay."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        """The folder is made at the first mail."""
        self._folder = folder
        self._clock = clock
        self._last = datetime.min.replace(tzinfo=UTC)

    def deliver(self, message: EmailMessage) -> None:
        """Write under a temporary name, mode 0600, and rename: nobody reads half a mail."""
        # Names sort in the order of sending, even while a clock stands still.
        self._last = max(self._clock(), self._last + timedelta(microseconds=1))
        name = f"{self._last:%Y%m%dT%H%M%S%fZ}-{secrets.token_hex(4)}"
        draft = self._folder / f".{name}"
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(message.as_bytes())
            draft.rename(self._folder / f"{name}.eml")
        except OSError:
            raise MailNotTaken("the folder does not take the mail") from None


class ConsoleTransport:
    """The text on standard output."""

    def deliver(self, message: EmailMessage) -> None:
        """Recipient, subject and text."""
        sys.stdout.write(f"To: {message['To']}\nSubject: {message['Subject']}\n\n")
        sys.stdout.write(message.get_content() + "\n")
        sys.stdout.flush()


class SmtpTransport:
    """A relay, over TLS with its certificate checked."""

    def __init__(self, settings: Settings, trust: ssl.SSLContext | None = None) -> None:
        """`trust`: whose certificates count; the system's by default."""
        self._settings = settings
        self._trust = trust or ssl.create_default_context()
        # What we call ourselves: by default Python would look this machine's name up.
        self._own_name = _domain(settings.mail_sender)

    def deliver(self, message: EmailMessage) -> None:
        """One connection a mail, 10 s for each step."""
        try:
            with self._connected() as relay:
                if self._settings.smtp_user:
                    relay.login(self._settings.smtp_user, self._settings.smtp_password)
                relay.send_message(message)
        except (OSError, smtplib.SMTPException):  # their texts may hold the address
            raise MailNotTaken("the relay does not take the mail") from None

    def _connected(self) -> smtplib.SMTP:
        where = (self._settings.smtp_host, self._settings.smtp_port, self._own_name)
        if self._settings.smtp_security == "tls":
            return smtplib.SMTP_SSL(*where, timeout=RELAY_SECONDS, context=self._trust)
        relay = smtplib.SMTP(*where, timeout=RELAY_SECONDS)
        try:
            relay.starttls(context=self._trust)
        except BaseException:
            relay.close()
            raise
        return relay


def transport_of(settings: Settings, clock: Clock) -> Transport:
    """The transport that the settings name."""
    if settings.mail_transport == "directory":
        return DirectoryTransport(settings.mail_dir, clock)
    if settings.mail_transport == "console":
        return ConsoleTransport()
    return SmtpTransport(settings)


def message_of(mail: Mail, mail_id: UUID, decided_at: datetime, sender: str) -> EmailMessage:
    """A plain text message that no machine answers.

    The same at each try: a mailbox that a slow relay brings it to twice may show it once.
    """
    message = EmailMessage()
    message["From"] = sender
    message["To"] = mail.to
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(decided_at)
    message["Message-ID"] = f"<{mail_id}@{_domain(sender)}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text)
    return message


def _domain(sender: str) -> str:
    """What stands behind the @ of the sender's address."""
    return parseaddr(sender)[1].rpartition("@")[2]

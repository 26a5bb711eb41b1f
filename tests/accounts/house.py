"""A whole accounts room over a real database, with mail in a real folder."""

import email
import email.policy
import re
from collections.abc import Sequence
from email.message import EmailMessage
from pathlib import Path
from uuid import UUID, uuid4

from sqlalchemy import bindparam, select

from app.accounts.accounts import Accounts, equip
from app.accounts.hashing import Hasher
from app.accounts.issuing import DeviceAbout, Pair, Start
from app.accounts.registration import NewAccount, Newcomer
from app.accounts.signing_in import Entrance
from app.audit.tables import AuditEventRow
from app.clock import Clock
from app.database import Database, Transaction, table_of
from app.limits import OFF
from app.settings import Settings
from app.vault import KeyRing, Vault
from app.vault.ring_keys import new_ring_text
from app.web.identity import SignedIn

RING = KeyRing.from_text(new_ring_text())
"""One for the whole run: the outbox of the shared database is sealed under it."""

CODE = re.compile(r"^Code: ([0-9]{8})$", re.MULTILINE)
PASSWORD = "a rather long pass phrase"
PHONE = DeviceAbout(name="Phone", platform="Android 16")
EVENT = table_of(AuditEventRow)
EVENTS = (
    select(EVENT.c.action, EVENT.c.object_id, EVENT.c.outcome)
    .where(EVENT.c.account_id == bindparam("account"))
    .order_by(EVENT.c.seq)
)

WHOSE = (
    select(EVENT.c.actor_kind, EVENT.c.actor_id, EVENT.c.request_id, EVENT.c.object_kind)
    .where(EVENT.c.account_id == bindparam("account"))
    .order_by(EVENT.c.seq.desc())
    .limit(1)
)


def an_address() -> str:
    """An address that nobody has used."""
    return f"{uuid4().hex}@example.org"


class House:
    """The accounts room as main.py would wire it, with cheap hashes."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        folder: Path,
        newcomers: Sequence[Newcomer] = (),
        hasher: Hasher | None = None,
        limits: str = OFF,
    ) -> None:
        """`folder` receives the mails."""
        self.settings = Settings(mail_transport="directory", mail_dir=folder, limits=limits)
        self.folder = folder
        self.database = database
        self.hasher = hasher or Hasher(time_cost=1, memory_kib=8)
        self.vault = Vault(RING, clock)
        self.equipment = equip(database, self.vault, self.settings, clock, self.hasher)
        self.accounts = Accounts.of(self.equipment, newcomers)

    async def mails_to(self, address: str) -> list[EmailMessage]:
        """Every mail that was sent to this address, the oldest first."""
        await self.accounts.outbox.send_due()
        mails = [_read(path) for path in sorted(self.folder.glob("*.eml"))]
        return [mail for mail in mails if mail["To"] == address]

    async def code_for(self, address: str) -> str:
        """The code in the newest mail to this address."""
        codes = [CODE.search(str(mail.get_content())) for mail in await self.mails_to(address)]
        return next(code.group(1) for code in reversed(codes) if code)

    async def sign_up(self, address: str | None = None) -> NewAccount:
        """A new account with one device."""
        address = address or an_address()
        asked = await self.accounts.registration.register(address, PASSWORD, "en", "here")
        code = await self.code_for(address)
        return await self.accounts.registration.verify(asked.request_id, code, PHONE, "request")

    async def sign_in(
        self, address: str, password: str = PASSWORD, *, replace_oldest: bool = False
    ) -> Start:
        """A further device."""
        return await self.accounts.signing_in.by_password(
            Entrance(address, password, PHONE, "request", replace_oldest=replace_oldest)
        )

    async def refresh(self, token: str) -> Pair:
        """The successor of a refresh token."""
        return await self.accounts.rotation.refresh(token, "request")

    async def caller(self, access_token: str) -> SignedIn:
        """Who the bearer of an access token is."""
        return await self.accounts.authenticator(access_token)

    async def events(self, account_id: UUID) -> list[tuple[str, str, str]]:
        """(action, object, outcome) of the account's audit chain."""

        async def read(transaction: Transaction) -> list[tuple[str, str, str]]:
            rows = await transaction.fetch(EVENTS, {"account": account_id})
            return [(row[0], row[1], row[2]) for row in rows]

        return await self.database.read(account_id, read)

    async def newest_event_is_of(self, account_id: UUID) -> tuple[str, ...]:
        """Its actor's kind and id, its request, and the kind of its object."""

        async def read(transaction: Transaction) -> tuple[str, ...]:
            ((*told,),) = await transaction.fetch(WHOSE, {"account": account_id})
            return tuple(told)

        return await self.database.read(account_id, read)


def _read(path: Path) -> EmailMessage:
    return email.message_from_bytes(path.read_bytes(), policy=email.policy.default)

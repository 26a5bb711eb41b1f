"""Nothing that a link protects stands anywhere in clear: not in the database, nor in the log."""

import base64
from collections.abc import AsyncIterator, Iterator
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import asyncpg
import httpx
import pytest

from app.main import create_app
from app.vault.keyring import make_ring_file
from tests.clocks import SetClock
from tests.engines import as_administrator
from tests.service import Service, an_entry, settings_for
from tests.sharing.links import (
    Link,
    ask_for,
    manifest,
    opened,
    read_direct,
    revoke,
    room,
    share,
    state,
    unbased,
)

pytestmark = pytest.mark.anyio


@pytest.fixture
def log() -> StringIO:
    """Where the service writes its log."""
    return StringIO()


@pytest.fixture
async def logged(
    database_url: str,
    tmp_path: Path,
    clock: SetClock,
    anyio_backend: str,
    log: StringIO,
) -> AsyncIterator[Service]:
    """The whole service as `afterglow serve` makes it."""
    settings = settings_for(database_url, tmp_path)
    make_ring_file(settings.keys_file)
    with redirect_stdout(log):
        app = create_app(settings, clock, log=True)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://afterglow.test") as http,
    ):
        yield Service(app, http, settings, clock)


def spelled(secret: bytes) -> Iterator[bytes]:
    """A secret in the forms in which it could have been written down."""
    yield secret
    yield secret.hex().encode()
    yield quote(secret).encode()
    for shift in range(3):  # wherever it lies in a longer text that was encoded
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            yield encode(secret[shift : len(secret) - (len(secret) - shift) % 3])
    yield secret.decode("latin-1").encode("utf-16-le")


async def everything_kept(database_url: str) -> bytes:
    """Every byte of the database."""
    if database_url.startswith("sqlite"):
        path = Path(database_url.removeprefix("sqlite:///"))
        return b"\n".join(each.read_bytes() for each in path.parent.glob(f"{path.name}*"))
    connection = await asyncpg.connect(as_administrator(database_url))
    try:
        tables = await connection.fetch("SELECT tablename FROM pg_tables")
        rows = [row for each in tables for row in await _rows(connection, str(each[0]))]
    finally:
        await connection.close()
    values = [value for row in rows for value in row.values()]
    return b"\n".join(v if isinstance(v, bytes) else str(v).encode() for v in values)


async def _rows(connection: asyncpg.Connection, name: str) -> list[asyncpg.Record]:
    """All rows of a table of ours; its name came from the catalogue."""
    if name.startswith(("pg_", "sql_")):
        return []
    rows: list[asyncpg.Record] = await connection.fetch(f'SELECT * FROM "{name}"')  # noqa: S608
    return rows


NAMES = ("Recipient", "Subject", "Private", "Label", "Note", "pass", "guess")


class Story:
    """Links of every kind, opened and refused in every way, full of words to look for."""

    def __init__(self, service: Service) -> None:
        """Words that nobody else writes."""
        self.service = service
        self.words = {name: f"{name}-{uuid4().hex[:20]}" for name in NAMES}
        self.links: list[Link] = []
        self.tickets: list[str] = []

    async def run(self) -> None:
        """Everything that can happen to links."""
        patient = await self.service.sign_up()
        await patient.save(an_entry(note=self.words["Note"]))
        members: dict[str, Any] = {
            "label": self.words["Label"],
            "subject_name": self.words["Subject"],
            "private_note": self.words["Private"],
            "scope": {"include_notes": True},
        }
        chosen: dict[str, Any] = {"passcode": self.words["pass"]}
        for more in (chosen, {**chosen, "mode": "live"}, {}, {"kind": "direct"}):
            link = await share(patient, **{**members, **more})
            self.links.append(link)
            await self.read(link)
            await state(patient, link)
        assert self.words["Note"] in str(await opened(self.service, self.links[0]))
        await revoke(patient, self.links[1])
        await ask_for(self.service, self.links[1], "x", recipient=self.words["Recipient"])
        await room(self.service).sweep.once()

    async def read(self, link: Link) -> None:
        """One reader does everything right, and everything wrong."""
        service, reader = self.service, self.words["Recipient"]
        if link.payload["flag"] == "U":
            await read_direct(service, link, reader)
            return
        (file,) = (await manifest(service, link, recipient=reader, embeddedLengthMax=0))["files"]
        self.tickets.append(file["location"].rpartition("/")[2])
        await service.http.get(file["location"])
        await ask_for(service, link, self.words["guess"], recipient=reader)
        await ask_for(service, link, recipient=reader)
        await ask_for(service, link, link.passcode, recipient=reader * 9)
        await service.http.get(link.path, params={"recipient": reader})

    def secrets(self) -> Iterator[bytes]:
        """All that must stand nowhere."""
        yield from (text.encode() for text in [*self.words.values(), *self.tickets])
        for link in self.links:
            key = str(link.payload["key"])
            yield from (link.token.encode(), unbased(link.token), key.encode(), unbased(key))
        yield self.links[2].passcode.encode()


async def test_no_secret_and_no_name_stands_anywhere_in_clear(
    logged: Service, database_url: str, log: StringIO
) -> None:
    story = Story(logged)
    await story.run()
    kept = await everything_kept(database_url)
    mails = b"".join(each.read_bytes() for each in logged.settings.mail_dir.glob("*"))
    assert story.links[0].id in kept.decode("latin-1")  # the object of an audit event
    assert '"route":"/shl/{token}"' in log.getvalue()
    assert '"route":"/shl/files/{ticket}"' in log.getvalue()
    for where in (kept, log.getvalue().encode(), mails):
        for secret in story.secrets():
            assert not [form for form in spelled(secret) if form in where]

"""The real service behind a real socket, and shares whose content a test may choose."""

import json
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any  # Bundles and answers are free JSON
from uuid import UUID

import httpx
import uvicorn

from app.main import create_app
from app.settings import Settings
from tests.browser.bundles import encrypt
from tests.browser.owner import Owner
from tests.engines import sqlite_url
from tests.process import free_port
from tests.sharing.links import Link, taken_apart, unbased
from tests.sharing.shared_journal import ALL_KINDS

BUILT = Path(__file__).parents[2] / "app" / "sharing" / "viewer_static"
START_SECONDS = 30.0
MORE_THAN_A_MANIFEST_EMBEDS = " " * 4 * 1024 * 1024
"""The page takes up to 4 MiB in the answer itself."""
Json = dict[str, Any]


class MovableClock:
    """The time of the machine, moved on by whatever a test adds: throttles and lives go on."""

    def __init__(self) -> None:
        """Not moved yet."""
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        """The instant, aware."""
        return datetime.now(UTC) + self.ahead


@dataclass
class Share:
    """A link of the real service, and what its reader must type."""

    end: "SharingEnd"
    owner: Owner
    share: Json

    @property
    def link(self) -> str:
        """What the patient hands over."""
        return str(self.share["link"])

    @property
    def passcode(self) -> str | None:
        """What must be typed, if anything."""
        return self.share.get("passcode")

    @property
    def key_text(self) -> str:
        """The part of the link that must never be sent."""
        return self.link.partition("shlink:/")[2]

    @property
    def taken(self) -> Link:
        """The link taken apart."""
        return Link(self.share, taken_apart(self.link))

    @property
    def openings(self) -> list[str]:
        """Who opened it, as the patient is told."""
        told = self.owner.accesses(str(self.share["id"]))
        return [each["recipient"] for each in told if each["outcome"] == "opened"]

    def revoke(self) -> None:
        """The patient withdraws it."""
        self.owner.ask("DELETE", f"/v1/shares/{self.share['id']}")

    def guess(self, times: int) -> None:
        """Somebody else types a wrong passcode."""
        body = {"recipient": "Somebody", "passcode": "WRONG999"}
        for _ in range(times):
            httpx.post(str(self.taken.payload["url"]), json=body)

    def hold(self, jwe: str) -> None:
        """Let the link lead to another file than the service made."""
        self.end.replace_file(UUID(str(self.share["id"])), jwe)

    def holding(self, bundle: Json, padding: str = "") -> str:
        """A Bundle as a file under the key of the link."""
        content = json.dumps(bundle) + padding
        return encrypt(content.encode(), unbased(str(self.taken.payload["key"])))


@dataclass
class SharingEnd:
    """A running service: an origin, patients, links, and what was asked of it."""

    origin: str
    folder: Path
    database: Path
    clock: MovableClock
    asked: list[str] = field(default_factory=list)
    owners: list[Owner] = field(default_factory=list)
    owner: Owner = field(init=False)

    def new_owner(self) -> Owner:
        """Another patient, signed in."""
        self.owners.append(Owner.signed_up(self.origin, self.folder / "mail"))
        return self.owners[-1]

    def share(self, owner: Owner | None = None, **draft: Any) -> Share:  # members of a draft
        """A link to what the patient's journal holds."""
        whose = owner or self.owner
        return Share(self, whose, whose.share(**draft))

    def publish(  # the same choices as a patient has
        self,
        bundle: Json,
        *,
        direct: bool = False,
        live: bool = False,
        by_location: bool = False,
        expires_in: int | None = None,
        label: str = "Journal",
    ) -> Share:
        """A link to this Bundle, put in place of what the service made of an empty journal."""
        today = self.clock().date()
        scope: Json = {"kinds": ALL_KINDS}
        scope |= {"last_days": 1} if live else {"from": str(today), "to": str(today)}
        draft: Json = {"label": label, "scope": scope, "mode": "live" if live else "snapshot"}
        if expires_in is not None:
            draft["expires_at"] = (self.clock() + timedelta(seconds=expires_in)).isoformat()
        share = self.share(kind="direct" if direct else "passcode", **draft)
        if live:  # which has no file before its first opening
            body = {"recipient": "First", "passcode": share.passcode}
            httpx.post(str(share.taken.payload["url"]), json=body).raise_for_status()
        share.hold(share.holding(bundle, MORE_THAN_A_MANIFEST_EMBEDS if by_location else ""))
        return share

    def replace_file(self, share_id: UUID, jwe: str) -> None:
        """Write another file of a link onto the disk."""
        with closing(sqlite3.connect(self.database, timeout=20)) as disk, disk:
            done = disk.execute(
                "UPDATE share_file SET jwe = ? WHERE share_id = ?", (jwe.encode(), share_id.hex)
            )
            assert done.rowcount == 1


@contextmanager
def sharing_end(viewer_host: str = "") -> Iterator[SharingEnd]:
    """Serve on a free port of this machine until the block ends.

    `viewer_host`: another name of this machine, for the page alone.
    """
    with TemporaryDirectory() as name:
        folder, port, clock = Path(name), free_port(), MovableClock()
        url = sqlite_url(folder)
        settings = Settings(
            database_url=url,
            keys_file=folder / "keys.json",
            mail_dir=folder / "mail",
            public_url=f"http://127.0.0.1:{port}",
            viewer_url=f"http://{viewer_host}:{port}" if viewer_host else "",
            access_token_minutes=60,
        )
        disk = Path(url.removeprefix("sqlite:///"))
        end = SharingEnd(settings.public_url, folder, disk, clock)
        with _serving(end, settings, port):
            end.owner = end.new_owner()
            yield end
            for owner in end.owners:
                owner.http.close()


@contextmanager
def _serving(end: SharingEnd, settings: Settings, port: int) -> Iterator[None]:
    application = create_app(settings, end.clock)

    async def noting(scope: Any, receive: Any, send: Any) -> None:  # plain ASGI
        if scope["type"] == "http":
            query = scope["query_string"].decode()
            end.asked.append(f"{scope['method']} {scope['raw_path'].decode()}?{query}")
        await application(scope, receive, send)

    config = uvicorn.Config(noting, host="127.0.0.1", port=port, log_level="error", ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until = time.monotonic() + START_SECONDS
    while not server.started:
        assert thread.is_alive(), "the service ended before it answered"
        assert time.monotonic() < until, "the service did not start"
        time.sleep(0.01)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(timeout=20)

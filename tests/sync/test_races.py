"""Several server processes on one database: who pages while twelve write misses nothing."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.vault.keyring import make_ring_file
from tests.process import START_SECONDS, RunningService, free_port
from tests.service import an_entry
from tests.sync.phone import CHANGES
from tests.sync.wire import edit, removal, upsert

pytestmark = pytest.mark.anyio
PROCESSES, WRITERS, READERS, PUSHES, PAGE = 3, 12, 2, 25, 7
BUSY = 503


@dataclass(slots=True)
class Seen:
    """What somebody knows: the newest revision of each entry."""

    newest: dict[str, int] = field(default_factory=dict)
    revisions: list[int] = field(default_factory=list)

    def note(self, entry_id: str, revision: int) -> None:
        """An entry stands at this revision."""
        self.newest[entry_id] = max(revision, self.newest.get(entry_id, 0))
        self.revisions.append(revision)


@dataclass(frozen=True, slots=True)
class Servers:
    """Processes on one database, and the token of a patient there."""

    urls: list[str]
    token: str


@pytest.fixture
def servers(database_url: str, tmp_path: Path) -> Iterator[Servers]:
    """Processes of their own, each with its own connections."""
    make_ring_file(tmp_path / "keys.json")
    ports = [free_port() for _ in range(PROCESSES)]
    command = [sys.executable, "-m", "tests.sync.herd", *map(str, ports)]
    environment = environment_of(database_url, tmp_path)
    with (tmp_path / "log").open("ab") as log:
        herd = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    urls = [f"http://127.0.0.1:{port}" for port in ports]
    try:
        for url in urls:
            wait_for(url, herd)
        first = RunningService(urls[0], tmp_path, herd)
        with first.client() as http:
            token = first.sign_up(http)
        yield Servers(urls, token)
    finally:
        herd.terminate()
        herd.wait(timeout=30)


def environment_of(database_url: str, folder: Path) -> dict[str, str]:
    """The settings of a server that keeps its files in `folder`."""
    return os.environ | {
        "AFTERGLOW_DATABASE_URL": database_url,
        "AFTERGLOW_KEYS_FILE": str(folder / "keys.json"),
        "AFTERGLOW_MAIL_DIR": str(folder / "mail"),
        "AFTERGLOW_PUBLIC_URL": "http://afterglow.test",
    }


def wait_for(url: str, herd: "subprocess.Popen[bytes]") -> None:
    """Until it answers. Raises RuntimeError when the processes ended instead."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if herd.poll() is not None:
            raise RuntimeError("the servers ended before they answered")
        with suppress(httpx.TransportError):
            httpx.get(f"{url}/readyz")
            return
        time.sleep(0.02)
    raise TimeoutError("the servers did not answer")


@asynccontextmanager
async def client_of(url: str, token: str) -> AsyncIterator[httpx.AsyncClient]:
    """A client of one server process."""
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(base_url=url, headers=headers, timeout=20) as client:
        yield client


async def pushed(client: httpx.AsyncClient, device_id: str, items: list[Any]) -> list[Any]:
    """The results of a push; a server without time is asked again, as the contract says."""
    while True:
        answer = await client.post(CHANGES, json={"device_id": device_id, "changes": items})
        if answer.status_code != BUSY:
            assert answer.status_code == 200, answer.text
            results: list[Any] = answer.json()["results"]
            return results
        await asyncio.sleep(0.05)


async def write(client: httpx.AsyncClient, device_id: str, truth: Seen) -> None:
    """Push new entries, edits of the last ones and now and then a deletion."""
    known: list[dict[str, Any]] = []
    for number in range(PUSHES):
        items = [upsert(an_entry(note=f"{device_id} {number}")) for _ in range(1 + number % 4)]
        items += [edit(each["id"], each["revision"], energy=number % 10) for each in known[:2]]
        if number % 5 == 4 and len(known) > 2:
            items.append(removal(known[-1]["id"]))
        known = await pushed(client, device_id, items)
        assert {each["status"] for each in known} <= {"applied", "unchanged"}
        for result in known:
            truth.note(result["id"], result["revision"])
        known = [each for each in known if not each["deleted"]]


async def read(client: httpx.AsyncClient, done: asyncio.Event) -> Seen:
    """Follow the feed in small pages until the writers are done and nothing is left."""
    seen, cursor = Seen(), 0
    while True:
        last_round = done.is_set()
        answer = await client.get(CHANGES, params={"cursor": cursor, "limit": PAGE})
        if answer.status_code == BUSY:
            await asyncio.sleep(0.05)
            continue
        assert answer.status_code == 200, answer.text
        page = answer.json()
        for change in page["changes"]:
            assert change["revision"] > (seen.revisions[-1] if seen.revisions else 0)
            seen.note(change["id"], change["revision"])
        cursor = page["cursor"]
        if last_round and not page["has_more"]:
            return seen


async def test_a_reader_misses_nothing_while_twelve_write(servers: Servers) -> None:
    truth, done = Seen(), asyncio.Event()
    async with AsyncExitStack() as stack:
        clients = [
            await stack.enter_async_context(
                client_of(servers.urls[number % PROCESSES], servers.token)
            )
            for number in range(WRITERS + READERS)
        ]
        readers = [asyncio.create_task(read(client, done)) for client in clients[WRITERS:]]
        await asyncio.gather(
            *(write(clients[number], f"phone-{number}", truth) for number in range(WRITERS))
        )
        done.set()
        for seen in await asyncio.gather(*readers):
            assert seen.newest == truth.newest
    assert len(set(truth.revisions)) == max(truth.revisions) - 1, (
        "numbers are neither lost nor shared"
    )

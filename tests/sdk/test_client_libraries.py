"""Two offline databases of the npm registry, and a client without one, against a running server."""

import json
import shutil
import sqlite3
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import anyio
import httpx
import pytest
import uvicorn

from app.database import open_database
from app.journal.restore import begin_epoch
from app.main import create_app
from tests.clocks import SetClock
from tests.engines import sqlite_url
from tests.node import installed, tool
from tests.process import free_port
from tests.service import running, settings_for
from tests.sync.merging import content_of

HERE = Path(__file__).parent
LIBRARIES = ("outbox", "watermelondb", "rxdb")
STORIES = (
    "converge",
    "converge_again",
    "lost_reply",
    "broken_off",
    "busy",
    "lost_create",
    "taken_back",
    "both_edit",
    "late_page",
    "rejected",
    "session_later",
    "session_changed",
    "spoilt",
    "spoilt_meanwhile",
    "deleted",
    "restored",
)


class Server:
    """A server on a socket, on a SQLite file that can be copied and restored."""

    def __init__(self, folder: Path) -> None:
        """Make the database, and sign a patient up."""
        self.folder = folder
        self.database_url = sqlite_url(folder)
        self.file = Path(self.database_url.removeprefix("sqlite:///"))
        self.token = anyio.run(self._sign_up)
        self.url = ""

    async def _sign_up(self) -> str:
        async with running(self.database_url, self.folder, SetClock(datetime.now(UTC))) as service:
            token: str = (await service.sign_up()).tokens["access_token"]
            return token

    @contextmanager
    def open(self) -> Iterator[None]:
        """Serve while the block runs."""
        port = free_port()
        app = create_app(settings_for(self.database_url, self.folder))
        config = uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run)
        thread.start()
        try:
            while not server.started:
                assert thread.is_alive(), "the service ended before it answered"
                time.sleep(0.01)
            self.url = f"http://127.0.0.1:{port}"
            yield
        finally:
            server.should_exit = True
            thread.join(timeout=30)

    def spoil(self, entry_id: str) -> None:
        """Leave nothing of what is sealed of an entry, neither in its row nor in its copy."""
        entry = (UUID(entry_id).hex,)
        with closing(sqlite3.connect(self.file, isolation_level=None)) as database:
            row = database.execute("UPDATE entry SET sealed = x'00' WHERE id = ?", entry)
            assert row.rowcount == 1
            copy = database.execute(
                "UPDATE entry_version SET sealed = x'00' WHERE entry_id = ?", entry
            )
            assert copy.rowcount == 1

    def back_up(self) -> None:
        """A copy of the database while the server runs."""
        with (
            closing(sqlite3.connect(self.file)) as source,
            closing(sqlite3.connect(self.folder / "copy.db")) as target,
        ):
            source.backup(target)

    def restore(self) -> None:
        """The copy in the place of the database, as the runbook says; nobody serves meanwhile."""
        for leftover in (Path(f"{self.file}-wal"), Path(f"{self.file}-shm")):
            leftover.unlink(missing_ok=True)
        shutil.copyfile(self.folder / "copy.db", self.file)
        anyio.run(self._begin_epoch)

    async def _begin_epoch(self) -> None:
        database = await open_database(self.database_url)
        assert await begin_epoch(database) == 1
        await database.close()

    def feed(self) -> list[dict[str, Any]]:
        """All changes, read by a stranger."""
        changes: list[dict[str, Any]] = []
        page: dict[str, Any] = {"has_more": True, "cursor": 0}
        headers = {"Authorization": f"Bearer {self.token}"}
        while page["has_more"]:
            query = {"cursor": page["cursor"]}
            answer = httpx.get(f"{self.url}/v1/sync/changes", params=query, headers=headers)
            page = answer.json()
            changes += page["changes"]
        return changes


class Told:
    """The stories of one library, in a process of Node."""

    def __init__(self, library: str, server: Server) -> None:
        """Begin telling."""
        self._server = server
        command = [tool("node"), "stories.mjs", library, server.url, server.token]
        self.process = subprocess.Popen(
            command,
            cwd=HERE,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def line(self) -> dict[str, Any]:
        """The next line of JSON; what a library prints beside it is passed over."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.startswith('{"'):
                told: dict[str, Any] = json.loads(line)
                return told
        _, said = self.process.communicate(timeout=30)
        raise AssertionError(said[-4000:])

    def end(self) -> None:
        """Let go of the process."""
        self.process.kill()
        self.process.communicate()

    def answer(self, value: object) -> None:
        """What the story waits for."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(value) + "\n")
        self.process.stdin.flush()


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    """What is closed at the end of a test, however it ends."""
    with ExitStack() as opened:
        yield opened


@pytest.mark.parametrize("library", LIBRARIES)
def test_two_devices_converge_over_a_faulty_line(
    library: str, tmp_path: Path, stack: ExitStack
) -> None:
    installed(HERE)
    server = Server(tmp_path)
    with server.open():
        told = Told(library, server)
        stack.callback(told.end)
        for story in STORIES[:-1]:
            said = told.line()
            while said.get("ask") == "spoil":
                server.spoil(said["id"])
                told.answer(None)
                said = told.line()
            judge(server, said, story)
            told.answer(None)
        assert told.line() == {"ask": "back up"}
        server.back_up()
        told.answer(None)
        assert told.line() == {"ask": "restore"}
    server.restore()
    with server.open():
        told.answer(server.url)
        judge(server, told.line(), STORIES[-1])
        told.answer(None)
        assert told.process.wait(timeout=30) == 0


def judge(server: Server, told: dict[str, Any], story: str) -> None:
    """Both devices show what the server holds, and exactly what the story expects."""
    assert told["story"] == story
    live = {each["id"]: content_of(each["entry"]) for each in server.feed() if not each["deleted"]}
    assert told["one"] == told["other"] == live
    assert set(told["expected"]) <= live.keys()
    if "faults" in told:
        for faults in told["faults"]:
            assert min(faults[each] for each in ("request lost", "reply lost", "twice")) > 0

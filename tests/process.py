"""The service as users meet it: a process of its own behind a socket."""

import os
import re
import socket
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import httpx

from tests.service import PASSWORD

CODE = re.compile(r"^Code: (\d{8})\r?$", re.MULTILINE)
START_SECONDS = 60.0
MOST_HELD = 64
HELD: deque[socket.socket] = deque()
"""What keeps the last free ports from others."""


@dataclass(frozen=True, slots=True)
class RunningService:
    """A server process, and the folder it keeps its files in."""

    url: str
    folder: Path
    process: "subprocess.Popen[bytes]"

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.url.rpartition(":")[2])

    def client(self) -> httpx.Client:
        """A client of it."""
        return httpx.Client(base_url=self.url, timeout=30)

    def sign_up(self, http: httpx.Client) -> str:
        """A new account; the access token of its first device."""
        return sign_up_at(http, self.folder)


def sign_up_at(http: httpx.Client, folder: Path) -> str:
    """The same at a server whose mails lie in `folder`."""
    return new_device_at(http, folder)["access_token"]


def new_device_at(http: httpx.Client, folder: Path) -> dict[str, str]:
    """A new account there; both tokens of its first device."""
    email = f"{uuid4().hex[:12]}@patients.example"
    asked = http.post("/v1/accounts", json={"email": email, "password": PASSWORD})
    assert asked.status_code == 202, asked.text
    body = {
        "request_id": asked.json()["request_id"],
        "code": _mailed_code(folder, email),
        "device": {"name": "Phone", "platform": "test"},
    }
    made = http.post("/v1/accounts/verification", json=body)
    assert made.status_code == 201, made.text
    return {name: made.json()[name] for name in ("access_token", "refresh_token")}


def _mailed_code(folder: Path, email: str) -> str:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        for file in (folder / "mail").glob("*.eml"):
            text = file.read_text()
            found = CODE.search(text)
            if email in text and found:
                return found[1]
        time.sleep(0.05)
    raise TimeoutError("no code was mailed")


def free_port() -> int:
    """A port nobody listens on, and that is given to nobody who asks for any.

    A socket that is bound and does not listen keeps it: a server that is told this very port gets
    it all the same, as long as it takes to start.
    """
    held = socket.socket()
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    held.bind(("127.0.0.1", 0))
    HELD.append(held)
    if len(HELD) > MOST_HELD:
        HELD.popleft().close()
    port: int = held.getsockname()[1]
    return port


@contextmanager
def served(
    database_url: str, folder: Path, more: Mapping[str, str] | None = None, workers: int = 1
) -> Iterator[RunningService]:
    """`afterglow serve` over a migrated database, with its files in `folder`.

    `more`: further environment variables.
    """
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    environment = os.environ | {
        "AFTERGLOW_DATABASE_URL": database_url,
        "AFTERGLOW_KEYS_FILE": str(folder / "keys.json"),
        "AFTERGLOW_MAIL_DIR": str(folder / "mail"),
        "AFTERGLOW_ERASURE_LEDGER": str(folder / "erasures.jsonl"),
        "AFTERGLOW_AUDIT_ROOTS": str(folder / "audit-roots.jsonl"),
        "AFTERGLOW_PUBLIC_URL": url,
        "AFTERGLOW_LIMITS": "off",
        **(more or {}),
    }
    command = [sys.executable, "-m", "app.cli", "serve", "--port", str(port)]
    command += ["--workers", str(workers)]
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    try:
        _wait(url, process, START_SECONDS * (1 if workers == 1 else 3))
        yield RunningService(url, folder, process)
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait(url: str, process: "subprocess.Popen[bytes]", seconds: float) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError("the server ended before it answered")
        try:
            if httpx.get(f"{url}/readyz").status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    raise TimeoutError("the server did not become ready")

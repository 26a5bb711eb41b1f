"""A server process that is told to stop."""

import signal
import socket
import time
from pathlib import Path

import httpx

from app.database.migrate import upgrade
from tests.process import served
from tests.service import PASSWORD

HEAD = b"POST /v1/tokens HTTP/1.1\r\nHost: t\r\nContent-Type: application/json\r\n"


def test_running_request_is_answered_and_the_exit_is_clean(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path / 'journal.db'}"
    upgrade(database)
    with served(database, tmp_path) as service:
        address = service.url.removeprefix("http://").split(":")
        with socket.create_connection((address[0], int(address[1])), timeout=10) as line:
            line.sendall(HEAD + b"Content-Length: 2\r\n\r\n{")
            time.sleep(0.3)
            service.process.send_signal(signal.SIGTERM)
            time.sleep(0.5)
            line.sendall(b"}")
            assert line.recv(65536).startswith(b"HTTP/1.1 4")
        assert service.process.wait(10) == 0


def test_mail_that_was_decided_leaves_before_the_end(sqlite_file_url: str, tmp_path: Path) -> None:
    with served(sqlite_file_url, tmp_path) as service:
        draft = {"email": "robin@patients.example", "password": PASSWORD}
        with service.client() as http:
            assert http.post("/v1/accounts", json=draft).status_code == 202
        service.process.send_signal(signal.SIGTERM)
        assert service.process.wait(10) == 0
    (mail,) = (tmp_path / "mail").glob("*.eml")
    assert "robin@patients.example" in mail.read_text()
    last = (tmp_path / "log").read_text().splitlines()[-1]
    assert '"event":"stopped"' in last


def test_readiness_turns_before_the_server_leaves(sqlite_file_url: str, tmp_path: Path) -> None:
    with served(sqlite_file_url, tmp_path, {"AFTERGLOW_DRAIN_SECONDS": "2"}) as service:
        service.process.send_signal(signal.SIGTERM)
        until = time.monotonic() + 1.5
        answer = httpx.get(f"{service.url}/readyz")
        while answer.status_code == 200 and time.monotonic() < until:
            answer = httpx.get(f"{service.url}/readyz")
        assert answer.status_code == 503
        assert answer.json()["failing"] == "stopping"
        assert httpx.get(f"{service.url}/healthz").status_code == 200
        assert service.process.wait(15) == 0

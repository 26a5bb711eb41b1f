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
        with socket.create_connection(("127.0.0.1", service.port), timeout=30) as line:
            line.sendall(HEAD + b"Expect: 100-continue\r\nContent-Length: 2\r\n\r\n{")
            assert line.recv(65536).startswith(b"HTTP/1.1 100 ")  # the request runs
            service.process.send_signal(signal.SIGTERM)
            until = time.monotonic() + 30
            while _lets_in(service.port):
                assert time.monotonic() < until
                time.sleep(0.02)
            line.sendall(b"}")
            assert line.recv(65536).startswith(b"HTTP/1.1 4")
        assert service.process.wait(30) == 0


def _lets_in(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_mail_that_was_decided_leaves_before_the_end(own_sqlite_url: str, tmp_path: Path) -> None:
    with served(own_sqlite_url, tmp_path) as service:
        draft = {"email": "robin@patients.example", "password": PASSWORD}
        with service.client() as http:
            assert http.post("/v1/accounts", json=draft).status_code == 202
        service.process.send_signal(signal.SIGTERM)
        assert service.process.wait(30) == 0
    (mail,) = (tmp_path / "mail").glob("*.eml")
    assert "robin@patients.example" in mail.read_text()
    last = (tmp_path / "log").read_text().splitlines()[-1]
    assert '"event":"stopped"' in last


def test_readiness_turns_before_the_server_leaves(own_sqlite_url: str, tmp_path: Path) -> None:
    with served(own_sqlite_url, tmp_path, {"AFTERGLOW_DRAIN_SECONDS": "6"}) as service:
        service.process.send_signal(signal.SIGTERM)
        until = time.monotonic() + 5
        answer = httpx.get(f"{service.url}/readyz")
        while answer.status_code == 200 and time.monotonic() < until:
            answer = httpx.get(f"{service.url}/readyz")
        assert answer.status_code == 503
        assert answer.json()["failing"] == "stopping"
        assert httpx.get(f"{service.url}/healthz").status_code == 200
        assert service.process.wait(30) == 0

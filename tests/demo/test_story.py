"""`afterglow demo` from the outside: it prints trends, and a link that opens."""

import os
import re
import subprocess
import sys
import time
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from json import loads
from pathlib import Path

import httpx
import pytest

from app.vault.keyring import make_ring_file
from tests.process import free_port

SECONDS = 60


def environment_of(folder: Path, **more: str) -> dict[str, str]:
    """Everything in `folder`; `more` variables by what stands after `AFTERGLOW_`."""
    usual = {
        "DATABASE_URL": f"sqlite:///{folder / 'demo.db'}",
        "KEYS_FILE": str(folder / "keys.json"),
        "MAIL_DIR": str(folder / "mail"),
        "ERASURE_LEDGER": str(folder / "erasures.jsonl"),
        "AUDIT_ROOTS": str(folder / "audit-roots.jsonl"),
    }
    named = {f"AFTERGLOW_{name}": value for name, value in {**usual, **more}.items()}
    return os.environ | named | {"PYTHONUNBUFFERED": "1", "COLUMNS": "200"}


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[tuple[str, str]]:
    """A demo of forty days: its origin, and what it printed before it went on serving."""
    port = free_port()
    command = [sys.executable, "-m", "app.cli", "demo", "--port", str(port), "--days", "40"]
    with (tmp_path / "told").open("wb") as told:
        demo = subprocess.Popen(command, env=environment_of(tmp_path), stdout=told, stderr=told)
    try:
        yield f"http://127.0.0.1:{port}", read_until(tmp_path / "told", "Serving on", demo)
    finally:
        demo.terminate()
        demo.wait(timeout=SECONDS)


def test_the_demo_prints_trends_a_link_that_opens_and_an_account(demo: tuple[str, str]) -> None:
    origin, text = demo
    assert "You logged" in text
    assert "synthetic" in text.lower()
    assert re.search(r"Mood around \d+ session days", text)
    assert re.search(r"Around (\d+ of )?\d+ sessions", text)
    link = re.search(r"#shlink:/(\S+)", text)
    passcode = re.search(r"Passcode: (\S+)", text)
    assert link
    assert passcode
    payload = loads(urlsafe_b64decode(link[1] + "=" * (-len(link[1]) % 4)))
    body = {"recipient": "Dr Lee", "passcode": passcode[1]}
    opened = httpx.post(payload["url"], json=body, timeout=SECONDS)
    assert opened.json()["status"] == "finalized"
    account = re.search(r"The account: (\S+@synthetic\.example) +password: (\S+)", text)
    assert account
    assert sign_in(origin, account[1], account[2]) == 200
    assert sign_in(origin, account[1], account[2][:-1]) == 401


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"MAIL_TRANSPORT": "smtp"}, "there is no demo in production"),
        ({}, "production sends mail by smtp: set AFTERGLOW_MAIL_TRANSPORT"),
    ],
    ids=["fit for production", "not fit for it either"],
)
def test_there_is_no_demo_in_production(tmp_path: Path, more: dict[str, str], why: str) -> None:
    make_ring_file(tmp_path / "keys.json")
    command = [sys.executable, "-m", "app.cli", "demo", "--port", str(free_port())]
    done = subprocess.run(
        command,
        env=environment_of(tmp_path, ENVIRONMENT="production", **more),
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("afterglow: ")
    assert done.stderr.endswith(f"{why}\n")
    assert str(tmp_path) not in done.stderr
    assert [each.name for each in tmp_path.iterdir()] == ["keys.json"], "nothing was made"


def sign_in(origin: str, email: str, password: str) -> int:
    """The status of a sign-in on a new device."""
    body = {"method": "password", "email": email, "password": password}
    device = {"name": "Tablet", "platform": "test"}
    return httpx.post(f"{origin}/v1/tokens", json={**body, "device": device}).status_code


def read_until(file: Path, wanted: str, demo: "subprocess.Popen[bytes]") -> str:
    """What was printed, once `wanted` stands in it. Raises AssertionError when it never does."""
    until = time.monotonic() + SECONDS
    while time.monotonic() < until and demo.poll() is None:
        text = file.read_text()
        if wanted in text:
            return text
        time.sleep(0.1)
    raise AssertionError(f"exit code {demo.poll()}: {file.read_text()}")

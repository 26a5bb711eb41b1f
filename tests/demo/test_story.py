"""`afterglow demo` from the outside: it prints trends, and a link that opens."""

import os
import re
import subprocess
import sys
import time
from base64 import urlsafe_b64decode
from json import loads
from pathlib import Path

import httpx

from tests.process import free_port

SECONDS = 60


def test_the_demo_prints_trends_and_a_link_that_opens(tmp_path: Path) -> None:
    port = free_port()
    command = [sys.executable, "-m", "app.cli", "demo", "--port", str(port), "--days", "40"]
    environment = os.environ | {
        "AFTERGLOW_DATABASE_URL": f"sqlite:///{tmp_path / 'demo.db'}",
        "AFTERGLOW_KEYS_FILE": str(tmp_path / "keys.json"),
        "AFTERGLOW_MAIL_DIR": str(tmp_path / "mail"),
        "PYTHONUNBUFFERED": "1",
        "COLUMNS": "200",
    }
    with (tmp_path / "told").open("wb") as told:
        demo = subprocess.Popen(command, env=environment, stdout=told, stderr=told)
    try:
        text = read_until(tmp_path / "told", "Serving on", demo)
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
    finally:
        demo.terminate()
        demo.wait(timeout=SECONDS)


def read_until(file: Path, wanted: str, demo: "subprocess.Popen[bytes]") -> str:
    """What was printed, once `wanted` stands in it. Raises AssertionError when it never does."""
    until = time.monotonic() + SECONDS
    while time.monotonic() < until and demo.poll() is None:
        text = file.read_text()
        if wanted in text:
            return text
        time.sleep(0.1)
    raise AssertionError(f"exit code {demo.poll()}: {file.read_text()}")

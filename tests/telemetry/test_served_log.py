"""What a running server and the commands of an operator leave in the log."""

import json
import logging
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from app.running import tell_settings
from app.settings import Settings
from app.web.logs import ALLOWED, EventLog, capture_libraries
from tests.process import served

SECRET = "5ecret-canary"


def lines_of(text: str) -> list[dict[str, Any]]:
    """The lines that are JSON, each of allowed members only."""
    found = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
    assert all(line.keys() <= ALLOWED | {"time", "level", "event"} for line in found)
    return found


def test_start_settings_and_stop_are_told(own_sqlite_url: str, tmp_path: Path) -> None:
    more = {"AFTERGLOW_SMTP_PASSWORD": SECRET, "AFTERGLOW_DEVICES_AT_MOST": "7"}
    with served(own_sqlite_url, tmp_path, more):
        pass
    text = (tmp_path / "log").read_text()
    lines = lines_of(text)
    settings = {line["setting"]: line["value"] for line in lines if line["event"] == "setting"}
    assert settings.keys() == {f"AFTERGLOW_{name.upper()}" for name in Settings.model_fields}
    assert settings["AFTERGLOW_SMTP_PASSWORD"] == settings["AFTERGLOW_DATABASE_URL"] == "***"
    assert settings["AFTERGLOW_DEVICES_AT_MOST"] == "7"
    assert settings["AFTERGLOW_KEYS"] == ""
    assert [line["event"] for line in lines if line["event"] in ("started", "stopped")] == [
        "started",
        "stopped",
    ]
    served_requests = [line for line in lines if line["event"] == "request"]
    assert served_requests
    assert len({line["worker"] for line in served_requests}) == 1
    assert SECRET not in text


def test_no_secret_is_told_whatever_it_is_called() -> None:
    told = StringIO()
    url = f"postgresql://afterglow_app:{SECRET}@127.0.0.1/afterglow"
    hidden = [name for name, field in Settings.model_fields.items() if not field.repr]
    secret = {name: url if name.endswith("_url") else SECRET for name in hidden}
    secret["breach_range_url"] = f"https://ranges.example/{SECRET}/range"
    tell_settings(Settings(**secret), EventLog(told))  # type: ignore[arg-type]
    assert secret
    assert SECRET not in told.getvalue()


@pytest.mark.parametrize(
    ("words", "action"),
    [
        (["keys", "list"], "keys list"),
        (["account", "lock", str(uuid4())], "account lock"),
        (["audit", "verify", "--account", str(uuid4())], "audit verify"),
        (["migrate"], "migrate"),
    ],
)
def test_commands_of_an_operator_are_told_without_their_arguments(
    own_sqlite_url: str, tmp_path: Path, words: list[str], action: str
) -> None:
    environment = os.environ | {
        "AFTERGLOW_DATABASE_URL": own_sqlite_url,
        "AFTERGLOW_KEYS_FILE": str(tmp_path / "keys.json"),
    }
    called = [sys.executable, "-m", "app.cli", *words]
    done = subprocess.run(called, env=environment, capture_output=True, text=True, check=False)
    (told,) = lines_of(done.stderr)
    assert (told["event"], told["action"]) == ("command", action)
    assert told.keys() == {"time", "level", "event", "action"}
    assert not done.stdout.startswith("{")


def test_statements_cannot_be_made_to_show_in_the_log(own_sqlite_url: str, tmp_path: Path) -> None:
    """Not by the usual switches: echo is off, and what libraries say is never written."""
    folder = tmp_path / "switch"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(
        "import logging\n"
        "for name in ('sqlalchemy', 'sqlalchemy.engine', 'asyncpg', 'sqlite3', 'alembic'):\n"
        "    logging.getLogger(name).setLevel(logging.DEBUG)\n"
    )
    switched = {"PYTHONPATH": str(folder)}
    with served(own_sqlite_url, tmp_path, switched) as service, service.client() as http:
        service.sign_up(http)
    text = (tmp_path / "log").read_text().upper()
    assert "INSERT INTO" not in text
    assert "SELECT " not in text


def test_a_library_that_shouts_a_statement_leaves_its_name_alone() -> None:
    told = StringIO()
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    try:
        capture_libraries(EventLog(told))
        logging.getLogger("sqlalchemy.engine").error("INSERT INTO entry VALUES ('%s')", SECRET)
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
    (line,) = lines_of(told.getvalue())
    assert line["event"] == "library.sqlalchemy.engine"
    assert SECRET not in told.getvalue()

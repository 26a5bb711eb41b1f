"""What a command says to an operator who had something wrong: a line, 2, and nothing made."""

import os
from pathlib import Path
from socket import socket

import pytest
from typer.testing import CliRunner, Result

from app.cli import cli
from app.database.migrate import upgrade, with_connection
from app.vault.keyring import make_ring_file
from tests.engines import sqlite_url
from tests.listening import Listening

NOWHERE = "postgresql://nobody@127.0.0.1:1/nothing"
COMMANDS = (
    ("serve", "--port", "1"),
    ("restored",),
    ("keys", "list"),
    ("keys", "rotate", "--purpose", "kek"),
    ("audit", "verify"),
    ("audit", "root"),
    ("account", "everybody-out", "--yes"),
    ("account", "lock", "0197c0de-0011-7000-8000-000000000011"),
    ("backup", "--to", "to", "--recipient", "somebody"),
    ("restore", "--replay-only", "--ledger", os.devnull),  # a ledger of nobody
)


def run(folder: Path, words: tuple[str, ...], **settings: str) -> Result:
    """A command with a ring in `folder`; it ends by an exit code and never by a traceback."""
    make_ring_file(folder / "keys.json")
    given = {
        "AFTERGLOW_KEYS_FILE": str(folder / "keys.json"),
        "AFTERGLOW_AUDIT_ROOTS": str(folder / "roots.jsonl"),
        **{f"AFTERGLOW_{name.upper()}": value for name, value in settings.items()},
    }
    done = CliRunner().invoke(cli, words, env=given)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done


@pytest.mark.parametrize("words", COMMANDS)
def test_a_database_that_nobody_migrated_is_told_of_and_not_made(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    lacking = tmp_path / "lacking.db"
    done = run(tmp_path, words, database_url=f"sqlite:///{lacking}")
    assert (done.exit_code, "run `afterglow migrate`" in done.stderr) == (2, True), done.stderr
    assert not lacking.exists()


@pytest.mark.parametrize("words", [*COMMANDS, ("migrate",)])
def test_a_database_that_is_away_or_is_none_is_told_of(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    text = tmp_path / "text.db"
    text.write_text("This is a letter, and long enough to be looked at as a database.")
    for url in (NOWHERE, f"sqlite:///{text}"):
        done = run(tmp_path, words, database_url=url)
        assert (done.exit_code, "does not answer" in done.stderr) == (2, True), done.stderr


@pytest.mark.parametrize("words", [*COMMANDS, ("migrate",)])
def test_a_database_of_a_newer_version_is_called_that(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    url = sqlite_url(tmp_path)
    upgrade(url)
    with_connection(
        url, lambda each: each.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    )
    done = run(tmp_path, words, database_url=url)
    assert (done.exit_code, "a newer version" in done.stderr) == (2, True), done.stderr


def test_a_folder_that_cannot_be_made_is_told_of(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = run(tmp_path, ("migrate",), database_url=f"sqlite:///{tmp_path}/file/in/it.db")
    assert (done.exit_code, "the folder of the database" in done.stderr) == (2, True)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("metrics_port", "abc"),
        ("environment", "live"),
        ("trusted_proxies", "127.0.0.1"),
        ("trusted_proxies", '["10.0.0.1/8"]'),
        ("public_url", "http://[example.org]"),
        ("public_url", "https://:8000"),
        ("passkey_rp_id", "Example.org"),
        ("passkey_origins", '["http://example.org"]'),
        ("limits", "everything=1/1h"),
        ("database_url", "mysql://nobody@127.0.0.1/nothing"),
        ("migration_url", "nothing"),
    ],
)
def test_a_wrong_setting_is_called_by_its_name(tmp_path: Path, name: str, value: str) -> None:
    done = run(tmp_path, ("keys", "list"), **{name: value})
    assert (done.exit_code, f"AFTERGLOW_{name.upper()}" in done.stderr) == (2, True), done.stderr
    assert "Value error" not in done.stderr
    assert value not in done.stderr


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://afterglow_app:Zx9/qT+k@db1/afterglow",
        "postgresql://afterglow_app:Zx9?qT+k@db1/afterglow",
        "postgresql://afterglow_app:Zx9#qT+k@db1/afterglow",
        "postgresql://afterglow_app:Zx9@qT+k@db1/afterglow",
        "postgresql://afterglow_app:Zx9[qT+k@db1/afterglow",
        "postgresql://afterglow_app:Zx9qT+k@db1:notaport/afterglow",
    ],
)
@pytest.mark.parametrize("words", [("keys", "list"), ("serve", "--port", "1"), ("migrate",)])
def test_nothing_of_a_password_is_told(tmp_path: Path, words: tuple[str, ...], url: str) -> None:
    """Not where it has a sign in it that ends it, either."""
    right = "postgresql://u@127.0.0.1:1/x"
    for given in (
        {"database_url": url},
        {"database_url": right, "migration_url": url},
        {"database_url": right, "replica_url": url},
    ):
        done = run(tmp_path, words, **given)
        (name, *_) = [name for name, value in given.items() if value == url]
        assert done.exit_code == 2, done.stderr
        assert f"AFTERGLOW_{name.upper()} is no address of a database" in done.stderr
        assert not {part for part in ("Zx9", "qT", "notaport") if part in done.output}


PRODUCTION = {"environment": "production", "mail_transport": "smtp"}


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({}, "AFTERGLOW_PUBLIC_URL begins with https://"),
        ({"public_url": "http://journal.example.org"}, "AFTERGLOW_PUBLIC_URL begins with https://"),
        (
            {"public_url": "https://journal.example.org", "passkey_rp_id": "other.org"},
            "AFTERGLOW_PASSKEY_RP_ID is neither",
        ),
        (
            {"public_url": "https://journal.example.org", "passkey_rp_id": "nal.example.org"},
            "AFTERGLOW_PASSKEY_RP_ID is neither",
        ),
        ({"public_url": "https://journal.example.org"}, "does not answer"),
        (
            {"public_url": "https://journal.example.org:8443", "passkey_rp_id": "example.org"},
            "does not answer",
        ),
        (
            {
                "public_url": "https://links.example.net",
                "passkey_rp_id": "example.org",
                "passkey_origins": '["https://app.example.org"]',
            },
            "does not answer",
        ),
    ],
)
def test_production_serves_under_its_final_addresses(
    tmp_path: Path, settings: dict[str, str], told: str
) -> None:
    text = tmp_path / "text.db"
    text.write_text("This is a letter, and long enough to be looked at as a database.")
    given = {**PRODUCTION, **settings, "database_url": f"sqlite:///{text}"}
    done = run(tmp_path, ("serve", "--port", "1"), **given)
    assert (done.exit_code, told in done.stderr) == (2, True), done.stderr


def test_an_operator_in_production_needs_no_address_of_the_service(tmp_path: Path) -> None:
    done = run(tmp_path, ("keys", "list"), **PRODUCTION, database_url=sqlite_url(tmp_path))
    assert done.exit_code == 0, done.stderr


def test_healthcheck_says_why(tmp_path: Path) -> None:
    done = run(tmp_path, ("healthcheck", "--port", "1"))
    assert (done.exit_code, "nobody answers there" in done.stderr) == (1, True)


class Ready(Listening):
    """Answers as a server that is ready."""

    def talk(self, connection: socket) -> None:
        """The same to everybody."""
        connection.recv(1000)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")


def test_healthcheck_asks_the_server_and_no_proxy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    server = Ready()
    try:
        done = run(tmp_path, ("healthcheck", "--port", str(server.port)))
    finally:
        server.end()
    assert done.exit_code == 0, done.stderr

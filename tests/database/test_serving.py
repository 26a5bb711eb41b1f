"""`afterglow serve` looks at the walls before it serves."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest
from pydantic import ValidationError

from app.database import DatabaseUnavailable, sqlite_connection
from app.database.walls import answers, user_of
from app.settings import Settings
from app.vault.keyring import make_ring_file
from tests.engines import (
    as_administrator,
    as_service,
    database_name,
    new_postgresql_database,
    own_postgresql_server,
)
from tests.process import free_port, served


def refusal(url: str, folder: Path, *command: str, replica: str = "") -> tuple[int, str]:
    """What `serve`, or another command, says in production instead of doing it."""
    make_ring_file(folder / "keys.json")
    environment = os.environ | {
        "AFTERGLOW_ENVIRONMENT": "production",
        "AFTERGLOW_DATABASE_URL": url,
        "AFTERGLOW_REPLICA_URL": replica,
        "AFTERGLOW_KEYS_FILE": str(folder / "keys.json"),
        "AFTERGLOW_MAIL_TRANSPORT": "smtp",
        "AFTERGLOW_PUBLIC_URL": "https://journal.example.org",
    }
    words = command or ("serve", "--port", str(free_port()))
    called = [sys.executable, "-m", "app.cli", *words]
    done = subprocess.run(called, env=environment, capture_output=True, timeout=60, check=False)
    return done.returncode, done.stderr.decode()


def test_production_refuses_a_user_whom_no_wall_stops(postgresql_url: str, tmp_path: Path) -> None:
    code, told = refusal(as_administrator(postgresql_url), tmp_path)
    assert code == 2
    assert "the user is a superuser or passes row security" in told


def test_production_refuses_files_that_others_may_read(
    sqlite_file_url: str, tmp_path: Path
) -> None:
    path = Path(sqlite_file_url.removeprefix("sqlite:///"))
    path.chmod(0o644)
    try:
        code, told = refusal(sqlite_file_url, tmp_path)
    finally:
        path.chmod(0o600)
    assert code == 2
    assert f"others may read {path.name}" in told


@pytest.mark.parametrize("command", ["serve", "migrate"])
def test_production_takes_no_way_on_which_others_may_listen(command: str, tmp_path: Path) -> None:
    url = "postgresql://afterglow_app:secret@127.0.0.1:1/afterglow?sslmode=require"
    code, told = refusal(url, tmp_path, command)
    assert code == 2
    assert "sslmode=verify-full" in told
    assert "secret" not in told


@pytest.mark.parametrize(
    ("url", "replica", "told"),
    [
        ("sqlite:///a.db", "postgresql://a/b", "SQLite has no replicas"),
        ("postgresql:///a?host=/run", "postgresql://u:secret@b/a", "sslmode=verify-full"),
        ("postgresql://u@/a?host=/run", "postgresql://v:secret@/a?host=/b", "another user"),
    ],
)
def test_a_replica_stands_behind_the_same_walls(
    url: str, replica: str, told: str, tmp_path: Path
) -> None:
    code, said = refusal(url, tmp_path, replica=replica)
    assert code == 2
    assert told in said
    assert "secret" not in said


@pytest.fixture
def own_postgresql_url(postgresql: str, empty_postgresql_url: str) -> str:
    """A migrated database for this test alone, as the service sees it."""
    template = database_name(empty_postgresql_url)
    return as_service(asyncio.run(new_postgresql_database(postgresql, template)))


@pytest.fixture
def other_server() -> Iterator[str]:
    """A server where the service's user passes every wall; its URL for that user."""
    with own_postgresql_server() as url:

        async def make() -> None:
            connection = await asyncpg.connect(url)
            await connection.execute("CREATE ROLE afterglow_app LOGIN BYPASSRLS")
            await connection.close()

        asyncio.run(make())
        yield as_service(url)


def test_production_refuses_a_replica_whose_user_no_wall_stops(
    postgresql_url: str, other_server: str, tmp_path: Path
) -> None:
    """The name is the same on both: what it may do there has to be looked up there."""
    code, told = refusal(postgresql_url, tmp_path, replica=other_server)
    assert code == 2
    assert "on the replica, the user is a superuser or passes row security" in told


def test_a_desk_is_told_of_its_replica_and_served(
    own_postgresql_url: str, other_server: str, tmp_path: Path
) -> None:
    with served(own_postgresql_url, tmp_path, {"AFTERGLOW_REPLICA_URL": other_server}):
        told = (tmp_path / "log").read_text()
    assert "Not fit for production: on the replica, the user is a superuser" in told


def test_a_replica_is_of_postgresql() -> None:
    with pytest.raises(ValidationError, match="begins with postgresql://"):
        Settings(database_url="postgresql:///a", replica_url="sqlite:///a.db")


def test_a_url_says_whom_it_signs_in_as() -> None:
    assert user_of("postgresql://u:p@h1,h2:5/a") == "u"
    assert user_of("postgresql:///a?host=/b&user=v") == "v"
    assert user_of("postgresql:///a") == ""


@pytest.mark.anyio
async def test_whether_a_server_answers(postgresql_url: str, anyio_backend: str) -> None:
    assert await answers(postgresql_url)
    assert not await answers(f"postgresql://u@127.0.0.1:{free_port()}/a")


def test_a_desk_is_told_and_served(own_postgresql_url: str, tmp_path: Path) -> None:
    with served(as_administrator(own_postgresql_url), tmp_path):
        told = (tmp_path / "log").read_text()
    assert "Not fit for production: the user is a superuser or passes row security" in told


@pytest.mark.parametrize("name", ["foreign_keys", "secure_delete", "trusted_schema"])
def test_a_setting_that_sqlite_does_not_take_is_noticed(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    turned = "ON" if name == "trusted_schema" else "OFF"
    monkeypatch.setattr(
        sqlite_connection, "PRAGMAS", (*sqlite_connection.PRAGMAS, f"PRAGMA {name}={turned}")
    )
    with pytest.raises(DatabaseUnavailable, match=name):
        sqlite_connection.connect(tmp_path / "a.db")

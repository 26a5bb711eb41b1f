"""Fixtures of the database's own tests."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.database.sqlite_connection import connect
from tests.database.left_connections import Seen, connected
from tests.engines import ENGINES, new_postgresql_database


@pytest.fixture
async def seen(own_postgresql_url: str, anyio_backend: str) -> AsyncIterator[Seen]:
    async with connected(own_postgresql_url) as found:
        yield found


@pytest.fixture
def lingering(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is left stays so for longer than any test lasts."""
    monkeypatch.setattr("app.database.postgresql_connections.LINGER_SECONDS", 60.0)


@pytest.fixture(params=ENGINES)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database without a schema, on each engine in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'empty.db'}"
    server: str = request.getfixturevalue("postgresql")
    return asyncio.run(new_postgresql_database(server))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A SQLite file to which numbers are added."""
    path = tmp_path / "added.db"
    connection = connect(path)
    connection.execute("CREATE TABLE added (number INTEGER)")
    connection.close()
    return path

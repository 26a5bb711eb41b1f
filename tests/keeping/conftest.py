"""Databases of one's own: what is counted, rotated and restored here is all there is."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from app.database import WholeDatabase
from tests.clocks import SetClock
from tests.engines import ENGINES, migrated, new_postgresql_database, open_whole, sqlite_url
from tests.service import Service, running

NewUrl = Callable[[str], str]


@pytest.fixture
def new_url(tmp_path: Path, request: pytest.FixtureRequest) -> NewUrl:
    """Makes a migrated, empty database of an engine, and tells its URL."""

    def make(engine: str) -> str:
        if engine == "sqlite":
            folder = tmp_path / "sqlite"
            folder.mkdir(exist_ok=True)
            return sqlite_url(folder)
        return migrated(asyncio.run(new_postgresql_database(request.getfixturevalue("postgresql"))))

    return make


@pytest.fixture(params=ENGINES)
def database_url(request: pytest.FixtureRequest, new_url: NewUrl) -> str:
    """A migrated database for this test alone, on each engine in turn."""
    return new_url(request.param)


@pytest.fixture
async def database(database_url: str, anyio_backend: str) -> AsyncIterator[WholeDatabase]:
    """The same, open for whoever keeps it."""
    async with open_whole(database_url) as opened:
        yield opened


@pytest.fixture
async def service(
    database_url: str, tmp_path: Path, clock: SetClock, anyio_backend: str
) -> AsyncIterator[Service]:
    """The whole service over it."""
    async with running(database_url, tmp_path, clock) as started:
        yield started

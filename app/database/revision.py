"""Which migration has run, and which is the newest: all that a server asks about them.

Asked of the drivers alone: SQLAlchemy's engines and Alembic, which carry migrations out, take time
and memory to load, and no server needs them.
"""

import asyncio
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import asyncpg

from app.database.connect import SQLITE_PREFIX
from app.database.driver_faults import NOT_CONNECTED
from app.database.errors import DatabaseUnavailable

MIGRATIONS = Path(__file__).parents[2] / "migrations"
IDENTIFIER = re.compile(r'^(revision|down_revision)\b.* = "(\w+)"$', re.MULTILINE)
VERSIONS = "SELECT version_num FROM alembic_version"
IS_KEPT = "SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'"


def newest_revision() -> str:
    """The migration that this code was written for. Raises LookupError unless there is one."""
    newest = _steps().keys() - _steps().values()
    if len(newest) != 1:
        raise LookupError("the migrations do not end in one")
    return newest.pop()


def is_current(url: str) -> bool:
    """Whether the newest migration has run. Raises DatabaseUnavailable when nobody answers."""
    return _found(url) == [newest_revision()]


def was_migrated(url: str) -> bool:
    """Whether any migration has run. Raises DatabaseUnavailable."""
    return bool(_found(url))


def is_ahead(url: str) -> bool:
    """Whether a migration has run that this code does not know. Raises DatabaseUnavailable."""
    return not set(_found(url)) <= _steps().keys()


def _steps() -> dict[str, str]:
    """Each migration, and the one before it."""
    texts = [path.read_text() for path in (MIGRATIONS / "versions").glob("[0-9]*.py")]
    told: list[dict[str, str]] = [dict(IDENTIFIER.findall(text)) for text in texts]
    return {each["revision"]: each.get("down_revision", "") for each in told}


def _found(url: str) -> list[str]:
    """What has run there last."""
    try:
        if url.startswith(SQLITE_PREFIX):
            return _of_file(Path(url.removeprefix(SQLITE_PREFIX)))
        return asyncio.run(_of_server(url))
    except (*NOT_CONNECTED, sqlite3.Error) as fault:
        raise DatabaseUnavailable("the database does not answer, or is none") from fault


def _of_file(path: Path) -> list[str]:
    if not path.exists():
        return []
    with closing(sqlite3.connect(path)) as connection:
        if not connection.execute(IS_KEPT).fetchone():
            return []
        return [version for (version,) in connection.execute(VERSIONS)]


async def _of_server(url: str) -> list[str]:
    connection = await asyncpg.connect(url)
    try:
        return [version for (version,) in await connection.fetch(VERSIONS)]
    except asyncpg.UndefinedTableError:
        return []
    finally:
        await connection.close()

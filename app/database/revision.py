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

MIGRATIONS = Path(__file__).parents[2] / "migrations"
IDENTIFIER = re.compile(r'^(revision|down_revision)\b.* = "(\w+)"$', re.MULTILINE)
VERSIONS = "SELECT version_num FROM alembic_version"
IS_KEPT = "SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'"


def newest_revision() -> str:
    """The migration that this code was written for. Raises LookupError unless there is one."""
    texts = [path.read_text() for path in (MIGRATIONS / "versions").glob("[0-9]*.py")]
    told: list[dict[str, str]] = [dict(IDENTIFIER.findall(text)) for text in texts]
    led_on = {each.get("down_revision") for each in told}
    newest = [each["revision"] for each in told if each["revision"] not in led_on]
    if len(newest) != 1:
        raise LookupError("the migrations do not end in one")
    return newest[0]


def is_current(url: str) -> bool:
    """Whether the newest migration has run. Raises what the driver does when nobody answers."""
    if url.startswith(SQLITE_PREFIX):
        found = _of_file(Path(url.removeprefix(SQLITE_PREFIX)))
    else:
        found = asyncio.run(_of_server(url))
    return found == [newest_revision()]


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

"""Migrations by Alembic over the ordinary SQLAlchemy engine.

A server asks only which migration is the newest. Alembic itself, and the templates and colours it
brings along, are loaded by those who migrate: they cost 10 MiB and a sixth of the start.
"""

import asyncio
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, String, column, create_engine, inspect, select, table
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from app.database.connect import SQLITE_PREFIX
from app.database.sqlite import PRAGMAS

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).parents[2] / "migrations"
IDENTIFIER = re.compile(r'^(revision|down_revision)\b.* = "(\w+)"$', re.MULTILINE)
VERSION_TABLE = "alembic_version"
VERSIONS = select(column("version_num", String)).select_from(table(VERSION_TABLE))


def upgrade(url: str, revision: str = "head") -> None:
    """Bring the schema to `revision`; already there is fine."""
    from alembic import command  # noqa: PLC0415 - a server never gets here

    with_connection(url, lambda connection: command.upgrade(_config(connection), revision))


def downgrade(url: str, revision: str = "base") -> None:
    """Take the schema back to `revision`."""
    from alembic import command  # noqa: PLC0415 - a server never gets here

    with_connection(url, lambda connection: command.downgrade(_config(connection), revision))


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
    """Whether the newest migration has run."""
    found: list[str] = []

    def look(connection: Connection) -> None:
        if inspect(connection).has_table(VERSION_TABLE):
            found.extend(connection.scalars(VERSIONS))

    with_connection(url, look)
    return found == [newest_revision()]


def autogenerate(url: str, message: str, number: str) -> None:
    """Write the step that leads from this database to the described tables."""
    from alembic import command  # noqa: PLC0415 - a server never gets here

    with_connection(
        url,
        lambda connection: command.revision(
            _config(connection), message, autogenerate=True, rev_id=number
        ),
    )


def _config(connection: Connection) -> "Config":
    from alembic.config import Config  # noqa: PLC0415 - a server never gets here

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def with_connection(url: str, use: Callable[[Connection], object]) -> None:
    """Use an ordinary SQLAlchemy connection to the database, and commit what was done."""
    if url.startswith(SQLITE_PREFIX):
        path = Path(url.removeprefix(SQLITE_PREFIX))
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            path.touch(mode=0o600)
        engine = create_engine(f"sqlite:///{path}", poolclass=NullPool, hide_parameters=True)
        with engine.connect() as connection:
            for pragma in PRAGMAS:
                connection.exec_driver_sql(pragma)
            connection.commit()
            use(connection)
            connection.commit()
        return
    asyncio.run(_with_async_connection(url, use))


async def _with_async_connection(url: str, use: Callable[[Connection], object]) -> None:
    address = "postgresql+asyncpg://" + url.split("://", 1)[1]
    engine = create_async_engine(address, poolclass=NullPool, hide_parameters=True)
    async with engine.connect() as connection:
        await connection.run_sync(use)
        await connection.commit()
    await engine.dispose()

"""Migrations by Alembic over the ordinary SQLAlchemy engine."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from app.database.connect import SQLITE_PREFIX
from app.database.sqlite import PRAGMAS

MIGRATIONS = Path(__file__).parents[2] / "migrations"


def upgrade(url: str, revision: str = "head") -> None:
    """Bring the schema to `revision`; already there is fine."""
    with_connection(url, lambda connection: command.upgrade(_config(connection), revision))


def downgrade(url: str, revision: str = "base") -> None:
    """Take the schema back to `revision`."""
    with_connection(url, lambda connection: command.downgrade(_config(connection), revision))


def newest_revision() -> str:
    """The migration that this code was written for."""
    newest = ScriptDirectory(str(MIGRATIONS)).get_current_head()
    if newest is None:
        raise LookupError("there are no migrations")
    return newest


def is_current(url: str) -> bool:
    """Whether the newest migration has run."""
    found: list[bool] = []

    def compare(connection: Connection) -> None:
        revision = MigrationContext.configure(connection).get_current_revision()
        found.append(revision == newest_revision())

    with_connection(url, compare)
    return found[0]


def autogenerate(url: str, message: str, number: str) -> None:
    """Write the step that leads from this database to the described tables."""
    with_connection(
        url,
        lambda connection: command.revision(
            _config(connection), message, autogenerate=True, rev_id=number
        ),
    )


def _config(connection: Connection) -> Config:
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

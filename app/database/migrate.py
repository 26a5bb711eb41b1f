"""Migrations by Alembic over the ordinary SQLAlchemy engine; a server never loads this."""

import asyncio
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

import asyncpg
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from app.database.connect import SQLITE_PREFIX
from app.database.driver_faults import NOT_CONNECTED
from app.database.errors import DatabaseUnavailable, MigrationRefused
from app.database.revision import MIGRATIONS
from app.database.sqlite_connection import connect
from app.database.sqlite_turn import Turn

NOT_ALLOWED = {"42501", "3F000"}
"""SQLSTATEs: insufficient privilege, and no schema that this user may make something in."""

ALONE = "SELECT pg_advisory_xact_lock(hashtext('afterglow migrate'))"
"""Waits for whoever migrates the same database; SQLite has its turns for that."""


def upgrade(url: str, revision: str = "head") -> None:
    """Bring the schema to `revision`; already there is fine.

    Raises MigrationRefused for a user who may not do that, DatabaseUnavailable.
    """
    try:
        with_connection(url, lambda connection: command.upgrade(_config(connection), revision))
    except DBAPIError as fault:
        if getattr(fault.orig, "sqlstate", None) in NOT_ALLOWED:
            raise MigrationRefused("this user may not change the schema") from None
        raise DatabaseUnavailable(
            f"the database does not take the migration ({_name(fault.orig)}); nothing was changed"
        ) from fault


def downgrade(url: str, revision: str = "base") -> None:
    """Take the schema back to `revision`."""
    with_connection(url, lambda connection: command.downgrade(_config(connection), revision))


def autogenerate(url: str, message: str, number: str) -> None:
    """Write the step that leads from this database to the described tables."""
    with_connection(
        url,
        lambda connection: command.revision(
            _config(connection), message, autogenerate=True, rev_id=number
        ),
    )


def _name(fault: BaseException | None) -> str:
    """What the engine calls a fault; its text may hold values."""
    told = (getattr(fault, name, None) for name in ("sqlite_errorname", "sqlstate"))
    return next(filter(None, told), type(fault).__name__)


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def with_connection(url: str, use: Callable[[Connection], object]) -> None:
    """Use an ordinary SQLAlchemy connection inside a transaction, and commit what was done.

    Whoever is killed in between has done nothing. Raises DatabaseUnavailable.
    """
    if url.startswith(SQLITE_PREFIX):
        _with_file(Path(url.removeprefix(SQLITE_PREFIX)), use)
    else:
        asyncio.run(_with_async_connection(url, use))


def _with_file(path: Path, use: Callable[[Connection], object]) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        path.touch(mode=0o600)
    engine = create_engine(
        "sqlite://",
        creator=partial(connect, path, seconds=None),
        poolclass=NullPool,
        hide_parameters=True,
    )
    # Python's driver by itself begins none before it changes a schema.
    event.listen(engine, "begin", lambda begun: begun.exec_driver_sql("BEGIN IMMEDIATE"))
    with closing(Turn(path)) as turn, turn.taken(), engine.connect() as connection:
        connection.begin()  # Alembic leaves one that it finds begun to us
        use(connection)
        connection.commit()


async def _with_async_connection(url: str, use: Callable[[Connection], object]) -> None:
    # The driver reads the URL itself, as the service does: SQLAlchemy knows no second host.
    engine = create_async_engine(
        "postgresql+asyncpg://",
        async_creator=partial(_connected, url),
        poolclass=NullPool,
        hide_parameters=True,
    )
    async with engine.connect() as connection:
        await connection.exec_driver_sql(ALONE)
        await connection.run_sync(use)
        await connection.commit()
    await engine.dispose()


async def _connected(url: str) -> asyncpg.Connection:
    try:
        return await asyncpg.connect(url)
    except NOT_CONNECTED as fault:
        raise DatabaseUnavailable("the database does not answer, or is none") from fault

"""From a URL to an engine."""

from pathlib import Path

from app.database.interface import WholeDatabase
from app.database.postgresql import PostgreSQL
from app.database.postgresql_connections import POOL_SIZE
from app.database.sqlite import SQLite

SQLITE_PREFIX = "sqlite:///"


async def open_database(
    url: str, *, whole: bool = False, connections_at_most: int = POOL_SIZE
) -> WholeDatabase:
    """Open `sqlite:///path` or `postgresql://…` (several hosts allowed).

    `whole` is for those who keep the database and not for the service: statements on patients'
    rows may run where no account is named, as a user from whom no row is hidden.
    `connections_at_most`: to PostgreSQL; on SQLite each worker has its readers.

    Raises ValueError for another kind of URL, DatabaseUnavailable when it does not answer.
    """
    if url.startswith(SQLITE_PREFIX):
        return SQLite(Path(url.removeprefix(SQLITE_PREFIX)), whole=whole)
    if url.startswith(("postgresql://", "postgres://")):
        return await PostgreSQL.connect(url, whole=whole, connections_at_most=connections_at_most)
    raise ValueError("the database URL begins with sqlite:/// or postgresql://")

"""From a URL to an engine."""

from pathlib import Path

from app.database.interface import Database
from app.database.postgresql import PostgreSQL
from app.database.sqlite import SQLite

SQLITE_PREFIX = "sqlite:///"


async def open_database(url: str) -> Database:
    """Open `sqlite:///path` or `postgresql://…` (several hosts allowed).

    Raises ValueError for another kind of URL, DatabaseUnavailable when it does not answer.
    """
    if url.startswith(SQLITE_PREFIX):
        return SQLite(Path(url.removeprefix(SQLITE_PREFIX)))
    if url.startswith(("postgresql://", "postgres://")):
        return await PostgreSQL.connect(url)
    raise ValueError("the database URL begins with sqlite:/// or postgresql://")

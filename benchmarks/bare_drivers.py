"""Which bare driver serves a database."""

from app.database.connect import SQLITE_PREFIX
from benchmarks.bare_postgresql import PostgreSQLDriver
from benchmarks.bare_sessions import Driver
from benchmarks.bare_sqlite import SQLiteDriver


def driver_for(url: str) -> Driver:
    """The driver of a URL."""
    return SQLiteDriver(url) if url.startswith(SQLITE_PREFIX) else PostgreSQLDriver(url)

"""The one database interface and its two engines: PostgreSQL by asyncpg, SQLite by threads."""

from app.database.columns import is_among, table_of
from app.database.connect import open_database
from app.database.errors import DatabaseOverloaded, DatabaseUnavailable, UniqueViolation
from app.database.interface import Database, Row, Transaction
from app.database.statements import per_engine

__all__ = [
    "Database",
    "DatabaseOverloaded",
    "DatabaseUnavailable",
    "Row",
    "Transaction",
    "UniqueViolation",
    "is_among",
    "open_database",
    "per_engine",
    "table_of",
]

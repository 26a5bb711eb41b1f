"""The one database interface and its two engines: PostgreSQL by asyncpg, SQLite by threads."""

from app.database.columns import (
    FINAL_ID,
    FIRST_ID,
    DriversInstant,
    IdText,
    InstantText,
    is_among,
    table_of,
)
from app.database.connect import open_database
from app.database.conversions import id_from, instant_from, instant_text
from app.database.driver_faults import UNREADABLE
from app.database.errors import DatabaseOverloaded, DatabaseUnavailable, UniqueViolation
from app.database.interface import (
    Database,
    Row,
    Snapshot,
    StreamingDatabase,
    Transaction,
    Usage,
    WholeDatabase,
)
from app.database.lookups import Lookup
from app.database.replica import Replica
from app.database.replicated import Replicated
from app.database.statements import per_engine

__all__ = [
    "FINAL_ID",
    "FIRST_ID",
    "UNREADABLE",
    "Database",
    "DatabaseOverloaded",
    "DatabaseUnavailable",
    "DriversInstant",
    "IdText",
    "InstantText",
    "Lookup",
    "Replica",
    "Replicated",
    "Row",
    "Snapshot",
    "StreamingDatabase",
    "Transaction",
    "UniqueViolation",
    "Usage",
    "WholeDatabase",
    "id_from",
    "instant_from",
    "instant_text",
    "is_among",
    "open_database",
    "per_engine",
    "table_of",
]

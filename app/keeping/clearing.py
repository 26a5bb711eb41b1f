"""The wrapped keys of who was erased leave the database's files.

PostgreSQL keeps deleted rows until it is told to clear them; SQLite overwrites them at once.
"""

from app.database import WholeDatabase

KEY_TABLES = ("patient_key", "device")
"""The tables that hold what the key ring opens."""


async def clear_keys(database: WholeDatabase) -> None:
    """Clear the rows that nobody can see any more. Raises DatabaseUnavailable."""
    await database.vacuum(KEY_TABLES)

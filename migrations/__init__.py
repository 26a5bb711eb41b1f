"""The database's history, run by Alembic on both engines."""

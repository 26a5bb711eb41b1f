"""How described types are held against those found in a database."""

from typing import Any

from sqlalchemy import DateTime, LargeBinary, String
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime


def types_differ(
    _context: Any, _column: Any, _metadata_column: Any, inspected: Any, described: Any
) -> bool | None:
    """The types SQLModel adds are the plain ones underneath. (Alembic types its hooks as Any.)"""
    if isinstance(described, UTCDateTime):
        return not isinstance(inspected, DateTime)
    if isinstance(described, AutoString):
        return not isinstance(inspected, String) or isinstance(inspected, LargeBinary)
    return None

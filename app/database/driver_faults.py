"""What the two drivers raise, by what it means to whoever asked."""

from sqlite3 import OperationalError

import asyncpg

NOT_CONNECTED = (
    OSError,
    ValueError,  # asyncpg quotes parts of a URL that it cannot read
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # none of several hosts is the primary now
)
"""No connection to a PostgreSQL came about. Its texts may hold parts of the URL."""

UNREADABLE = (
    AttributeError,
    OverflowError,
    TypeError,
    ValueError,
    OperationalError,  # a text that is no UTF-8
)
"""A value is not of its column's type, which SQLite keeps all the same."""

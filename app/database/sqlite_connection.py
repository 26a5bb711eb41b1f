"""A connection to a SQLite file: its settings, and an end to statements that run too long."""

import sqlite3
from math import inf
from pathlib import Path
from time import monotonic
from typing import Any

from app.database.errors import DatabaseUnavailable

STATEMENT_SECONDS = 5.0
OPERATIONS = 50_000
"""SQLite's own steps between two looks at the clock: about a millisecond's work."""

PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA busy_timeout=5000",
    "PRAGMA foreign_keys=ON",
    "PRAGMA secure_delete=ON",
    "PRAGMA trusted_schema=OFF",
    "PRAGMA cache_size=-4096",
)
IN_FORCE = {
    "journal_mode": "wal",
    "synchronous": 2,
    "busy_timeout": 5000,
    "foreign_keys": 1,
    "secure_delete": 1,
    "trusted_schema": 0,
}
"""What SQLite must answer when it is asked; it refuses none of the settings aloud."""


class TimedConnection(sqlite3.Connection):
    """Interrupts a statement that runs for longer than it may; what it changed is undone."""

    _seconds = inf
    _end = inf

    def limit(self, seconds: float) -> None:
        """From now on each statement may run for so long."""
        self._seconds = seconds
        self.set_progress_handler(self._is_over, OPERATIONS)

    def renew(self) -> None:
        """Let a statement that is read in portions begin its time anew."""
        self._end = monotonic() + self._seconds

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        """As sqlite3 does it. (Its parameters are of any type that was registered.)"""
        self._end = monotonic() + self._seconds
        return super().execute(sql, parameters)

    def executemany(self, sql: str, parameters: Any, /) -> sqlite3.Cursor:
        """As sqlite3 does it; the time is that of all rows together."""
        self._end = monotonic() + self._seconds
        return super().executemany(sql, parameters)

    def _is_over(self) -> bool:
        return monotonic() > self._end


def connect(
    path: Path, seconds: float | None = STATEMENT_SECONDS, *, reads_only: bool = False
) -> TimedConnection:
    """A connection with every setting in force; `seconds` a statement, None for no end.

    With `reads_only` SQLite itself refuses to change anything. Raises DatabaseUnavailable.
    """
    wanted = IN_FORCE | {"query_only": int(reads_only)}
    try:
        connection = sqlite3.connect(
            path, isolation_level=None, check_same_thread=False, factory=TimedConnection
        )
        for pragma in PRAGMAS:
            connection.execute(pragma)
        connection.execute(f"PRAGMA query_only={int(reads_only)}")
        told = {name: connection.execute(f"PRAGMA {name}").fetchone()[0] for name in wanted}
    except sqlite3.Error as fault:
        raise DatabaseUnavailable("the SQLite file cannot be opened") from fault
    ignored = [name for name, value in wanted.items() if told[name] != value]
    if ignored:
        raise DatabaseUnavailable(f"SQLite does not take the setting of {', '.join(ignored)}")
    if seconds is not None:
        connection.limit(seconds)
    return connection

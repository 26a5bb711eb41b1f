"""Whose turn it is to write one SQLite file, among all processes of a machine.

SQLite lets one write and has the others look again after pauses that grow up to a tenth of a
second: with two processes that was most of what a write took. Here the system wakes the next one.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.database.errors import DatabaseUnavailable

ENDING = "turn"
"""Of the empty file beside the database, `afterglow.db-turn`. The database itself must not be
opened for this: whoever closes it drops all locks that SQLite has on it in the same process."""


class Turn:
    """Waits in line; the system takes the turn from a process that ends, however it ends."""

    def __init__(self, path: Path) -> None:
        """`path` of the database. Raises DatabaseUnavailable."""
        beside = path.with_name(f"{path.name}-{ENDING}")
        try:
            self._file = os.open(beside, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        except OSError as fault:
            raise DatabaseUnavailable("the SQLite file's turns cannot be taken") from fault

    @contextmanager
    def taken(self) -> Iterator[None]:
        """While it is this one's turn. Raises DatabaseUnavailable."""
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX)
        except OSError as fault:
            raise DatabaseUnavailable("the SQLite file's turns cannot be taken") from fault
        try:
            yield
        finally:
            fcntl.flock(self._file, fcntl.LOCK_UN)

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._file)

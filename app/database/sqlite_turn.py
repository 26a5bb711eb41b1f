"""Whose turn it is to write one SQLite file, among all processes of a machine.

SQLite lets one write and has the others look again after pauses that grow up to a tenth of a
second. Here the system wakes one of them at once.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from app.database.errors import DatabaseUnavailable

ENDING = "turn"
"""Of the empty file beside the database, `afterglow.db-turn`. The database itself must not be
opened for this: whoever closes it drops all locks that SQLite has on it in the same process."""

NOT_TAKEN = "the SQLite file's turns cannot be taken"
OPENING = os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW


class Turn:
    """The system takes the turn from a process that ends, however it ends (none here forks)."""

    def __init__(self, path: Path) -> None:
        """`path` of the database. Raises DatabaseUnavailable."""
        try:
            self._file = os.fdopen(_opened(path.resolve()), "rb", buffering=0)
        except OSError as fault:
            raise DatabaseUnavailable(NOT_TAKEN) from fault

    def take_now(self) -> bool:
        """Whether nobody has the turn, and so it is this one's now. Raises DatabaseUnavailable."""
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError as fault:
            raise DatabaseUnavailable(NOT_TAKEN) from fault
        return True

    def take(self) -> None:
        """Wait until it is this one's turn. Raises DatabaseUnavailable."""
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX)
        except OSError as fault:
            raise DatabaseUnavailable(NOT_TAKEN) from fault

    def leave(self) -> None:
        """Let others have it. Nothing raises: what was done is done, and is to be told."""
        with suppress(OSError, ValueError):  # a file that is closed has let go
            fcntl.flock(self._file, fcntl.LOCK_UN)

    @contextmanager
    def taken(self) -> Iterator[None]:
        """While it is this one's turn. Raises DatabaseUnavailable."""
        self.take()
        try:
            yield
        finally:
            self.leave()

    def close(self) -> None:
        """Let go of the file. Again is fine: by then its number may be another file's."""
        self._file.close()


def _opened(database: Path) -> int:
    """The file, made if need be: then it is the database's owner's, as SQLite does with its WAL.

    Else what an administrator runs once would keep the service out for good.
    """
    beside = database.with_name(f"{database.name}-{ENDING}")
    try:
        file = os.open(beside, OPENING | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return os.open(beside, OPENING)
    if os.geteuid() == 0:
        with suppress(FileNotFoundError, PermissionError):  # none yet; root without the right
            owner = database.stat()
            os.fchown(file, owner.st_uid, owner.st_gid)
    return file

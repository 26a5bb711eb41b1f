"""How many snapshots may be open at once, how long each may last, how much is read at once."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import monotonic

from app.database.errors import DatabaseUnavailable
from app.database.seats import Seats

MOST_STREAMS = 2
"""A process's snapshots at once: a slow reader must not hold every connection."""

LONGEST_SECONDS = 300.0
"""A snapshot keeps old rows (PostgreSQL) or the log (SQLite) from being cleared away."""

STATEMENT_SECONDS = 60
IDLE_SECONDS = 300
"""How long a reader may let PostgreSQL wait between two portions: as long as the snapshot may last.

Buffers on the way hold minutes of what a slow reader takes. One that takes nothing is cut sooner,
by its connection (`app/web/send_queue.py`).
"""

CHUNK_ROWS = 200

BEGIN_SNAPSHOT = (
    "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;"
    f" SET LOCAL statement_timeout = '{STATEMENT_SECONDS}s';"
    f" SET LOCAL idle_in_transaction_session_timeout = '{IDLE_SECONDS}s'"
)
"""In PostgreSQL's words."""


class Deadline:
    """The end of one snapshot's time."""

    def __init__(self, seconds: float) -> None:
        """It begins now."""
        self._end = monotonic() + seconds

    def check(self) -> None:
        """Raises DatabaseUnavailable when the time is over."""
        if monotonic() > self._end:
            raise DatabaseUnavailable("a snapshot has lasted too long")


class StreamPlaces:
    """The places for snapshots; one object a database."""

    def __init__(self) -> None:
        """All free."""
        self._seats = Seats(MOST_STREAMS)

    @asynccontextmanager
    async def one(self) -> AsyncIterator[Deadline]:
        """A place and its deadline. Raises DatabaseOverloaded when none comes free in time."""
        await self._seats.take()
        try:
            yield Deadline(LONGEST_SECONDS)
        finally:
            self._seats.leave()

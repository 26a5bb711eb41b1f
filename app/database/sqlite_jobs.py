"""How one job of a group is run and undone, and what a fault of SQLite means."""

import sqlite3

from app.database.errors import DatabaseUnavailable
from app.database.sqlite_line import Done, Waiting

LOCK_MILLISECONDS = 5000
"""So long a thread waits for the lock of a stranger, who takes no turn."""


def wait_for_no_lock(connection: sqlite3.Connection) -> sqlite3.Connection:
    """Let a connection wait for no lock by itself: the event loop must not."""
    connection.execute("PRAGMA busy_timeout=0")
    return connection


def begin_patiently(connection: sqlite3.Connection) -> None:
    """A stranger's lock, of a shell or another program, is waited for."""
    connection.execute(f"PRAGMA busy_timeout={LOCK_MILLISECONDS}")
    try:
        connection.execute("BEGIN IMMEDIATE")
    finally:
        wait_for_no_lock(connection)


def run_one(connection: sqlite3.Connection, waiting: Waiting, *, alone: bool) -> Done:
    """One job inside its savepoint; a job that is alone needs none: its fault ends the group.

    An error of SQLite itself (disk full, I/O) ends the whole group: nothing is stored.
    """
    if alone:
        return Done(waiting, waiting.run(connection), None)
    connection.execute("SAVEPOINT job")
    try:
        answer = waiting.run(connection)
    except sqlite3.Error:
        raise
    except Exception as fault:
        connection.execute("ROLLBACK TO job")
        connection.execute("RELEASE job")
        return Done(waiting, None, fault)
    connection.execute("RELEASE job")
    return Done(waiting, answer, None)


def as_ours(fault: BaseException) -> Exception:
    """SQLite's own errors as one of our family; whatever a job raised stays what it is."""
    if isinstance(fault, Exception) and not isinstance(fault, sqlite3.Error):
        return fault
    refusal = DatabaseUnavailable("SQLite does not take the write")
    refusal.__cause__ = fault
    return refusal

"""A migration that is killed half-way leaves what `migrate` can finish."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from app.database.migrate import upgrade
from app.database.revision import is_current

KILLED = 9
KILLED_AFTER = f"""
import os, sys
from sqlalchemy import Engine, event
from app.database.migrate import upgrade
left = int(sys.argv[2])
@event.listens_for(Engine, "after_cursor_execute")
def end(connection, cursor, statement, *more):
    global left
    left -= statement.lstrip().upper().startswith(("CREATE", "ALTER"))
    if left == 0:
        os._exit({KILLED})
upgrade(sys.argv[1])
"""


def schema(file: Path) -> list[tuple[str, str]]:
    """Everything a SQLite file was told to make."""
    with closing(sqlite3.connect(file)) as connection:
        return list(connection.execute("SELECT name, sql FROM sqlite_master ORDER BY name"))


@pytest.mark.parametrize(
    ("begun_at", "changes"),
    [("", 1), ("", 2), ("", 30), ("", 49), ("0005", 1), ("0005", 4), ("0012", 1), ("0015", 1)],
)
def test_a_killed_migration_is_finished_by_the_next(
    tmp_path: Path, begun_at: str, changes: int
) -> None:
    """On SQLite, after so many changes of the schema; PostgreSQL undoes them by itself."""
    upgrade(f"sqlite:///{tmp_path / 'whole.db'}")
    file = tmp_path / "killed.db"
    url = f"sqlite:///{file}"
    if begun_at:
        upgrade(url, begun_at)
    killed = [sys.executable, "-c", KILLED_AFTER, url, str(changes)]
    assert subprocess.run(killed, check=False).returncode == KILLED
    assert not is_current(url)
    upgrade(url)
    assert is_current(url)
    assert schema(file) == schema(tmp_path / "whole.db")

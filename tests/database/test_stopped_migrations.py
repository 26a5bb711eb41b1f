"""A migration that is killed half-way, or run beside another, leaves what `migrate` can finish."""

import asyncio
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from subprocess import PIPE

import pytest

from app.database.migrate import upgrade, with_connection
from app.database.revision import is_current
from app.vault.keyring import make_ring_file
from tests.engines import new_postgresql_database
from tests.test_wrong_use import run

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


@pytest.mark.parametrize("times", range(2))
def test_two_at_once_both_find_it_done(empty_url: str, tmp_path: Path, times: int) -> None:
    own = {
        "AFTERGLOW_DATABASE_URL": empty_url,
        "AFTERGLOW_KEYS_FILE": str(tmp_path / "keys.json"),
    }
    make_ring_file(tmp_path / "keys.json")
    command = [sys.executable, "-m", "app.cli", "migrate"]
    both = [
        subprocess.Popen(command, env=os.environ | own, stdout=PIPE, stderr=PIPE, text=True)
        for _ in range(2 + times)
    ]
    told = [(*each.communicate(), each.returncode) for each in both]
    assert all(code == 0 for *_, code in told), told
    assert is_current(empty_url)


def test_one_that_another_program_has_locked_is_told_of(tmp_path: Path) -> None:
    file = tmp_path / "locked.db"
    upgrade(f"sqlite:///{file}", "0016")
    with closing(sqlite3.connect(file, isolation_level=None)) as another:
        another.execute("BEGIN IMMEDIATE")
        done = run(tmp_path, ("migrate",), database_url=f"sqlite:///{file}")
    assert (done.exit_code, "(SQLITE_BUSY)" in done.stderr) == (2, True), done.stderr


def test_a_server_that_takes_no_migration_is_told_of(postgresql: str, tmp_path: Path) -> None:
    url = asyncio.run(new_postgresql_database(postgresql))
    with_connection(url, lambda each: each.exec_driver_sql("CREATE TABLE signal (secret text)"))
    done = run(tmp_path, ("migrate",), database_url=url)
    assert (done.exit_code, "(42P07); nothing" in done.stderr) == (2, True), done.stderr

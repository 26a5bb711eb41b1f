"""Lists of ids are found by an index: a write must not read the whole journal."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy.dialects import sqlite
from sqlalchemy.sql import Executable

from app.database.migrate import upgrade
from app.database.statements import Compiled
from app.journal import store
from app.journal.store_digests import LOAD_DAY_TABLES, LOAD_DIGESTS
from app.keeping.store_keys import PLAIN
from app.safety import store as signals
from app.trends.store_standing import LOAD_WITH_ANSWER

BY_INDEX: dict[str, tuple[Executable, str]] = {
    "entries": (store.LOAD, "entry USING INDEX sqlite_autoindex_entry_1 (account_id=? AND id=?)"),
    "versions": (store.WIPE_VERSIONS, "(account_id=? AND entry_id=?)"),
    "own versions": (store.OWN, "(account_id=? AND entry_id=? AND device_id=?)"),
    "signals": (signals.DROP_OF_ENTRIES, "signal_by_entry (account_id=? AND entry_id=?)"),
    "days": (store.LOAD_DAYS, "entry_by_day (account_id=? AND local_date>? AND local_date<?)"),
    "digests": (LOAD_DIGESTS, "(account_id=? AND month>? AND month<?)"),
    "day tables": (LOAD_DAY_TABLES, "(account_id=? AND month>? AND month<?)"),
    "changed days": (LOAD_DAY_TABLES, "(account_id=? AND revision>? AND revision<?)"),
    "changed entries": (LOAD_DIGESTS, "(account_id=? AND revision>? AND revision<?)"),
    "keys of patients": (PLAIN, "patient_key USING INDEX patient_key_by_number (<expr>>?)"),
    "keys of devices": (PLAIN, "device USING INDEX device_by_number (<expr>>?)"),
    "entries ahead": (
        LOAD_WITH_ANSWER,
        "entry_by_day (account_id=? AND local_date>? AND local_date<?)",
    ),
    "ready answers": (
        LOAD_WITH_ANSWER,
        "ready_answer USING INDEX sqlite_autoindex_ready_answer_1 (account_id=? AND question=?)",
    ),
}


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    """A migrated SQLite file."""
    path: Path = tmp_path_factory.mktemp("plans") / "journal.db"
    upgrade(f"sqlite:///{path}")
    with closing(sqlite3.connect(path)) as opened:
        yield opened


@pytest.mark.parametrize("name", BY_INDEX)
def test_a_statement_is_answered_by_its_index(name: str, connection: sqlite3.Connection) -> None:
    statement, index = BY_INDEX[name]
    text = Compiled(statement, sqlite.dialect(paramstyle="qmark")).sql
    rows = connection.execute(f"EXPLAIN QUERY PLAN {text}", [None] * text.count("?"))
    plan = " | ".join(row[3] for row in rows)
    assert index in plan
    assert "SCAN entry" not in plan

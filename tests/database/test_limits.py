"""A database that is slow, crowded or full answers so in time, and recovers by itself."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from threading import Event
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Integer, func, insert, literal, select
from sqlalchemy.sql import Select

from app.database import (
    DatabaseOverloaded,
    DatabaseUnavailable,
    StreamingDatabase,
    Transaction,
    open_database,
    table_of,
)
from app.database.postgresql import SERVER_SETTINGS
from app.database.postgresql_connections import POOL_SIZE
from app.database.sqlite import READERS
from app.database.sqlite_transactions import SQLiteTransaction
from app.database.sqlite_writer import MOST_WAITING
from app.health import Health
from app.journal.tables import JournalRow
from tests.clocks import SetClock
from tests.engines import open_whole, sqlite_url
from tests.service import Patient, Service, an_entry, running
from tests.waiting import PATIENCE_SECONDS, until

pytestmark = pytest.mark.anyio
USUAL_SECONDS = 5
"""After which both engines end a statement that nobody hurries."""

ADD = insert(table_of(JournalRow))
NUMBERS = select(literal(1, Integer).label("n")).cte("numbers", recursive=True)
ENDLESS: Select[Any] = select(func.max(NUMBERS.union_all(select(NUMBERS.c.n + 1)).c.n))


async def endless(transaction: Transaction) -> object:
    return await transaction.fetch_one(ENDLESS)


async def one(transaction: Transaction) -> object:
    row = await transaction.fetch_one(select(literal(1, Integer)))
    return row and row[0]


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Statements and waits that end after a third of a second."""
    monkeypatch.setattr("app.database.sqlite.STATEMENT_SECONDS", 0.3)
    monkeypatch.setattr("app.database.seats.WAIT_SECONDS", 0.3)
    monkeypatch.setattr("app.database.postgresql_connections.WAIT_SECONDS", 0.3)
    monkeypatch.setattr(
        "app.database.postgresql.SERVER_SETTINGS", {"statement_timeout": "300", "jit": "off"}
    )


async def test_the_usual_limits_are_in_force(postgresql_url: str) -> None:
    database = await open_database(postgresql_url)
    names = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")

    async def told(transaction: Transaction) -> object:
        return await transaction.fetch_one(select(*(func.current_setting(name) for name in names)))

    assert await database.read(None, told) == ("5s", "2s", "10s")
    await database.close()


@pytest.mark.usefixtures("hurried")
@pytest.mark.parametrize("way", ["read", "brief", "write"])
async def test_a_statement_that_does_not_end_is_ended(database_url: str, way: str) -> None:
    database = await open_database(database_url)
    begun = time.monotonic()
    ways = {
        "read": lambda: database.read(None, endless),
        "brief": lambda: database.read(None, endless, brief=True),
        "write": lambda: database.write(None, endless),
    }
    with pytest.raises(DatabaseUnavailable):
        await ways[way]()
    assert 0.2 < time.monotonic() - begun < USUAL_SECONDS
    assert await database.read(None, one) == 1
    assert await database.write(None, one) == 1
    await database.close()


async def test_what_its_keepers_ask_may_last(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    some = select(func.count()).select_from(
        NUMBERS.union_all(select(NUMBERS.c.n + 1).where(NUMBERS.c.n < 1_000_000)).alias()
    )
    monkeypatch.setattr("app.database.sqlite.STATEMENT_SECONDS", 0.005)
    monkeypatch.setitem(SERVER_SETTINGS, "statement_timeout", "5")
    database = await open_database(database_url)
    with pytest.raises(DatabaseUnavailable):
        await database.read(None, lambda transaction: transaction.fetch_one(some))
    await database.close()
    async with open_whole(database_url) as whole:
        row = await whole.snapshot(lambda transaction: transaction.fetch_one(some))
    assert row == (1_000_000,)


def places(database: StreamingDatabase) -> int:
    return READERS if database.engine == "sqlite" else POOL_SIZE


@asynccontextmanager
async def crowded(
    database: StreamingDatabase, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[None]:
    """Every connection is kept, as slow readers would, and who comes now waits for a moment."""
    over, begun = Event(), []

    async def keep(transaction: Transaction) -> None:
        begun.append(transaction)
        if isinstance(transaction, SQLiteTransaction):
            over.wait(PATIENCE_SECONDS)
        else:
            await until(over.is_set)

    held = [asyncio.create_task(database.read(None, keep)) for _ in range(places(database))]
    try:
        await until(lambda: len(begun) == len(held))
        with monkeypatch.context() as patch:
            patch.setattr("app.database.seats.WAIT_SECONDS", 0.3)
            patch.setattr("app.database.postgresql_connections.WAIT_SECONDS", 0.3)
            yield
    finally:
        over.set()
        await asyncio.gather(*held)


async def test_who_waits_too_long_for_a_connection_is_told(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = await open_database(database_url)
    async with crowded(database, monkeypatch):
        assert database.usage().busy == places(database)
        waiting = asyncio.create_task(database.read(None, one))
        await asyncio.sleep(0)
        assert database.usage().waiting == 1
        with pytest.raises(DatabaseOverloaded):
            await waiting
    assert await database.read(None, one) == 1
    await until(lambda: database.usage()[::2] == (0, 0))  # reads that are over may be ending yet
    await database.close()


async def test_the_settings_say_how_many_connections_a_worker_has(
    database_url: str, tmp_path: Path, clock: SetClock
) -> None:
    for most in (8, 5):
        async with running(database_url, tmp_path, clock, database_connections=most) as service:
            usage = service.app.state.provided[Health]._database.usage()
        places = READERS if database_url.startswith("sqlite") else most
        assert usage.busy + usage.idle == places


async def test_the_sixty_fifth_writer_is_told_to_come_back(sqlite_file_url: str) -> None:
    database, all_asked = await open_database(sqlite_file_url), Event()

    async def add(transaction: Transaction) -> None:
        all_asked.wait(PATIENCE_SECONDS)
        row = {"account_id": uuid4(), "epoch": 0, "head": 1}
        await transaction.execute(ADD, row)

    crowd = [asyncio.create_task(database.write(uuid4(), add)) for _ in range(MOST_WAITING + 3)]
    await until(lambda: sum(each.done() for each in crowd) == 3)
    all_asked.set()
    answers = await asyncio.gather(*crowd, return_exceptions=True)
    assert sum(isinstance(each, DatabaseOverloaded) for each in answers) == 3
    assert answers.count(None) == MOST_WAITING
    await database.close()


async def test_a_crowded_database_is_503_overloaded(
    service: Service, patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with crowded(service.app.state.provided[Health]._database, monkeypatch):
        answer = await service.http.get("/readyz")
        assert (answer.status_code, answer.json()["failing"]) == (503, "database")
        assert answer.headers["Retry-After"] == "1"
        refused = await patient.ask("GET", "/v1/devices")
        assert (refused.status_code, refused.json()["code"]) == (503, "overloaded")
        assert refused.headers["Retry-After"] == "1"
    assert (await patient.ask("GET", "/v1/devices")).status_code == 200
    assert (await service.http.get("/readyz")).status_code == 200


async def test_a_full_disk_is_503_and_nothing_is_acknowledged(
    tmp_path: Path, clock: SetClock
) -> None:
    async with running(sqlite_url(tmp_path), tmp_path, clock) as service:
        patient = await service.sign_up()
        database: Any = service.app.state.provided[Health]._database
        writer = database._writer._connection
        pages = writer.execute("PRAGMA page_count").fetchone()[0]
        writer.execute(f"PRAGMA max_page_count={pages}")
        saved, refused = set(), None
        for _ in range(300):
            entry = an_entry(note="n" * 900)
            answer = await patient.ask("POST", "/v1/entries", json=entry)
            if answer.status_code == 503:
                refused = answer
                break
            saved.add(entry["id"])
        assert refused is not None
        assert refused.json()["code"] == "unavailable"
        assert refused.headers["Retry-After"] == "1"
        assert (await patient.ask("GET", f"/v1/entries/{entry['id']}")).status_code == 404
        writer.execute("PRAGMA max_page_count=1000000")
        again = await patient.ask("POST", "/v1/entries", json=entry)
        assert again.status_code == 201
        listed = await patient.ask("GET", "/v1/entries", params={"limit": 200})
        assert {each["id"] for each in listed.json()["items"]} == saved | {entry["id"]}

"""A writer of SQLite that cannot undo gets another connection; a reader undoes at its next turn."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import bindparam, insert, select

from app.database import DatabaseUnavailable, Transaction, sqlite, table_of
from app.database.sqlite import SQLite
from app.database.sqlite_connection import connect
from app.health import Health
from app.journal.tables import JournalRow
from tests.clocks import SetClock
from tests.engines import sqlite_url
from tests.service import an_entry, running
from tests.waiting import PATIENCE_SECONDS

pytestmark = pytest.mark.anyio
JOURNAL = table_of(JournalRow)
ADD = insert(JOURNAL)
FIND = select(JOURNAL.c.head).where(JOURNAL.c.account_id == bindparam("account"))


def fail_at(connection: Any, word: str, times: int = 1_000) -> None:
    """Let the next statements that begin with a word fail, as on a disk that does not answer."""
    execute, left = connection.execute, [times]

    def failing(sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        if sql.startswith(word) and left[0]:
            left[0] -= 1
            raise sqlite3.OperationalError("disk I/O error")
        done: sqlite3.Cursor = execute(sql, parameters)
        return done

    connection.execute = failing


def adding(account: UUID, fault: type[Exception] | None = None) -> Callable[[Transaction], Any]:
    async def add(transaction: Transaction) -> None:
        await transaction.execute(ADD, {"account_id": account, "epoch": 0, "head": 1})
        if fault:
            raise fault

    return add


@pytest.fixture
async def file(sqlite_file_url: str, anyio_backend: str) -> AsyncIterator[SQLite]:
    opened = SQLite(Path(sqlite_file_url.removeprefix("sqlite:///")))
    yield opened
    await opened.close()


async def written(file: SQLite, account: UUID, fault: type[Exception] | None = None) -> None:
    await asyncio.wait_for(file.write(account, adding(account, fault)), PATIENCE_SECONDS)


async def is_there(file: SQLite, account: UUID) -> bool:
    found = await file.read(account, lambda work: work.fetch_one(FIND, {"account": account}))
    return found is not None


async def test_a_writer_that_cannot_roll_back_writes_on(file: SQLite) -> None:
    undone, kept = uuid4(), uuid4()
    fail_at(file._writer._connection, "ROLLBACK")
    with pytest.raises(LookupError):
        await written(file, undone, LookupError)
    await written(file, kept)
    assert [await is_there(file, each) for each in (undone, kept)] == [False, True]


async def test_a_commit_and_a_rollback_that_both_fail_store_nothing(file: SQLite) -> None:
    undone, kept = uuid4(), uuid4()
    fail_at(file._writer._connection, "COMMIT")
    fail_at(file._writer._connection, "ROLLBACK")
    with pytest.raises(DatabaseUnavailable):
        await written(file, undone)
    await written(file, kept)
    assert [await is_there(file, each) for each in (undone, kept)] == [False, True]


async def test_neighbours_of_one_that_cannot_be_undone_are_told(file: SQLite) -> None:
    accounts = [uuid4() for _ in range(6)]
    fail_at(file._writer._connection, "ROLLBACK")
    crowd = [
        written(file, each, LookupError if n == 3 else None) for n, each in enumerate(accounts)
    ]
    answers = await asyncio.gather(*crowd, return_exceptions=True)
    acknowledged = [answer is None for answer in answers]
    assert [await is_there(file, each) for each in accounts] == acknowledged
    assert not acknowledged[3]
    await written(file, uuid4())


async def test_a_file_that_cannot_be_opened_anew_is_tried_again(
    file: SQLite, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(path: Path, seconds: float | None) -> sqlite3.Connection:
        raise DatabaseUnavailable("the SQLite file cannot be opened")

    monkeypatch.setattr(sqlite, "connect", away)
    fail_at(file._writer._connection, "ROLLBACK")
    with pytest.raises(LookupError):
        await written(file, uuid4(), LookupError)
    for _ in range(3):
        with pytest.raises(DatabaseUnavailable):
            await written(file, uuid4())
    monkeypatch.setattr(sqlite, "connect", connect)
    kept = uuid4()
    await written(file, kept)
    assert await is_there(file, kept)


async def test_who_writes_after_the_end_is_told_and_does_not_wait(sqlite_file_url: str) -> None:
    file = SQLite(Path(sqlite_file_url.removeprefix("sqlite:///")))
    await file.close()
    with pytest.raises(DatabaseUnavailable):
        await written(file, uuid4())


@pytest.mark.parametrize("brief", [True, False])
async def test_a_reader_that_could_not_end_its_snapshot_reads_on(
    file: SQLite, *, brief: bool
) -> None:
    account = uuid4()

    async def read() -> object:
        def find(work: Transaction) -> Any:
            return work.fetch_one(FIND, {"account": account})

        return await file.read(account, find, brief=brief)

    await asyncio.gather(*(read() for _ in range(10)))
    readers = [file._near] if brief else [*file._connections]  # there may be more later
    for each in readers:
        fail_at(each, "ROLLBACK", times=1)
    told: list[object] = []
    while len(told) < len(readers):  # each has its turn, sooner or later
        answers = await asyncio.gather(*(read() for _ in range(10)), return_exceptions=True)
        told += [each for each in answers if isinstance(each, DatabaseUnavailable)]
    await written(file, account)
    assert await asyncio.gather(*(read() for _ in range(10))) == [(1,)] * 10


async def test_a_service_whose_writer_cannot_roll_back_serves_on(
    tmp_path: Path, clock: SetClock
) -> None:
    async with running(sqlite_url(tmp_path), tmp_path, clock) as service:
        patient = await service.sign_up()
        writer: Any = service.app.state.provided[Health]._database._writer
        fail_at(writer._connection, "COMMIT")
        fail_at(writer._connection, "ROLLBACK")
        entry = an_entry()
        refused = await asyncio.wait_for(
            patient.ask("POST", "/v1/entries", json=entry), PATIENCE_SECONDS
        )
        assert (refused.status_code, refused.json()["code"]) == (503, "unavailable")
        assert refused.headers["Retry-After"] == "1"
        await asyncio.wait_for(patient.save(entry), PATIENCE_SECONDS)
        assert (await service.http.get("/readyz")).status_code == 200

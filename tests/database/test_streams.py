"""A snapshot sees one state, holds no writer up, and ends when it has lasted too long."""

import asyncio
from contextlib import AsyncExitStack
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import bindparam, insert, select

from app.database import (
    DatabaseOverloaded,
    DatabaseUnavailable,
    StreamingDatabase,
    Transaction,
    seats,
    streams,
    table_of,
)
from app.journal.tables import DigestRow
from tests.waiting import PATIENCE_SECONDS

pytestmark = pytest.mark.anyio

DIGEST = table_of(DigestRow)
ADD = insert(DIGEST)
ALL = (
    select(DIGEST.c.month, DIGEST.c.sealed)
    .where(DIGEST.c.account_id == bindparam("account"))
    .order_by(DIGEST.c.month)
)


async def add_days(database: StreamingDatabase, account: UUID, first: int, count: int) -> None:
    """One row a day, counted from the year 2000."""
    rows = [
        {
            "account_id": account,
            "month": date(2000, 1, 1) + timedelta(days=day),
            "version": 1,
            "epoch": 0,
            "revision": day,
            "sealed": bytes(100),
        }
        for day in range(first, first + count)
    ]

    async def work(transaction: Transaction) -> None:
        await transaction.execute_many(ADD, rows)

    await database.write(account, work)


async def test_all_rows_come_in_order_and_in_portions(database: StreamingDatabase) -> None:
    account = uuid4()
    await add_days(database, account, 0, 2 * streams.CHUNK_ROWS + 1)
    async with database.stream(account) as snapshot:
        portions = [each async for each in snapshot.chunks(ALL, {"account": account})]
    assert [len(each) for each in portions] == [streams.CHUNK_ROWS, streams.CHUNK_ROWS, 1]
    days = [row[0] for each in portions for row in each]
    assert days == sorted(days)
    assert all(isinstance(day, date) for day in days)


async def test_a_reader_that_stands_still_lets_writers_go_on_and_sees_nothing_of_them(
    database: StreamingDatabase,
) -> None:
    account = uuid4()
    await add_days(database, account, 0, streams.CHUNK_ROWS + 1)
    async with database.stream(account) as snapshot:
        portions = snapshot.chunks(ALL, {"account": account})
        await anext(portions)
        async with asyncio.timeout(PATIENCE_SECONDS):
            await add_days(database, account, 1000, 5)
        assert [len(each) async for each in portions] == [1]
        assert len(await snapshot.fetch(ALL, {"account": account})) == streams.CHUNK_ROWS + 1


async def test_no_more_than_two_are_open_at_once(
    database: StreamingDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seats, "WAIT_SECONDS", 0.05)
    async with AsyncExitStack() as stack:
        for _ in range(streams.MOST_STREAMS):
            await stack.enter_async_context(database.stream(uuid4()))
        with pytest.raises(DatabaseOverloaded):
            await stack.enter_async_context(database.stream(uuid4()))
    async with database.stream(uuid4()):
        pass


async def test_a_snapshot_ends_when_it_has_lasted_too_long(
    database: StreamingDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = uuid4()
    await add_days(database, account, 0, 3)
    monkeypatch.setattr(streams, "LONGEST_SECONDS", -1.0)
    async with database.stream(account) as snapshot:
        portions = snapshot.chunks(ALL, {"account": account})
        with pytest.raises(DatabaseUnavailable):
            await anext(portions)


def test_postgresql_waits_for_a_slow_reader_as_long_as_the_snapshot_may_last() -> None:
    """Between two portions it would else end a read that is slow and steady."""
    assert streams.IDLE_SECONDS >= streams.LONGEST_SECONDS
    timeout = f"idle_in_transaction_session_timeout = '{streams.IDLE_SECONDS}s'"
    assert timeout in streams.BEGIN_SNAPSHOT


async def test_a_snapshot_writes_nothing(database: StreamingDatabase) -> None:
    account = uuid4()
    row = {"account_id": account, "month": date(2000, 1, 1), "version": 1, "epoch": 0}
    with pytest.raises(DatabaseUnavailable):
        async with database.stream(account) as snapshot:
            await snapshot.execute(ADD, {**row, "revision": 1, "sealed": b""})
    async with database.stream(account) as snapshot:
        assert await snapshot.fetch(ALL, {"account": account}) == []

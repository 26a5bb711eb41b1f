"""What is left of reads is gone when it must be: before VACUUM, at the end, with the server."""

import asyncio

import pytest
from sqlalchemy import bindparam, delete

from app.database import DatabaseUnavailable, Transaction
from app.database.postgresql_connections import POOL_SIZE
from tests.database.left_connections import HEADS, IN_READ, JOURNAL, STATES, Seen, connected
from tests.waiting import PATIENCE_SECONDS

pytestmark = pytest.mark.anyio
DROP = delete(JOURNAL).where(JOURNAL.c.account_id == bindparam("account"))


@pytest.mark.usefixtures("lingering")
async def test_closing_ends_what_is_left(own_postgresql_url: str) -> None:
    async with connected(own_postgresql_url) as seen:
        await asyncio.gather(*(seen.heads() for _ in range(3)))
        assert IN_READ in await seen.states()
        await seen.database.close()
        assert await seen.states() == []


async def test_what_was_deleted_is_cleared_although_a_read_has_just_ended(seen: Seen) -> None:
    """A read that still lacks its COMMIT would keep the rows that it could have seen."""
    await seen.add()
    for _ in range(POOL_SIZE):
        await seen.heads()
    bound = {"account": seen.account}
    await seen.administrator.execute("ALTER TABLE journal OWNER TO afterglow_app")
    readers = asyncio.gather(*(seen.heads() for _ in range(3)))
    await seen.database.write(seen.account, lambda work: work.execute(DROP, bound))
    await readers
    await seen.database.vacuum(["journal"])
    left = await seen.administrator.fetchval("SELECT pg_relation_size('journal')")
    assert left == 0


async def test_a_server_that_is_gone_is_told(own_postgresql_url: str) -> None:
    async with connected(own_postgresql_url) as seen:
        await seen.heads()

        async def killed(transaction: Transaction) -> None:
            for state, pid in await seen.administrator.fetch(STATES):
                assert state
                await seen.administrator.execute(f"SELECT pg_terminate_backend({int(pid)})")
            await transaction.fetch(HEADS, {"account": seen.account})

        with pytest.raises(DatabaseUnavailable):
            await seen.database.read(seen.account, killed)
        assert await seen.heads() == []


@pytest.mark.usefixtures("lingering")
async def test_a_read_that_ends_while_rows_are_about_to_be_cleared_keeps_none(seen: Seen) -> None:
    await seen.add()
    await seen.administrator.execute("ALTER TABLE journal OWNER TO afterglow_app")
    begun, over = asyncio.Event(), asyncio.Event()

    async def reads(transaction: Transaction) -> None:
        await transaction.fetch(HEADS, {"account": seen.account})
        begun.set()
        await over.wait()

    reader = asyncio.create_task(seen.database.read(seen.account, reads))
    await begun.wait()
    bound = {"account": seen.account}
    await seen.database.write(seen.account, lambda work: work.execute(DROP, bound))
    clearing = asyncio.create_task(seen.database.vacuum(["journal"]))
    await asyncio.sleep(0.05)
    over.set()
    await reader
    await clearing
    assert await seen.administrator.fetchval("SELECT pg_relation_size('journal')") == 0


async def test_nobody_gets_a_connection_while_it_closes(own_postgresql_url: str) -> None:
    """Else callers that never pause would keep it open."""
    async with connected(own_postgresql_url) as seen:

        async def on_and_on() -> None:
            while True:
                await seen.heads()

        callers = [asyncio.create_task(on_and_on()) for _ in range(2)]
        await asyncio.sleep(0.1)
        async with asyncio.timeout(PATIENCE_SECONDS):
            await seen.database.close()
        found = await asyncio.gather(*callers, return_exceptions=True)
        assert [type(each) for each in found] == [DatabaseUnavailable] * 2
        with pytest.raises(DatabaseUnavailable):
            await seen.account_now(None)


@pytest.mark.usefixtures("lingering")
async def test_a_close_that_is_given_up_leaves_nothing_open(own_postgresql_url: str) -> None:
    async with connected(own_postgresql_url) as seen:
        await seen.heads()
        pool = seen.database._connections._pool

        async def stuck(_: object) -> None:
            await asyncio.sleep(PATIENCE_SECONDS)

        seen.database._connections._begin(stuck(None))
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await seen.database.close()
        assert pool.get_size() == 0
        for task in seen.database._connections._going:
            task.cancel()

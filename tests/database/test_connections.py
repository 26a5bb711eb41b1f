"""A read's end on PostgreSQL is left to whoever comes next: nobody sees, keeps or lacks more."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from app.database import DatabaseUnavailable, Transaction
from app.database.left import is_lost
from app.database.postgresql_connections import POOL_SIZE
from app.web.problems import NotFound
from tests.database.left_connections import HEADS, IN_READ, STATES, Seen
from tests.waiting import PATIENCE_SECONDS, until

pytestmark = pytest.mark.anyio


async def all_taken(
    seen: Seen, fault: Exception | None = None
) -> tuple[list["asyncio.Task[None]"], asyncio.Event]:
    """Readers inside every connection there is; at the event they end, by `fault` if any."""
    together, over = asyncio.Barrier(POOL_SIZE + 1), asyncio.Event()

    async def keep(_: Transaction) -> None:
        await together.wait()
        await over.wait()
        if fault:
            raise fault

    readers = [asyncio.create_task(seen.database.read(uuid4(), keep)) for _ in range(POOL_SIZE)]
    await together.wait()
    return readers, over


async def test_a_read_that_is_over_ends_by_itself(seen: Seen) -> None:
    await seen.heads()
    async with asyncio.timeout(PATIENCE_SECONDS):
        while await seen.states() != ["idle"]:
            await asyncio.sleep(0.005)
    assert not seen.database._connections._reading
    await until(lambda: seen.database.usage() == (0, POOL_SIZE, 0))


@pytest.mark.usefixtures("lingering")
async def test_the_next_one_ends_it_and_sees_its_own_moment(seen: Seen) -> None:
    assert await seen.heads() == []
    assert await seen.states() == [IN_READ]
    await seen.add(head=7)
    assert await seen.states() == ["idle"]
    assert await seen.heads() == [(7,)]
    await seen.administrator.execute("UPDATE journal SET head = 8")
    assert await seen.heads() == [(8,)]
    assert await seen.states() == [IN_READ]
    assert seen.database.usage() == (0, POOL_SIZE, 0)


@pytest.mark.usefixtures("lingering")
async def test_a_look_up_never_stands_in_a_read_that_is_over(seen: Seen) -> None:
    """It would see the moment, and be inside the walls, of whoever was there before."""
    await seen.heads()
    assert await seen.account_now(None) == ""
    assert await seen.states() == ["idle"]
    everybody = asyncio.Barrier(POOL_SIZE)

    async def together(_: Transaction) -> None:
        await everybody.wait()

    readers = [seen.database.read(uuid4(), together) for _ in range(POOL_SIZE)]
    await asyncio.gather(*readers)
    assert await seen.states() == [IN_READ] * POOL_SIZE
    assert await seen.account_now(None) == ""
    assert await seen.states() == ["idle", *[IN_READ] * (POOL_SIZE - 1)]


@pytest.mark.usefixtures("lingering")
async def test_every_reader_is_inside_the_walls_of_their_own(seen: Seen) -> None:
    await seen.add()
    assert await seen.heads() == [(1,)]
    stranger = uuid4()
    assert await seen.heads(stranger) == []
    assert await seen.account_now(stranger) == str(stranger)
    assert await seen.heads() == [(1,)]


@pytest.mark.usefixtures("lingering")
@pytest.mark.parametrize("fault", [NotFound(), asyncio.CancelledError()])
async def test_what_fails_is_rolled_back_at_once(seen: Seen, fault: BaseException) -> None:
    async def fails(transaction: Transaction) -> None:
        await transaction.fetch(HEADS, {"account": seen.account})
        raise fault

    for way in (seen.database.read, seen.database.write):
        with pytest.raises(type(fault)):
            await way(seen.account, fails)
        assert IN_READ not in await seen.states()
    assert await seen.heads() == []


@pytest.mark.usefixtures("lingering")
async def test_connections_that_the_server_has_closed_are_not_handed_out(seen: Seen) -> None:
    await asyncio.gather(*(seen.heads() for _ in range(3)))
    await seen.account_now(None)
    connections = seen.database._connections
    left = [each.connection for each in [*connections._clear, *connections._reading]]
    assert left
    for _, pid in await seen.administrator.fetch(STATES):
        await seen.administrator.execute(f"SELECT pg_terminate_backend({int(pid)})")
    await until(lambda: all(map(is_lost, left)))
    assert seen.database.usage().busy == 0
    assert await seen.heads() == []
    assert await seen.account_now(None) == ""


@pytest.mark.usefixtures("lingering")
async def test_one_who_waits_gets_the_first_that_is_done(seen: Seen) -> None:
    over, begun = asyncio.Event(), []

    async def keep(transaction: Transaction) -> None:
        begun.append(transaction)
        await over.wait()

    held = [asyncio.create_task(seen.database.read(uuid4(), keep)) for _ in range(POOL_SIZE)]
    await until(lambda: len(begun) == POOL_SIZE)
    waiting = [asyncio.create_task(seen.heads()) for _ in range(POOL_SIZE + 3)]
    await until(lambda: seen.database.usage().waiting == len(waiting))
    assert seen.database.usage().busy == POOL_SIZE
    over.set()
    await asyncio.gather(*held)
    assert await asyncio.gather(*waiting) == [[]] * len(waiting)
    assert seen.database.usage() == (0, POOL_SIZE, 0)


async def test_one_connection_is_enough(seen: Seen) -> None:
    """A server that is full gives no second one, and a look-up takes the reader's."""
    name = await seen.administrator.fetchval("SELECT current_database()")
    await seen.administrator.execute(f'ALTER DATABASE "{name}" CONNECTION LIMIT 2')  # one is ours
    for _ in range(5):
        assert await seen.heads() == []
        assert await seen.account_now(None) == ""


@pytest.mark.usefixtures("lingering")
async def test_who_is_cancelled_at_the_end_takes_no_connection_along(
    seen: Seen, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_away, at_the_end, go_on = seen.database._connections._put_away, [], asyncio.Event()

    async def slowly(connection: Any, end: str) -> None:
        at_the_end.append(connection)
        await go_on.wait()
        await put_away(connection, end)

    monkeypatch.setattr(seen.database._connections, "_put_away", slowly)
    readers, over = await all_taken(seen, fault=NotFound())
    pids = {pid for _, pid in await seen.administrator.fetch(STATES)}
    waiting = [asyncio.create_task(seen.heads()) for _ in range(POOL_SIZE)]
    await until(lambda: seen.database.usage().waiting == POOL_SIZE)
    over.set()
    await until(lambda: len(at_the_end) == POOL_SIZE)
    for each in readers:
        each.cancel()
    await asyncio.gather(*readers, return_exceptions=True)
    go_on.set()
    assert await asyncio.gather(*waiting) == [[]] * POOL_SIZE
    assert {pid for _, pid in await seen.administrator.fetch(STATES)} == pids


@pytest.mark.usefixtures("lingering")
async def test_who_waits_takes_the_connection_as_it_was_left(seen: Seen) -> None:
    """No COMMIT of its own, and no way through the pool, stands between two readers."""
    readers, over = await all_taken(seen)
    pool = seen.database._connections._pool
    waiting = [asyncio.create_task(seen.heads()) for _ in range(2 * POOL_SIZE)]
    await until(lambda: seen.database.usage().waiting == 2 * POOL_SIZE)
    over.set()
    assert await asyncio.gather(*readers, *waiting) == [*[None] * POOL_SIZE, *[[]] * 2 * POOL_SIZE]
    assert pool.get_idle_size() == 0
    assert await seen.states() == [IN_READ] * POOL_SIZE


@pytest.mark.usefixtures("lingering")
async def test_who_gives_up_waiting_takes_no_seat_along(seen: Seen) -> None:
    readers, over = await all_taken(seen)
    waiting = [asyncio.create_task(seen.heads()) for _ in range(POOL_SIZE)]
    await until(lambda: seen.database.usage().waiting == POOL_SIZE)
    over.set()
    await asyncio.sleep(0)  # some have been given their seat by now, and do not know it
    for each in waiting[::2]:
        each.cancel()
    await asyncio.gather(*readers, *waiting, return_exceptions=True)
    assert seen.database.usage() == (0, POOL_SIZE, 0)
    assert seen.database._connections._seats.taken == 0
    assert await asyncio.gather(*(seen.heads() for _ in range(3 * POOL_SIZE))) == (
        [[]] * 3 * POOL_SIZE
    )


async def test_who_waits_when_it_closes_is_told(seen: Seen) -> None:
    readers, over = await all_taken(seen)
    waiting = asyncio.create_task(seen.heads())
    await until(lambda: seen.database.usage().waiting == 1)
    closing = asyncio.create_task(seen.database.close())
    await asyncio.sleep(0.01)
    over.set()
    await asyncio.gather(*readers)
    with pytest.raises(DatabaseUnavailable):
        await waiting
    await closing

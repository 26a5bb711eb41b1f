"""A read's end on PostgreSQL is left to whoever comes next: nobody sees, keeps or lacks more."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from sqlalchemy import bindparam, delete, insert, select, text

from app.database import DatabaseUnavailable, Transaction, open_database, table_of
from app.database.postgresql import PostgreSQL
from app.database.postgresql_connections import POOL_SIZE, _is_lost
from app.journal.tables import JournalRow
from app.web.problems import NotFound
from tests.engines import as_administrator
from tests.waiting import PATIENCE_SECONDS, until

pytestmark = pytest.mark.anyio
JOURNAL = table_of(JournalRow)
ADD = insert(JOURNAL)
HEADS = select(JOURNAL.c.head).where(JOURNAL.c.account_id == bindparam("account"))
DROP = delete(JOURNAL).where(JOURNAL.c.account_id == bindparam("account"))
ACCOUNT_NOW = select(text("current_setting('app.account_id', true) AS account"))
STATES = (
    "SELECT state, pid FROM pg_stat_activity"
    " WHERE datname = current_database() AND application_name = 'afterglow'"
)
IN_READ = "idle in transaction"


class Seen:
    """A service's connections, and what the server says of them."""

    def __init__(self, database: PostgreSQL, administrator: Any) -> None:
        self.database = database
        self.administrator = administrator
        self.account = uuid4()

    async def states(self) -> list[str]:
        return sorted(state for state, _ in await self.administrator.fetch(STATES))

    async def add(self, head: int = 1) -> None:
        row = {"account_id": self.account, "epoch": 0, "head": head}
        await self.database.write(self.account, lambda work: work.execute(ADD, row))

    async def heads(self, account: UUID | None = None) -> list[Any]:
        bound = {"account": self.account}
        named = account or self.account
        return await self.database.read(named, lambda work: work.fetch(HEADS, bound))

    async def account_now(self, named: UUID | None) -> str:
        """Which account the server thinks is asking."""

        async def ask(transaction: Transaction) -> str:
            row = await transaction.fetch_one(ACCOUNT_NOW)
            return str(row[0] or "") if row else ""

        return await self.database.read(named, ask)


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[Seen]:
    database = await open_database(url)
    assert isinstance(database, PostgreSQL)
    administrator = await asyncpg.connect(as_administrator(url))
    try:
        yield Seen(database, administrator)
    finally:
        await database.close()
        await administrator.close()


@pytest.fixture
async def seen(own_postgresql_url: str, anyio_backend: str) -> AsyncIterator[Seen]:
    async with connected(own_postgresql_url) as found:
        yield found


@pytest.fixture
def lingering(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is left stays so for longer than any test lasts."""
    monkeypatch.setattr("app.database.postgresql_connections.LINGER_SECONDS", 60.0)


async def test_a_read_that_is_over_ends_by_itself(seen: Seen) -> None:
    await seen.heads()
    async with asyncio.timeout(PATIENCE_SECONDS):
        while await seen.states() != ["idle"]:
            await asyncio.sleep(0.005)
    assert not seen.database._connections._reading
    assert seen.database.usage() == (0, POOL_SIZE, 0)


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
    await until(lambda: all(map(_is_lost, left)))
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


async def test_a_server_that_is_gone_is_told(own_postgresql_url: str, tmp_path: Path) -> None:
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


async def test_one_connection_is_enough(own_postgresql_url: str, seen: Seen) -> None:
    """A server that is full gives no second one, and a look-up takes the reader's."""
    role = "afterglow_app"
    one = await open_database(own_postgresql_url)
    await seen.database.close()
    await seen.administrator.execute(f"ALTER ROLE {role} CONNECTION LIMIT 1")
    try:
        alone = Seen(one, seen.administrator)  # type: ignore[arg-type]  # it is PostgreSQL's
        for _ in range(5):
            assert await alone.heads() == []
            assert await alone.account_now(None) == ""
    finally:
        await seen.administrator.execute(f"ALTER ROLE {role} CONNECTION LIMIT -1")
        await one.close()


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
    together, over = asyncio.Barrier(POOL_SIZE + 1), asyncio.Event()

    async def keep(_: Transaction) -> None:
        await together.wait()
        await over.wait()

    readers = [asyncio.create_task(seen.database.read(uuid4(), keep)) for _ in range(POOL_SIZE)]
    await together.wait()
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

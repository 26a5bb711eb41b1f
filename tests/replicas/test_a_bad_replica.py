"""A replica that is slow, cut off or away costs a reader a moment, and never an answer."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import bindparam, func, select

from app.accounts import store_tokens
from app.database import Replica, Transaction, replica, replicated, table_of
from app.database.postgresql_connections import POOL_SIZE
from app.database.replica import PrimaryAlone
from app.journal.tables import JournalRow
from app.replicas import READABLE
from tests.clocks import SetClock
from tests.engines import with_database
from tests.process import free_port
from tests.replicas.pair import Counted, Pair, service_database
from tests.service import Service, an_entry, running
from tests.sharing.links import account_of

pytestmark = pytest.mark.anyio
JOURNAL = table_of(JournalRow)
HEAD = select(JOURNAL.c.head).where(JOURNAL.c.account_id == bindparam("account"))
WAIT = select(func.pg_sleep(bindparam("seconds")))


@asynccontextmanager
async def a_silent_server() -> AsyncIterator[int]:
    """Takes connections and never says a word."""
    held = []

    async def hold(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        held.append(writer)

    server = await asyncio.start_server(hold, "127.0.0.1", 0)
    try:
        yield int(server.sockets[0].getsockname()[1])
    finally:
        server.close()
        for each in held:
            each.close()
            await each.wait_closed()


async def test_a_silent_replica_is_waited_for_once_and_then_left_alone(
    pair: Pair, tmp_path: Path, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replicated, "BRIEF_SECONDS", 0.2)
    monkeypatch.setattr(replicated, "monotonic", lambda: 100.0)
    async with a_silent_server() as port:
        url = f"postgresql://afterglow_app:@127.0.0.1:{port}/{pair.cluster.database}"
        async with running(pair.primary_url, tmp_path, clock, replica_url=url) as service:
            patient = await service.sign_up()
            await patient.save(an_entry())
            counted = Counted()
            for _ in range(3):
                answer = await patient.ask("GET", "/v1/entries")
                assert len(answer.json()["items"]) == 1
            assert counted.told() == {"slow": 1, "resting": 2}


async def test_a_service_starts_and_is_ready_while_its_replica_is_away(
    pair: Pair, tmp_path: Path, clock: SetClock
) -> None:
    url = f"postgresql://afterglow_app:@127.0.0.1:{free_port()}/{pair.cluster.database}"
    async with running(pair.primary_url, tmp_path, clock, replica_url=url) as service:
        patient = await service.sign_up()
        await patient.save(an_entry())
        counted = Counted()
        assert len((await patient.ask("GET", "/v1/entries")).json()["items"]) == 1
        assert (await service.http.get("/readyz")).status_code == 200
        assert counted.told() == {"away": 1}


async def test_a_read_that_recovery_cuts_off_is_read_on_the_primary(
    service: Service, pair: Pair
) -> None:
    """Rows that a reader on the replica may still need are cleared away on the primary."""
    patient = await service.sign_up()
    await patient.save(an_entry())
    await pair.in_step()
    account_id = await account_of(service, patient)
    await pair.on_replica("ALTER SYSTEM SET max_standby_streaming_delay = 0")
    await pair.on_replica("SELECT pg_reload_conf()")
    tried = []

    async def work(transaction: Transaction) -> object:
        tried.append(transaction)
        row = await transaction.fetch_one(HEAD, {"account": account_id})
        if len(tried) == 1:
            await pair.on_primary("UPDATE journal SET epoch = epoch")
            await pair.on_primary("VACUUM (FREEZE) journal")
            await transaction.fetch(WAIT, {"seconds": 4.0})
        return row and row[0]

    counted = Counted()
    try:
        assert await service_database(service).read(account_id, work, replica=True) == 2
    finally:
        await pair.on_replica("ALTER SYSTEM RESET max_standby_streaming_delay")
        await pair.on_replica("SELECT pg_reload_conf()")
    assert len(tried) == 2
    assert counted.told() == {"away": 1}


async def test_tokens_keys_and_links_are_asked_of_the_primary_alone(pair: Pair) -> None:
    replica = await Replica.beside(pair.replica_url, READABLE)
    account_id = uuid4()
    try:
        for statement in (store_tokens.DROP_ALL_TOKENS, store_tokens.FIND_TOKEN):
            with pytest.raises(PrimaryAlone):
                await replica.read(account_id, lambda work: work.fetch(statement))  # noqa: B023
        found = await replica.read(
            account_id, lambda work: work.fetch(HEAD, {"account": account_id})
        )
        assert found == []
    finally:
        await replica.close()


async def test_keys_that_are_not_at_hand_come_from_the_primary(
    service: Service, pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.vault.vault.CACHED_SECONDS", -1.0)
    patient = await service.sign_up()
    await patient.save(an_entry())
    await pair.in_step()
    counted = Counted()
    assert len((await patient.ask("GET", "/v1/entries")).json()["items"]) == 1
    assert counted.told() == {"primary": 1}


async def test_nothing_is_written_through_the_way_to_a_replica(pair: Pair) -> None:
    """Not even where somebody gives the primary for a replica."""
    replica = await Replica.beside(pair.primary_url, READABLE)
    try:
        async with replica._connection() as connection:
            assert await connection.fetchval("SHOW default_transaction_read_only") == "on"
    finally:
        await replica.close()


async def test_what_a_replica_refuses_is_decided_by_the_primary(
    service: Service, pair: Pair
) -> None:
    patient = await service.sign_up()
    await pair.in_step()
    account_id = await account_of(service, patient)
    tried = []

    async def work(transaction: Transaction) -> str:
        tried.append(transaction)
        if len(tried) == 1:
            raise LookupError
        return "the primary's word"

    counted = Counted()
    answer = await service_database(service).read(account_id, work, replica=True)
    assert (answer, counted.told()) == ("the primary's word", {"primary": 1})


async def test_connections_of_this_process_that_are_all_taken_say_nothing_of_the_replica(
    service: Service, pair: Pair
) -> None:
    database = service_database(service)
    account_id = await account_of(service, await service.sign_up())

    async def look(transaction: Transaction) -> int:
        row = await transaction.fetch_one(HEAD, {"account": account_id})
        return int(row[0]) if row else 0

    await pair.in_step()
    async with AsyncExitStack() as stack:
        for _ in range(POOL_SIZE):
            await stack.enter_async_context(database._replica._connection())
        counted = Counted()
        await database.read(account_id, look, brief=True, replica=True)
        assert counted.told() == {"busy": 1}
    counted = Counted()
    await database.read(account_id, look, brief=True, replica=True)
    assert counted.told() == {"replica": 1}


@pytest.mark.parametrize("tables", [{"share"}, {"access_token"}, {"patient_key"}, {"device"}])
def test_no_table_of_secrets_is_readable_on_a_replica(tables: set[str]) -> None:
    assert not tables & READABLE


async def test_a_replica_without_a_wall_is_not_asked_whenever_it_comes(
    pair: Pair, tmp_path: Path, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may have been away when the service looked at the walls at its start."""
    told: list[tuple[object, ...]] = []

    def tell(event: str, *_: object, value: str = "", **__: object) -> None:
        told.append((event, value))

    monkeypatch.setattr(replica, "EVENTS", tell)
    url = with_database(pair.cluster.standby.url, pair.cluster.database)
    async with running(pair.primary_url, tmp_path, clock, replica_url=url) as service:
        patient = await service.sign_up()
        await patient.save(an_entry())
        await pair.in_step()
        counted = Counted()
        assert len((await patient.ask("GET", "/v1/entries")).json()["items"]) == 1
        assert counted.told() == {"away": 1}
    ((event, gaps),) = set(told)
    assert event == "replica.refused"
    assert "superuser" in str(gaps)

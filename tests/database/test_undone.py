"""Work that PostgreSQL undoes by itself is told as 503, and nothing of it is kept."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from app.database import DatabaseOverloaded, DatabaseUnavailable, Transaction, open_database
from app.database.postgresql_transactions import PostgreSQLTransaction
from tests.clocks import SetClock
from tests.engines import as_administrator
from tests.service import an_entry, running
from tests.waiting import PATIENCE_SECONDS

pytestmark = pytest.mark.anyio
LOCK = {
    name: f"SELECT FROM {name} WHERE account_id = $1 FOR UPDATE"
    for name in ("journal", "audit_head")
}
WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted"


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[Any]:
    connection = await asyncpg.connect(url)
    try:
        yield connection
    finally:
        await connection.close()


async def is_waited_for(connection: Any) -> None:
    """Come back when somebody waits for a lock."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not await connection.fetchval(WAITING):
            await asyncio.sleep(0.01)


async def account_of(connection: Any, entry: object) -> UUID:
    found: UUID = await connection.fetchval("SELECT account_id FROM entry WHERE id = $1", entry)
    return found


async def test_who_loses_a_deadlock_is_told_to_come_back(
    postgresql_url: str, tmp_path: Path, clock: SetClock
) -> None:
    async with (
        connected(as_administrator(postgresql_url)) as rival,
        running(postgresql_url, tmp_path, clock) as service,
    ):
        patient = await service.sign_up()
        saved, lost = an_entry(), an_entry()
        await patient.save(saved)
        account = await account_of(rival, saved["id"])
        # The service has waited longer, and is to be the one who looks and loses.
        await rival.execute("SET deadlock_timeout = '1min'")
        async with rival.transaction():
            await rival.execute(LOCK["audit_head"], account)
            asking = asyncio.create_task(patient.ask("POST", "/v1/entries", json=lost))
            await is_waited_for(rival)
            await rival.execute(LOCK["journal"], account)
            answer = await asking
        assert (answer.status_code, answer.json()["code"]) == (503, "overloaded")
        assert answer.headers["Retry-After"] == "1"
        assert (await patient.ask("GET", f"/v1/entries/{lost['id']}")).status_code == 404
        await patient.save(lost)


@pytest.mark.parametrize(
    ("state", "told"),
    [
        ("40001", DatabaseOverloaded),  # could not serialize
        ("40P01", DatabaseOverloaded),  # deadlock
        ("55P03", DatabaseOverloaded),  # a lock was not available
        ("53300", DatabaseOverloaded),  # too many connections
        ("53100", DatabaseUnavailable),  # disk full
        ("57014", DatabaseUnavailable),  # a statement was cancelled
        ("57P01", DatabaseUnavailable),  # shut down by an administrator
        ("57P02", DatabaseUnavailable),  # another backend crashed
        ("58030", DatabaseUnavailable),  # the disk does not read or write
        ("25P03", DatabaseUnavailable),  # idle in a transaction
        ("25006", DatabaseUnavailable),  # a standby takes no writes
    ],
)
async def test_what_the_server_refuses_for_its_own_reasons_is_no_fault_of_ours(
    postgresql_url: str, state: str, told: type[Exception]
) -> None:
    database = await open_database(postgresql_url)
    found: list[object] = []

    async def refused(transaction: Transaction) -> None:
        assert isinstance(transaction, PostgreSQLTransaction)
        raising = f"DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '{state}'; END $$"
        await transaction._connection.execute(raising)

    for way in (database.read, database.write):
        found += await asyncio.gather(way(uuid4(), refused), return_exceptions=True)
    await database.close()
    assert [type(each) for each in found] == [told, told]

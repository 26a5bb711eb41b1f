"""Wrapped keys of who was erased leave PostgreSQL's files, by the service itself, once a day."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import anyio
import asyncpg
import pytest
from anyio import to_thread
from sqlalchemy import func, select

from app.database import open_database
from app.database.migrate import downgrade, upgrade
from app.database.postgresql import ELSEWHERE_SECONDS, SERVER_SETTINGS
from app.keeping.clearing import KEY_TABLES, clear_keys
from app.keeping.needed_keys import NeededKeys
from tests.clocks import SetClock
from tests.engines import as_administrator
from tests.service import Service, running

pytestmark = pytest.mark.anyio
KNOWS_MAINTAIN = 17


@asynccontextmanager
async def administrator(url: str) -> AsyncIterator[Any]:
    connection = await asyncpg.connect(as_administrator(url))
    try:
        yield connection
    finally:
        await connection.close()


async def sizes(connection: Any) -> set[int]:
    """Bytes of the tables of keys: none when the last row is cleared."""
    return {await connection.fetchval(f"SELECT pg_relation_size('{each}')") for each in KEY_TABLES}


async def erased(service: Service) -> None:
    patient = await service.sign_up()
    await patient.step_up()
    assert (await patient.ask("DELETE", "/v1/account")).status_code == 204


async def test_keys_of_who_was_erased_are_cleared_within_a_day(
    own_postgresql_url: str, tmp_path: Path, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.audit.duty.LOOK_SECONDS", 0.05)
    async with (
        administrator(own_postgresql_url) as connection,
        running(own_postgresql_url, tmp_path, clock) as service,
    ):
        if connection.get_server_version().major < KNOWS_MAINTAIN:
            return  # there the owner of the tables does it, as the docs say
        await erased(service)
        clock.now += timedelta(days=1)
        with anyio.fail_after(20):
            while await sizes(connection) != {0}:
                await anyio.sleep(0.05)


async def test_clearing_takes_as_long_as_it_takes(
    own_postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The time limit of the service's statements is none of VACUUM's, and holds again after it."""
    monkeypatch.setitem(SERVER_SETTINGS, "statement_timeout", "200")
    database = await open_database(own_postgresql_url)
    async with administrator(own_postgresql_url) as connection:
        async with connection.transaction():
            await connection.execute("LOCK TABLE patient_key IN SHARE UPDATE EXCLUSIVE MODE")
            clearing = asyncio.create_task(clear_keys(database))
            await asyncio.sleep(ELSEWHERE_SECONDS + 0.6)
            assert not clearing.done()
        await clearing
    limit = select(func.current_setting("statement_timeout"))
    row = await database.read(None, lambda work: work.fetch_one(limit))
    assert row == ("200ms",)
    await database.close()


async def may_clear(connection: Any) -> set[bool]:
    """Whether the service may clear the tables of keys."""
    return {
        await connection.fetchval(
            f"SELECT has_table_privilege('afterglow_app', '{each}', 'MAINTAIN')"
        )
        for each in KEY_TABLES
    }


async def test_a_server_that_knows_the_right_since_its_upgrade_grants_it_when_migrated_again(
    own_postgresql_url: str,
) -> None:
    async with administrator(own_postgresql_url) as connection:
        if connection.get_server_version().major < KNOWS_MAINTAIN:
            return
        for each in KEY_TABLES:
            await connection.execute(f"REVOKE MAINTAIN ON {each} FROM afterglow_app")
        assert await may_clear(connection) == {False}
        await to_thread.run_sync(upgrade, own_postgresql_url)  # by who may not grant it: no fault
        assert await may_clear(connection) == {False}
        for _ in range(2):
            await to_thread.run_sync(upgrade, as_administrator(own_postgresql_url))
            assert await may_clear(connection) == {True}
        await to_thread.run_sync(downgrade, as_administrator(own_postgresql_url), "0014")
        assert await may_clear(connection) == {False}


async def test_nothing_is_lost_by_it(own_url: str, tmp_path: Path, clock: SetClock) -> None:
    async with running(own_url, tmp_path, clock) as service:
        kept = await service.sign_up()
        await erased(service)
        database: Any = service.app.state.provided[NeededKeys]._database
        await clear_keys(database)
        assert (await kept.ask("GET", "/v1/profile")).status_code == 200
    database = await open_database(own_url)
    await clear_keys(database)
    await database.close()

"""Row security alone, with the service's own account filter broken, leaves others with nothing."""

from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from app.database import Database
from app.metadata import METADATA
from tests.access.owner import Owned, an_owner, everything_of
from tests.access.sabotage import BrokenCache, break_filters
from tests.access.store_statements import ADD, READ_OR_CHANGE, values_for
from tests.access.test_matrix import nothing_is_seen_nor_changed
from tests.clocks import SetClock
from tests.engines import as_administrator
from tests.service import Service, running
from tests.sharing.links import account_of

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("database_url", ["postgresql"], indirect=True),
]
LEAST_BROKEN = 30
WITH_ACCOUNT = {name for name, each in METADATA.tables.items() if "account_id" in each.c}


@pytest.fixture
async def owned(service: Service) -> Owned:
    """The owner."""
    return await an_owner(service)


@pytest.fixture
async def other(service: Service) -> UUID:
    """Another account."""
    return await account_of(service, await service.sign_up())


async def test_another_patient_gets_at_nothing_without_the_filter(
    service: Service, owned: Owned, everything: Database
) -> None:
    patient = await service.sign_up()
    cache = break_filters(service)
    await nothing_is_seen_nor_changed(patient, owned, everything)
    assert len(cache.broken) >= LEAST_BROKEN
    assert all(text.startswith("INSERT") for text in cache.whole), cache.whole


async def test_without_row_security_the_broken_filter_lets_rows_through(
    service: Service, owned: Owned, database_url: str, tmp_path: Path, clock: SetClock
) -> None:
    """Else the sabotage would prove nothing. What then still holds is the seal."""
    async with running(as_administrator(database_url), tmp_path, clock) as bare:
        patient = await bare.sign_up()
        assert (await patient.ask("GET", "/v1/entries")).json()["items"] == []
        break_filters(bare)
        answer = await patient.ask("GET", "/v1/entries")
        assert (answer.status_code, answer.json()["code"]) == (500, "internal")


async def test_no_statement_finds_or_changes_anything_of_another_account(
    database: Any, owned: Owned, other: UUID, everything: Database
) -> None:
    """Not even where it is asked for the owner's rows by name, in another's transaction."""
    before = await everything_of(everything, owned.account_id)
    database._statements = BrokenCache(database._statements)
    for name, statement in READ_OR_CHANGE.items():
        bound = values_for(statement, owned)
        rows = await database.write(other, lambda work: work.fetch(statement, bound))  # noqa: B023
        told = repr(rows)
        assert not any(trace in told for trace in owned.traces), name
    assert await everything_of(everything, owned.account_id) == before
    assert len(READ_OR_CHANGE) > LEAST_BROKEN


async def test_no_statement_adds_anything_to_another_account(
    database: Database, owned: Owned, other: UUID
) -> None:
    for statement in ADD.values():
        bound = values_for(statement, owned)
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await database.write(other, lambda work: work.execute(statement, bound))  # noqa: B023
    assert {each.table.name for each in ADD.values()} == WITH_ACCOUNT

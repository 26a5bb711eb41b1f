"""Row security alone, with the service's own account filter broken, leaves others with nothing."""

from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from app.database import Database
from app.metadata import METADATA
from tests.access.owner import WORD, Owned, an_owner, everything_of
from tests.access.sabotage import BrokenCache, break_filters
from tests.access.store_statements import ADD, READ_OR_CHANGE, values_for
from tests.access.test_matrix import (
    doors_open_for_their_own_secret_alone,
    nothing_is_seen_nor_changed,
    strangers_are_nobody,
    the_owner_asks_all,
)
from tests.clocks import SetClock
from tests.engines import as_administrator
from tests.service import Service, running
from tests.sharing.links import Json, Link, account_of, ask_for, manifest, opened, share

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
async def neighbour(service: Service) -> Owned:
    """Another patient with something of everything."""
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


async def test_whoever_has_no_token_is_nobody_without_the_filter(
    service: Service, owned: Owned, everything: Database, clock: SetClock
) -> None:
    cache = break_filters(service)
    await strangers_are_nobody(service, owned, everything, clock)
    assert cache.broken


async def test_the_owner_gets_at_nothing_of_others_without_the_filter(
    service: Service, owned: Owned, neighbour: Owned, everything: Database
) -> None:
    """All that a patient can ask succeeds, to the end of the account, and meets own rows alone."""
    before = await everything_of(everything, neighbour.account_id)
    cache = break_filters(service)
    async for operation, answer in the_owner_asks_all(service, owned):
        assert not any(trace in answer.text for trace in theirs_alone(neighbour)), operation.name
    assert await everything_of(everything, neighbour.account_id) == before
    assert len(cache.broken) >= LEAST_BROKEN


async def test_a_readers_door_opens_for_its_own_secret_alone_without_the_filter(
    service: Service, owned: Owned, everything: Database
) -> None:
    break_filters(service)
    await doors_open_for_their_own_secret_alone(service, owned, everything)


@pytest.mark.parametrize("mode", ["live", "snapshot"])
async def test_readers_get_at_nothing_of_others_without_the_filter(
    service: Service, owned: Owned, neighbour: Owned, everything: Database, mode: str
) -> None:
    """Those of a link with a passcode, of its tickets, of a direct one; those who guess, too."""
    before = await everything_of(everything, neighbour.account_id)
    intact = await read_by_everybody(service, owned, mode)
    cache = break_filters(service)
    seen = await read_by_everybody(service, owned, mode)
    assert [len(each["entry"]) for each in seen] == [len(each["entry"]) for each in intact]
    assert not any(trace in repr(seen) for trace in theirs_alone(neighbour))
    assert await everything_of(everything, neighbour.account_id) == before
    tables = {table for text in cache.broken for table in WITH_ACCOUNT if f" {table}" in text}
    assert tables >= {"share", "share_file", "share_access"}, tables


async def test_without_row_security_the_broken_filter_lets_readers_through(
    service: Service, owned: Owned, database_url: str, tmp_path: Path, clock: SetClock
) -> None:
    """The same for readers: a link that lives is drawn from everybody's entries then."""
    async with running(as_administrator(database_url), tmp_path, clock) as bare:
        patient = await bare.sign_up()
        link = await share(patient, mode="live")
        assert await opened(bare, link)
        break_filters(bare)
        answer = await ask_for(bare, link, link.passcode)
        assert (answer.status_code, answer.json()["code"]) == (500, "profile_unreadable")


async def read_by_everybody(service: Service, owned: Owned, mode: str) -> list[Json]:
    """The Bundles of new links: with a passcode, by a ticket, directly; a wrong passcode before."""
    link = await share(owned.patient, mode=mode)
    wrong = await ask_for(service, link, "WRONGWRONG")
    assert wrong.status_code == 401, wrong.text
    (file,) = (await manifest(service, link, embeddedLengthMax=0))["files"]
    fetched = await service.http.get(file["location"])
    assert fetched.status_code == 200, fetched.text
    direct: Link = await share(owned.patient, kind="direct", mode="snapshot")
    return [
        await opened(service, link),
        link.decrypted(fetched.text),
        await opened(service, direct),
    ]


def theirs_alone(owned: Owned) -> set[str]:
    """Traces that no other owner leaves: all owners write the same word."""
    return owned.traces - {WORD}


async def test_without_row_security_the_broken_filter_lets_rows_through(
    service: Service, owned: Owned, database_url: str, tmp_path: Path, clock: SetClock
) -> None:
    """Else the sabotage would prove nothing. What then still holds is the seal."""
    async with running(as_administrator(database_url), tmp_path, clock) as bare:
        patient = await bare.sign_up()
        assert (await patient.ask("GET", "/v1/entries")).json()["items"] == []
        break_filters(bare)
        answer = await patient.ask("GET", "/v1/entries")
        assert answer.json()["items"] == []
        assert len(answer.json()["unreadable"]) > 1


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

"""After a failure a replica is left alone for a while, and then one reader tries it."""

import asyncio
from uuid import UUID, uuid4

import pytest
from sqlalchemy import bindparam, func, select

from app.database import DatabaseOverloaded, Replicated, Transaction, replicated
from app.database.replicated import Rest
from tests.replicas.pair import Counted, Pair, service_database
from tests.service import Service
from tests.sharing.links import account_of

pytestmark = pytest.mark.anyio
WAIT = select(func.pg_sleep(bindparam("seconds")))


def test_after_a_failure_one_asks_again_and_later_each_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now: list[float] = [100.0]
    told: list[object] = []

    def tell(event: str, *_: object, **members: object) -> None:
        told.append((event, *members.values()))

    monkeypatch.setattr(replicated, "monotonic", lambda: now[0])
    monkeypatch.setattr(replicated, "EVENTS", tell)
    rest = Rest()
    assert rest.is_over()
    rest.begin("slow")
    rest.begin("slow")  # others were on the way
    waits = []
    for _ in range(7):
        before = now[0]
        while not rest.is_over():
            now[0] += 0.5
        assert not rest.is_over()
        waits.append(now[0] - before)
        rest.begin("away")
    assert waits == [1, 2, 4, 8, 16, 30, 30]
    now[0] += 30
    assert rest.is_over()
    rest.end()
    rest.end()
    assert rest.is_over()
    assert rest.is_over()
    assert told == [("replica.away", "slow"), ("replica.back",)]


def test_an_answer_from_before_the_failure_ends_no_rest() -> None:
    rest = Rest()
    rest.begin("away")
    rest.end()
    assert not rest.is_over()


async def a_trial(database: Replicated, account_id: UUID, way: str) -> None:
    """A read that asks the replica and has nothing to tell of it."""

    at_work = asyncio.Event()

    async def never(transaction: Transaction) -> object:
        at_work.set()
        return await transaction.fetch_one(WAIT, {"seconds": 4.0})

    async def refused(*_: object) -> bytes:
        raise DatabaseOverloaded("the primary is busy")

    if way == "nobody's chain":
        await database.read(uuid4(), never_asked, replica=True)
        return
    with pytest.MonkeyPatch.context() as patch:
        if way == "all taken":
            patch.setattr(database._replica, "is_full", lambda: True)
            await database.read(account_id, never_asked, replica=True)
        elif way == "refused":
            patch.setattr(database, "_mark", refused)
            with pytest.raises(DatabaseOverloaded):
                await database.read(account_id, never_asked, replica=True)
        else:
            reader = asyncio.create_task(database.read(account_id, never, replica=True))
            await at_work.wait()  # else the driver is torn off while it connects, and complains
            reader.cancel()
            await asyncio.wait({reader})


async def never_asked(transaction: Transaction) -> None:
    """Work of which the answer does not matter."""


@pytest.mark.parametrize("way", ["nobody's chain", "all taken", "cancelled", "refused"])
async def test_a_trial_that_tells_nothing_is_left_to_the_next_reader(
    service: Service, pair: Pair, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    """Time stands still: a trial that was lost would be missed for a whole rest."""
    database = service_database(service)
    account_id = await account_of(service, await service.sign_up())
    await pair.in_step()
    now = [0.0]
    monkeypatch.setattr(replicated, "monotonic", lambda: now[0])
    database._rest.begin("away")
    now[0] = replicated.FIRST_REST
    await a_trial(database, account_id, way)
    counted = Counted()
    for _ in range(2):
        await database.read(account_id, never_asked, replica=True)
    assert counted.told() == {"replica": 2}


def test_only_a_trial_that_told_nothing_is_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    now: list[float] = [100.0]
    monkeypatch.setattr(replicated, "monotonic", lambda: now[0])
    rest = Rest()
    assert rest.is_over()
    rest.give_back(rest.trial)
    rest.begin("away")
    now[0] += 1
    assert rest.is_over()
    failed = rest.trial
    rest.begin("away")
    rest.give_back(failed)
    assert not rest.is_over()
    now[0] += 2
    assert rest.is_over()
    late, now[0] = rest.trial, now[0] + 2
    assert rest.is_over()  # the one before was not heard of
    rest.give_back(late)
    assert not rest.is_over()
    rest.give_back(rest.trial)
    assert rest.is_over()

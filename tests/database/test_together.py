"""Changes that go out together do what they would do one after the other, on both engines."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import bindparam, insert, select, update

from app.audit.tables import AuditHead
from app.database import StreamingDatabase, Transaction, UniqueViolation, per_engine, table_of
from app.database.statements import together
from app.journal.tables import JournalRow

pytestmark = pytest.mark.anyio
JOURNAL, CHAIN = table_of(JournalRow), table_of(AuditHead)
ADD_JOURNAL, ADD_CHAIN = insert(JOURNAL), insert(CHAIN)
SET_HEAD = per_engine(
    lambda dialect_insert: (add := dialect_insert(JOURNAL)).on_conflict_do_update(
        index_elements=[JOURNAL.c.account_id], set_={"head": add.excluded.head}
    )
)
MOVE_CHAIN = (
    update(CHAIN).where(CHAIN.c.account_id == bindparam("account")).values(seq=bindparam("to_seq"))
)
STANDING = (
    select(JOURNAL.c.epoch, JOURNAL.c.head, CHAIN.c.seq, CHAIN.c.hash)
    .join(CHAIN, CHAIN.c.account_id == JOURNAL.c.account_id)
    .where(JOURNAL.c.account_id == bindparam("account"))
)


def journal(account: UUID, head: int = 1) -> dict[str, Any]:
    return {"account_id": account, "epoch": 2, "head": head}


def chain(account: UUID) -> dict[str, Any]:
    return {"account_id": account, "seq": 5, "hash": b"\x07" * 32, "closed": False}


async def standing(database: StreamingDatabase, account: UUID) -> list[Any]:
    bound = {"account": account}
    return await database.read(account, lambda work: work.fetch(STANDING, bound))


async def test_each_takes_its_own_parameters(database: StreamingDatabase) -> None:
    account = uuid4()

    async def work(transaction: Transaction) -> None:
        await transaction.execute_together(
            (ADD_JOURNAL, journal(account)), (ADD_CHAIN, chain(account))
        )
        await transaction.execute_together(
            (MOVE_CHAIN, {"account": account, "to_seq": 6}), (SET_HEAD, journal(account, 3))
        )

    await database.write(account, work)
    assert await standing(database, account) == [(2, 3, 6, b"\x07" * 32)]


async def test_one_alone_may_go_that_way(database: StreamingDatabase) -> None:
    account = uuid4()

    async def work(transaction: Transaction) -> None:
        await transaction.execute_together((ADD_JOURNAL, journal(account)))
        await transaction.execute_together((ADD_CHAIN, chain(account)))

    await database.write(account, work)
    assert await standing(database, account) == [(2, 1, 5, b"\x07" * 32)]


@pytest.mark.parametrize("wrong", [0, 1])
async def test_one_that_fails_leaves_nothing_of_the_others(
    database: StreamingDatabase, wrong: int
) -> None:
    account = uuid4()
    steps = [(ADD_JOURNAL, journal(account)), (ADD_CHAIN, chain(account))]
    await database.write(account, lambda work: work.execute(*steps[wrong]))
    with pytest.raises(UniqueViolation):
        await database.write(account, lambda work: work.execute_together(*steps))
    assert await standing(database, account) == []


def test_numbers_follow_one_another() -> None:
    one = "INSERT INTO a VALUES ($1::UUID, $2, $1)"
    two = "UPDATE b SET c = 1"
    three = "UPDATE d SET e = $2 WHERE f = $1"
    assert together((one, two, three)) == (
        "WITH part_0 AS (INSERT INTO a VALUES ($1::UUID, $2, $1)), "
        "part_1 AS (UPDATE b SET c = 1) UPDATE d SET e = $4 WHERE f = $3"
    )
    assert together((one,)) == one
    assert "$13" in together((*[one] * 6, one))

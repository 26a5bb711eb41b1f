"""Both engines keep the same promises."""

import asyncio
from uuid import UUID, uuid4

import pytest
from sqlalchemy import bindparam, insert, select, update

from app.database import (
    Database,
    DatabaseUnavailable,
    Transaction,
    UniqueViolation,
    is_among,
    table_of,
)
from app.journal.tables import JournalRow

pytestmark = pytest.mark.anyio
JOURNAL = table_of(JournalRow)
ADD = insert(JOURNAL)
READ = select(JOURNAL.c.account_id, JOURNAL.c.epoch, JOURNAL.c.head).where(
    JOURNAL.c.account_id == bindparam("account")
)
COUNT_UP = (
    update(JOURNAL)
    .where(JOURNAL.c.account_id == bindparam("account"))
    .values(head=JOURNAL.c.head + 1)
    .returning(JOURNAL.c.head)
)
READ_MANY = select(JOURNAL.c.head).where(is_among(JOURNAL.c.account_id, "accounts"))


def a_row(account: UUID, head: int = 1) -> dict[str, object]:
    return {"account_id": account, "epoch": 0, "head": head}


async def test_what_is_written_is_read_back_in_its_types(database: Database) -> None:
    account = uuid4()

    async def add(transaction: Transaction) -> int:
        return await transaction.execute(ADD, a_row(account, 2**40))

    async def read(transaction: Transaction) -> object:
        return await transaction.fetch_one(READ, {"account": account})

    assert await database.write(account, add) == 1
    assert await database.read(account, read) == (account, 0, 2**40)


async def test_a_unit_of_work_that_raises_leaves_nothing(database: Database) -> None:
    account = uuid4()

    async def add_and_fail(transaction: Transaction) -> None:
        await transaction.execute(ADD, a_row(account))
        raise LookupError

    async def read(transaction: Transaction) -> object:
        return await transaction.fetch_one(READ, {"account": account})

    with pytest.raises(LookupError):
        await database.write(account, add_and_fail)
    assert await database.read(account, read) is None


@pytest.mark.parametrize("brief", [False, True])
async def test_a_read_that_would_change_something_is_refused(
    database: Database, *, brief: bool
) -> None:
    account = uuid4()

    async def add(transaction: Transaction) -> int:
        return await transaction.execute(ADD, a_row(account))

    with pytest.raises(DatabaseUnavailable):
        await database.read(account, add, brief=brief)
    assert await database.write(account, add) == 1


async def test_a_second_row_with_the_same_key_is_a_unique_violation(database: Database) -> None:
    account = uuid4()

    async def add_twice(transaction: Transaction) -> None:
        await transaction.execute_many(ADD, [a_row(account), a_row(account)])

    with pytest.raises(UniqueViolation):
        await database.write(account, add_twice)


async def test_parallel_writers_of_one_row_are_put_in_a_line(database: Database) -> None:
    account = uuid4()

    async def add(transaction: Transaction) -> None:
        await transaction.execute(ADD, a_row(account))

    async def count_up(transaction: Transaction) -> int:
        row = await transaction.fetch_one(COUNT_UP, {"account": account})
        assert row is not None
        return int(row[0])

    await database.write(account, add)
    seen = await asyncio.gather(*(database.write(account, count_up) for _ in range(40)))
    assert sorted(seen) == list(range(2, 42))


async def test_one_failing_neighbour_does_not_undo_the_others(database: Database) -> None:
    accounts = [uuid4() for _ in range(20)]

    async def write(number: int) -> None:
        async def add(transaction: Transaction) -> None:
            await transaction.execute(ADD, a_row(accounts[number]))
            if number % 2:
                raise LookupError

        await database.write(accounts[number], add)

    async def seen_by(account: UUID) -> int:
        async def read(transaction: Transaction) -> int:
            return len(await transaction.fetch(READ_MANY, {"accounts": [account]}))

        return await database.read(account, read)

    answers = await asyncio.gather(*(write(n) for n in range(20)), return_exceptions=True)
    assert [isinstance(answer, LookupError) for answer in answers] == [False, True] * 10
    assert [await seen_by(account) for account in accounts] == [1, 0] * 10


async def test_an_empty_list_of_ids_finds_nothing(database: Database) -> None:
    account = uuid4()

    async def read(transaction: Transaction) -> int:
        return len(await transaction.fetch(READ_MANY, {"accounts": []}))

    assert await database.read(account, read) == 0

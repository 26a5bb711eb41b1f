"""Events stay as they are, and many who append at once make one chain."""

import asyncio
import os
import subprocess
import sys
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Delete, Update, bindparam, delete, text, update

from app.audit import append_event, begin_chain
from app.audit.verification import verify_chains
from app.database import Transaction, WholeDatabase, open_database
from tests.audit.chains import EVENT, an_event, seeded

pytestmark = pytest.mark.anyio
PROCESSES, WRITERS, EACH = 4, 16, 5
REFUSED = "audit events are never changed nor removed|SQLITE_CONSTRAINT_TRIGGER"
ONE = EVENT.c.account_id == bindparam("account")


async def chain(database: WholeDatabase, account_id: UUID) -> None:
    async def work(transaction: Transaction) -> None:
        await begin_chain(transaction, account_id)
        await append_event(transaction, account_id, an_event(1, seeded(1)))

    await database.write(account_id, work)


@pytest.mark.parametrize(
    "statement",
    [
        update(EVENT).where(ONE).values(outcome="refused"),
        update(EVENT).where(ONE).values(account_id=EVENT.c.account_id),
        delete(EVENT).where(ONE),
    ],
    ids=["changed", "put back as it was", "removed"],
)
async def test_not_even_the_owner_changes_an_event(
    whole: WholeDatabase, statement: Update | Delete
) -> None:
    account_id = uuid4()
    await chain(whole, account_id)
    with pytest.raises(Exception, match=REFUSED):
        await whole.write(account_id, lambda work: work.execute(statement, {"account": account_id}))
    verified = await verify_chains(whole)
    assert (verified.events, verified.broken) == (1, 0)


async def test_not_even_the_owner_empties_the_table(whole: WholeDatabase) -> None:
    await chain(whole, uuid4())
    emptying = "TRUNCATE audit_event" if whole.engine == "postgresql" else "DELETE FROM audit_event"
    with pytest.raises(Exception, match=REFUSED):
        await whole.write(None, lambda work: work.execute(text(emptying)))
    assert (await verify_chains(whole)).events == 1


async def test_64_writers_in_several_processes_make_no_fork(
    whole: WholeDatabase, own_url: str
) -> None:
    account_id = uuid4()
    await chain(whole, account_id)
    environment = os.environ | {"AFTERGLOW_DATABASE_URL": own_url}
    writers = [
        subprocess.Popen([sys.executable, "-m", __name__, str(account_id)], env=environment)
        for _ in range(PROCESSES)
    ]
    ended = [await asyncio.to_thread(each.wait, 120) for each in writers]
    assert ended == [0] * PROCESSES
    verified = await verify_chains(whole, (), account_id)
    assert (verified.events, verified.broken) == (1 + PROCESSES * WRITERS * EACH, 0)


async def append_many(url: str, account_id: UUID) -> None:
    """What each process does: sixteen writers, each of whom appends again and again."""
    database = await open_database(url)

    async def writer(number: int) -> None:
        chance = seeded(number)
        for seq in range(EACH):
            event = an_event(seq, chance)
            await database.write(
                account_id,
                lambda work: append_event(work, account_id, event),  # noqa: B023 - run at once
            )

    await asyncio.gather(*(writer(number) for number in range(WRITERS)))
    await database.close()


if __name__ == "__main__":
    asyncio.run(append_many(os.environ["AFTERGLOW_DATABASE_URL"], UUID(sys.argv[1])))

"""Epochs are raised after a restore: for every journal, once or again, and never without room."""

from datetime import datetime
from uuid import UUID, uuid4

import pytest
from sqlalchemy import update

from app.audit import newest_hash
from app.database import Database, Transaction
from app.journal import store
from app.journal.journal import Journal
from app.journal.restore import JUMP, MOST_EPOCH, RestoreRefused, begin_epoch
from tests.audit.trails import events_of, told
from tests.clocks import SetClock
from tests.service import Patient, Service
from tests.sharing.links import account_of

pytestmark = pytest.mark.anyio
EPOCH = 2**40


async def account(database: Database, epoch: int = 0, head: int = 1) -> UUID:
    """A journal at this place."""
    account_id = uuid4()

    async def work(transaction: Transaction) -> None:
        await store.make_journal(transaction, account_id)

    await database.write(account_id, work)
    await move(database, account_id, epoch, head)
    return account_id


async def move(database: Database, account_id: UUID, epoch: int, head: int) -> None:
    """Put a journal elsewhere, behind the back of the service."""
    moved = update(store.JOURNAL).where(store.JOURNAL.c.account_id == account_id)

    async def work(transaction: Transaction) -> None:
        await transaction.execute(moved.values(epoch=epoch, head=head))

    await database.write(account_id, work)


async def place(database: Database, account_id: UUID) -> tuple[int, int]:
    """Epoch and head."""

    async def work(transaction: Transaction) -> tuple[int, int]:
        row = await store.read_head(transaction, account_id)
        assert row is not None
        return int(row[0]), int(row[1])

    return await database.read(account_id, work)


async def test_running_it_twice_is_safe(database: Database) -> None:
    account_id = await account(database, 3, 500)
    for times in (1, 2):
        assert await begin_epoch(database, account_id) == 1
        assert await place(database, account_id) == (3 + times, 500 + times * JUMP)


async def test_it_stands_in_the_chain_of_whoever_has_one(
    service: Service, patient: Patient, clock: SetClock
) -> None:
    """A replica that lacks the new epoch so has another newest hash than the primary."""
    database: Database = service.app.state.provided[Journal].reading._database
    account_id = await account_of(service, patient)
    before = await database.read(account_id, lambda work: newest_hash(work, account_id))
    assert await begin_epoch(database, account_id, clock=clock) == 1
    after = await database.read(account_id, lambda work: newest_hash(work, account_id))
    assert after != before
    event = (await events_of(patient))[-1]
    assert told([event]) == [("journal.restored", "done", "operator")]
    assert datetime.fromisoformat(event["at"]) == clock()


async def test_a_journal_without_a_chain_begins_anew_as_well(database: Database) -> None:
    account_id = await account(database)
    assert await begin_epoch(database, account_id) == 1
    assert await place(database, account_id) == (1, 1 + JUMP)


async def test_one_account_alone_may_begin_anew(database: Database) -> None:
    one, other = await account(database), await account(database)
    assert await begin_epoch(database, one) == 1
    assert await place(database, other) == (0, 1)
    assert await begin_epoch(database, uuid4()) == 0


@pytest.mark.parametrize(
    ("epoch", "head"), [(MOST_EPOCH, 1), (0, EPOCH - JUMP), (0, EPOCH - 1), (MOST_EPOCH, EPOCH - 1)]
)
async def test_it_refuses_where_no_room_is_left_and_changes_nothing(
    database: Database, epoch: int, head: int
) -> None:
    account_id = await account(database, epoch, head)
    for which in (account_id, None):
        with pytest.raises(RestoreRefused):
            await begin_epoch(database, which)
    assert await place(database, account_id) == (epoch, head)
    other = await account(database)
    assert await begin_epoch(database, other) == 1, "one full journal stops no other"
    await move(database, account_id, 0, 1)  # the database is shared with other tests


async def test_there_is_room_for_a_thousand_restores(database: Database) -> None:
    account_id = await account(database)
    assert await begin_epoch(database, account_id, times=1000) == 1
    assert (await place(database, account_id))[1] < EPOCH


async def test_a_restore_counts_at_least_once(database: Database) -> None:
    with pytest.raises(ValueError, match="at least once"):
        await begin_epoch(database, times=0)

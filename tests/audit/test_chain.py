"""Every link names the one before it, and two writers never fork the chain."""

import asyncio
from itertools import pairwise
from uuid import UUID, uuid4

import pytest
from sqlalchemy import bindparam, select

from app.audit import Actor, AuditEvent, append_event, begin_chain
from app.audit.chain import ChainMissing, link_hash
from app.audit.tables import AuditEventRow
from app.database import Database, Transaction, table_of
from tests.clocks import SetClock

pytestmark = pytest.mark.anyio
EVENT = table_of(AuditEventRow)
CHAIN = (
    select(EVENT.c.seq, EVENT.c.prev, EVENT.c.hash, EVENT.c.object_id)
    .where(EVENT.c.account_id == bindparam("account"))
    .order_by(EVENT.c.seq)
)


async def begin(database: Database, account: UUID) -> None:
    async def work(transaction: Transaction) -> None:
        await begin_chain(transaction, account)

    await database.write(account, work)


async def append(database: Database, account: UUID, event: AuditEvent) -> None:
    async def work(transaction: Transaction) -> None:
        await append_event(transaction, account, event)

    await database.write(account, work)


def an_event(clock: SetClock, number: int) -> AuditEvent:
    return AuditEvent(clock(), Actor("device", "d", "r"), "entry.created", "entry", str(number))


async def test_parallel_writers_make_one_unbroken_chain(
    database: Database, clock: SetClock
) -> None:
    account = uuid4()
    await begin(database, account)
    await asyncio.gather(*(append(database, account, an_event(clock, n)) for n in range(30)))

    async def read(transaction: Transaction) -> list[tuple[int, bytes, bytes, str]]:
        return [tuple(row) for row in await transaction.fetch(CHAIN, {"account": account})]

    links = await database.read(account, read)
    assert [seq for seq, *_ in links] == list(range(1, 31))
    for (_, _, before, _), (_, prev, _, _) in pairwise(links):
        assert prev == before
    for seq, prev, link, number in links:
        assert link == link_hash(account, seq, prev, an_event(clock, int(number)))


async def test_an_account_without_a_chain_cannot_append(
    database: Database, clock: SetClock
) -> None:
    with pytest.raises(ChainMissing):
        await append(database, uuid4(), an_event(clock, 1))

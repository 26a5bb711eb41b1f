"""Every link names the one before it, and two writers never fork the chain."""

import asyncio
import hashlib
from itertools import pairwise
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Delete, Update, bindparam, select, update

from app.audit import (
    Actor,
    AuditEvent,
    ChainClosed,
    append_event,
    begin_chain,
    chain_is_open,
    close_chain,
)
from app.audit.chain import LAST_APPENDED, ChainMissing, link_hash, linked, root_hash
from app.audit.tables import AuditEventRow
from app.audit.verification import BrokenChain, verify_chains
from app.database import Database, Transaction, WholeDatabase, table_of
from tests.audit.chains import HEAD, OF_ACCOUNT, SPOILT_HEADS, a_chain, put, seeded
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
        assert link == link_hash(linked(account, seq, prev, an_event(clock, int(number))))


async def test_an_account_without_a_chain_cannot_append(
    database: Database, clock: SetClock
) -> None:
    with pytest.raises(ChainMissing):
        await append(database, uuid4(), an_event(clock, 1))


async def test_an_erased_account_ends_its_chain_with_the_last_event(
    database: Database, clock: SetClock
) -> None:
    account, nobody = uuid4(), uuid4()
    await begin(database, account)
    await append(database, account, an_event(clock, 1))
    assert await is_open(database, account)
    assert not await is_open(database, nobody)
    last = AuditEvent(clock(), Actor("service", "s"), "account.erased", "account", "last")
    await database.write(account, lambda work: close_chain(work, account, last))
    assert not await is_open(database, account)
    with pytest.raises(ChainClosed):
        await append(database, account, an_event(clock, 3))
    rows = await database.read(account, lambda work: work.fetch(CHAIN, {"account": account}))
    assert [row[3] for row in rows] == ["1", "last"]


OPENED = update(HEAD).where(OF_ACCOUNT).values(closed=False)


async def close(database: Database, account: UUID, clock: SetClock) -> bool:
    last = AuditEvent(clock(), Actor("service", "s"), "account.erased", "account", "last")
    return await database.write(account, lambda work: close_chain(work, account, last))


@pytest.mark.parametrize("spoil", SPOILT_HEADS.values(), ids=SPOILT_HEADS)
async def test_a_chain_is_closed_once_whatever_became_of_its_head(
    whole: WholeDatabase, clock: SetClock, spoil: Delete | Update
) -> None:
    account = uuid4()
    await put(whole, [a_chain(account, 5, seeded(3))])
    await whole.write(account, lambda work: work.execute(spoil, {"account": account}))
    assert await close(whole, account, clock)
    await whole.write(account, lambda work: work.execute(OPENED, {"account": account}))
    await whole.write(account, lambda work: work.execute(spoil, {"account": account}))
    assert not await close(whole, account, clock)
    verified = await verify_chains(whole, (), account)
    assert (verified.events, verified.broken) == (6, 0)
    assert not await is_open(whole, account)


async def test_closing_a_chain_hides_no_event_that_is_missing(
    whole: WholeDatabase, clock: SetClock
) -> None:
    account = uuid4()
    cut = a_chain(account, 5, seeded(4))
    del cut.events[3:]
    await put(whole, [cut])
    assert await close(whole, account, clock)
    assert (await verify_chains(whole, (), account)).named == [BrokenChain(account, 4)]
    with pytest.raises(ChainClosed):
        await append(whole, account, an_event(clock, 1))


async def test_a_chain_of_which_nothing_is_left_is_closed_from_its_beginning(
    whole: WholeDatabase, clock: SetClock
) -> None:
    account = uuid4()
    assert await close(whole, account, clock)
    assert not await is_open(whole, account)
    assert (await verify_chains(whole, (), account)).broken == 0


async def is_open(database: Database, account: UUID) -> bool:
    return await database.read(account, lambda work: chain_is_open(work, account))


def test_a_link_is_hashed_as_published_for_chains_are_kept_for_good(clock: SetClock) -> None:
    account, before = UUID(int=7), root_hash(UUID(int=7))
    event = AuditEvent(
        at=clock(),
        actor=Actor("device", "phone", "request"),
        action="entry.created",
        object_kind="entry",
        object_id="one",
        outcome="refused",
        digest=b"d" * 32,
    )
    members = (
        account.bytes,
        (258).to_bytes(8, "big"),
        hashlib.sha256(account.bytes).digest(),
        b"2026-06-01T12:00:00+00:00",
        b"device",
        b"phone",
        b"entry.created",
        b"entry",
        b"one",
        b"request",
        b"refused",
        b"d" * 32,
    )
    text = b"".join(bytes([0, 0, 0, len(member)]) + member for member in members)
    assert link_hash(linked(account, 258, before, event)) == hashlib.sha256(text).digest()


async def test_appending_is_noticed_for_the_metrics(
    database: Database, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = uuid4()
    await begin(database, account)
    monkeypatch.setattr(LAST_APPENDED, "_at", LAST_APPENDED._at - 1000)
    await append(database, account, an_event(clock, 1))
    assert LAST_APPENDED.age() < 500

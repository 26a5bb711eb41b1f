"""Chains to look at, and whoever has the disk: the guards of the tables off, every row in hand."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, get_args
from uuid import UUID

from sqlalchemy import bindparam, delete, insert, select, text, update

from app.audit.actions import LAST, AuditAction
from app.audit.anchors import anchors_of
from app.audit.chain import Actor, AuditEvent, link_hash, linked, root_hash
from app.audit.store_whole import Head
from app.audit.tables import AuditEventRow, AuditHead
from app.database import Transaction, WholeDatabase, table_of
from app.vault import KeyRing

EVENT, HEAD = table_of(AuditEventRow), table_of(AuditHead)
GUARDS_OFF = {
    "sqlite": [f"DROP TRIGGER IF EXISTS audit_event_no_{it}" for it in ("update", "delete")],
    "postgresql": ["ALTER TABLE audit_event DISABLE TRIGGER USER"],
}
OF_ACCOUNT = HEAD.c.account_id == bindparam("account")
SPOILT_HEADS = {
    "lost": delete(HEAD).where(OF_ACCOUNT),
    "behind": update(HEAD).where(OF_ACCOUNT).values(seq=HEAD.c.seq - 1, hash=bytes(32)),
    "another hash": update(HEAD).where(OF_ACCOUNT).values(hash=bytes(32)),
    "closed": update(HEAD).where(OF_ACCOUNT).values(closed=True),
}
"""What may become of the head of a chain whose events are whole."""

BEGAN = datetime(2026, 6, 1, 12, tzinfo=UTC)
ACTIONS = [each for each in get_args(AuditAction.__value__) if each != LAST]
TOGETHER = 2000

# A row's values have the types of its columns.
Values = dict[str, Any]


@dataclass(slots=True)
class Chain:
    """One account's events and head, as rows."""

    events: list[Values] = field(default_factory=list)
    head: Values = field(default_factory=dict)


def seeded(seed: int) -> random.Random:
    """The same chances for the same seed."""
    return random.Random(seed)  # noqa: S311 - nothing is to be kept secret by it


def a_chain(account_id: UUID, length: int, chance: random.Random) -> Chain:
    """A whole chain of random events."""
    chain, prev = Chain(), root_hash(account_id)
    for seq in range(1, length + 1):
        link = linked(account_id, seq, prev, an_event(seq, chance))
        prev = link_hash(link)
        chain.events.append({**link._asdict(), "hash": prev})
    chain.head = {"account_id": account_id, "seq": length, "hash": prev, "closed": False}
    return chain


def an_event(seq: int, chance: random.Random) -> AuditEvent:
    """Something that was done."""
    actor = Actor("device", str(UUID(int=chance.getrandbits(128))), f"{chance.getrandbits(64):x}")
    return AuditEvent(
        at=BEGAN + timedelta(seconds=seq, microseconds=chance.randrange(10**6)),
        actor=actor,
        action=chance.choice(ACTIONS),
        object_kind="entry",
        object_id=str(UUID(int=chance.getrandbits(128))),
        digest=chance.randbytes(32),
    )


def chained_anew(events: Sequence[Values], start: int) -> None:
    """Give every event from place `start` on the hash that fits it, as a forger would."""
    prev = events[start - 1]["hash"] if start else root_hash(events[0]["account_id"])
    for event in events[start:]:
        event["prev"] = prev
        members = {name: value for name, value in event.items() if name != "hash"}
        event["hash"] = prev = link_hash(as_link(members))


def as_link(members: Mapping[str, Any]) -> Any:
    """A link of any values; of a forger's, none is what its type says."""
    event = AuditEvent(
        at=members["at"],
        actor=Actor(members["actor_kind"], members["actor_id"], members["request_id"]),
        action=members["action"],
        object_kind=members["object_kind"],
        object_id=members["object_id"],
        outcome=members["outcome"],
        digest=members["digest"],
    )
    return linked(members["account_id"], members["seq"], members["prev"], event)


async def unguarded(database: WholeDatabase) -> None:
    """Let events be changed, as whoever has the disk could."""
    for statement in GUARDS_OFF[database.engine]:
        await database.write(None, lambda work: work.execute(text(statement)))  # noqa: B023


async def put(database: WholeDatabase, chains: Sequence[Chain]) -> None:
    """Write chains down as they are."""

    async def work(transaction: Transaction) -> None:
        await put_rows(transaction, chains)

    await database.write(None, work)


async def put_rows(transaction: Transaction, chains: Sequence[Chain]) -> None:
    """In an open transaction."""
    events = [event for chain in chains for event in chain.events]
    for start in range(0, len(events), TOGETHER):
        await transaction.execute_many(insert(EVENT), events[start : start + TOGETHER])
    heads = [chain.head for chain in chains if chain.head]
    if heads:
        await transaction.execute_many(insert(HEAD), heads)


async def put_in_place(
    database: WholeDatabase, accounts: Sequence[UUID], chains: Sequence[Chain]
) -> None:
    """Take everything of these accounts away, and write these chains down."""

    async def work(transaction: Transaction) -> None:
        for table in (EVENT, HEAD):
            of_account = delete(table).where(table.c.account_id == bindparam("account"))
            for account_id in accounts:
                await transaction.execute(of_account, {"account": account_id})
        await put_rows(transaction, chains)

    await database.write(None, work)


async def heads_of(database: WholeDatabase) -> list[Head]:
    """Where all chains end now, in the order of accounts."""
    rows = select(HEAD.c.account_id, HEAD.c.seq, HEAD.c.hash).order_by(HEAD.c.account_id)
    found = await database.read(None, lambda work: work.fetch(rows))
    return [Head(row[0], row[1], bytes(row[2])) for row in found]


def all_heads(path: Path, ring: KeyRing) -> list[Head]:
    """Every head that the newest root of a file stands for."""
    with anchors_of(path, ring) as anchors:
        return list(anchors.heads)

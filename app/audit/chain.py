"""Appending to a chain in which every link names the one before by its hash."""

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from app.audit.actions import LAST, ActorKind, AuditAction, ObjectKind, Outcome
from app.audit.store import (
    add_event,
    begin_head,
    close_head,
    is_closed,
    lock_head,
    move_head,
    newest_event,
    read_head,
)
from app.database import Transaction
from app.telemetry import Moment

LAST_APPENDED = Moment()
"""When this process last moved the head of a chain."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it, with the id that stands for it."""

    kind: ActorKind
    id: str
    request_id: str = ""


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """What was done to what. `digest` is the SHA-256 of what was sealed by it (or empty)."""

    at: datetime
    actor: Actor
    action: AuditAction
    object_kind: ObjectKind
    object_id: str
    outcome: Outcome = "done"
    digest: bytes = b""


class ChainMissing(Exception):
    """The account has no chain: it does not exist."""


class ChainClosed(ChainMissing):
    """The account was erased: nothing is added to its chain."""


class Link(NamedTuple):
    """An event as it lies in its chain. Of one that was tampered with, any text may be read."""

    account_id: UUID
    seq: int
    prev: bytes
    at: datetime
    actor_kind: ActorKind
    actor_id: str
    action: AuditAction
    object_kind: ObjectKind
    object_id: str
    request_id: str
    outcome: Outcome
    digest: bytes


def linked(account_id: UUID, seq: int, prev: bytes, event: AuditEvent) -> Link:
    """An event in its place in the chain."""
    return Link(
        account_id=account_id,
        seq=seq,
        prev=prev,
        at=event.at,
        actor_kind=event.actor.kind,
        actor_id=event.actor.id,
        action=event.action,
        object_kind=event.object_kind,
        object_id=event.object_id,
        request_id=event.actor.request_id,
        outcome=event.outcome,
        digest=event.digest,
    )


def link_hash(link: Link) -> bytes:
    """SHA-256 over the length-prefixed members, with `seq` and the hash before."""
    members = (
        link.account_id.bytes,
        link.seq.to_bytes(8, "big"),
        link.prev,
        link.at.isoformat().encode(),
        link.actor_kind.encode(),
        link.actor_id.encode(),
        link.action.encode(),
        link.object_kind.encode(),
        link.object_id.encode(),
        link.request_id.encode(),
        link.outcome.encode(),
        link.digest,
    )
    return hashlib.sha256(b"".join(len(m).to_bytes(4, "big") + m for m in members)).digest()


def root_hash(account_id: UUID) -> bytes:
    """What the first event of a chain names as the one before."""
    return hashlib.sha256(account_id.bytes).digest()


async def begin_chain(transaction: Transaction, account_id: UUID) -> None:
    """Give a new account its empty chain."""
    await begin_head(transaction, account_id, root_hash(account_id))


async def append_event(transaction: Transaction, account_id: UUID, event: AuditEvent) -> None:
    """Append one event, in the transaction of the change it speaks of.

    Raises ChainMissing for an account without a chain, ChainClosed for an erased one.
    """
    head = await lock_head(transaction, account_id)
    if head is None:
        raise ChainMissing("this account has no audit chain")
    if head[2]:
        raise ChainClosed("this account was erased")
    await _append(transaction, account_id, (int(head[0]), bytes(head[1])), event)


async def append_if_there(transaction: Transaction, account_id: UUID, event: AuditEvent) -> None:
    """Append where there is a chain that takes it: for what has to be done even where none is.

    That it is gone is told by those who verify chains.
    """
    with suppress(ChainMissing):
        await append_event(transaction, account_id, event)


async def close_chain(transaction: Transaction, account_id: UUID, last: AuditEvent) -> bool:
    """Append the last event of an account that is being erased; False where it stands already.

    Nobody's erasure hangs on the head: where that is lost, lags behind or is closed too early, the
    newest event tells where the chain ends. Missing events stay missed by those who verify.
    """
    head = await lock_head(transaction, account_id)
    newest = await newest_event(transaction, account_id)
    if head is None:
        await begin_chain(transaction, account_id)
    if newest is not None and newest[2] == LAST:
        await move_head(transaction, account_id, int(newest[0]), bytes(newest[1]))
        await close_head(transaction, account_id)
        return False
    ends = [(int(each[0]), bytes(each[1])) for each in (newest, head) if each is not None]
    end = max(ends, key=lambda each: each[0], default=(0, root_hash(account_id)))
    await _append(transaction, account_id, end, last)
    await close_head(transaction, account_id)
    return True


async def _append(
    transaction: Transaction, account_id: UUID, end: tuple[int, bytes], event: AuditEvent
) -> None:
    """`end`: number and hash of the event before."""
    seq, before = end
    link = linked(account_id, seq + 1, before, event)
    await add_event(transaction, {**link._asdict(), "hash": link_hash(link)})
    LAST_APPENDED.note()


async def newest_hash(transaction: Transaction, account_id: UUID) -> bytes | None:
    """The hash of the newest event, which stands for all of them; None once it is closed."""
    head = await read_head(transaction, account_id)
    return None if head is None or head[1] else bytes(head[0])


async def chain_is_open(transaction: Transaction, account_id: UUID) -> bool:
    """Whether the account is there and was not erased."""
    return await is_closed(transaction, account_id) is False

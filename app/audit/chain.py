"""Appending to a chain in which every link names the one before by its hash."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.audit.store import add_event, begin_head, lock_head
from app.database import Transaction


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it: `device`, `reader`, `operator` or `service`, with the id that stands for it."""

    kind: str
    id: str
    request_id: str = ""


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """What was done to what. `digest` is the SHA-256 of what was sealed by it (or empty)."""

    at: datetime
    actor: Actor
    action: str
    object_kind: str
    object_id: str
    outcome: str = "done"
    digest: bytes = b""


class ChainMissing(Exception):
    """The account has no chain: it does not exist."""


def link_hash(account_id: UUID, seq: int, prev: bytes, event: AuditEvent) -> bytes:
    """SHA-256 over the length-prefixed members, with `seq` and the hash before."""
    members = (
        account_id.bytes,
        seq.to_bytes(8, "big"),
        prev,
        event.at.isoformat().encode(),
        event.actor.kind.encode(),
        event.actor.id.encode(),
        event.action.encode(),
        event.object_kind.encode(),
        event.object_id.encode(),
        event.actor.request_id.encode(),
        event.outcome.encode(),
        event.digest,
    )
    return hashlib.sha256(b"".join(len(m).to_bytes(4, "big") + m for m in members)).digest()


async def begin_chain(transaction: Transaction, account_id: UUID) -> None:
    """Give a new account its empty chain."""
    await begin_head(transaction, account_id, hashlib.sha256(account_id.bytes).digest())


async def append_event(transaction: Transaction, account_id: UUID, event: AuditEvent) -> None:
    """Append one event, in the transaction of the change it speaks of.

    Raises ChainMissing for an account without a chain.
    """
    head = await lock_head(transaction, account_id)
    if head is None:
        raise ChainMissing("this account has no audit chain")
    seq, prev = int(head[0]) + 1, bytes(head[1])
    await add_event(
        transaction,
        {
            "account_id": account_id,
            "seq": seq,
            "prev": prev,
            "hash": link_hash(account_id, seq, prev, event),
            "at": event.at,
            "actor_kind": event.actor.kind,
            "actor_id": event.actor.id,
            "action": event.action,
            "object_kind": event.object_kind,
            "object_id": event.object_id,
            "request_id": event.actor.request_id,
            "outcome": event.outcome,
            "digest": event.digest,
        },
    )

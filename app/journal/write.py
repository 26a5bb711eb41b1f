"""The one door: lock, load, decide, seal, write, chain, and commit once."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from app.audit import Actor, AuditAction, AuditEvent, append_event
from app.clock import Clock
from app.database import Transaction
from app.journal import store
from app.journal.desk import Change, Decision, Desk
from app.journal.digests import month_of
from app.journal.opening import opened
from app.journal.reading import FIRST_DAY, LAST_DAY
from app.journal.review import Reviewed, review_write
from app.journal.store_digests import drop_digests
from app.journal.store_ready import drop_answers
from app.journal.stored import ClosedEntry, StoredEntry
from app.safety.sightings import SignalKeeper
from app.vault import Vault
from app.web.problems import TokenInvalid


@dataclass(frozen=True, slots=True)
class Origin:
    """Who writes: the actor for the audit chain, and the client-made mark of the device."""

    account_id: UUID
    actor: Actor
    action: AuditAction
    device_id: str | None = None


class Outcome(NamedTuple):
    """What became of one change: the decision, and the entry as it stands after it."""

    decision: Decision
    entry: StoredEntry | None


@dataclass(frozen=True, slots=True)
class Written:
    """What a write leaves: an outcome for each change, in order, its desk and its review."""

    outcomes: list[Outcome]
    desk: Desk
    reviewed: Reviewed


class Writer:
    """Everything a write needs besides the changes themselves."""

    def __init__(self, vault: Vault, clock: Clock, keeper: SignalKeeper) -> None:
        """`keeper` keeps the signals that the safety rules raise on what was saved."""
        self._vault = vault
        self._clock = clock
        self._keeper = keeper

    async def write(
        self, transaction: Transaction, changes: Sequence[Change], origin: Origin
    ) -> Written:
        """Carry out all changes, in order, in the caller's transaction.

        Raises TokenInvalid when the account is gone, and the Refusal of any change that gives
        the whole write up.
        """
        desk = await self._open_desk(transaction, changes, origin)
        outcomes = [self._decide(desk, change) for change in changes]
        reviewed = Reviewed()
        if desk.changed:
            await self._store(transaction, desk, origin)
            reviewed = await review_write(transaction, desk, self._keeper)
        return Written(outcomes, desk, reviewed)

    async def _open_desk(
        self, transaction: Transaction, changes: Sequence[Change], origin: Origin
    ) -> Desk:
        account_id = origin.account_id
        locked = await store.lock_journal(transaction, account_id)
        if locked is None:
            raise TokenInvalid
        keys = await self._vault.patient(transaction, account_id)
        desk = Desk(keys, self._clock(), origin.device_id, head=int(locked[1]))
        touched = [change.id for change in changes]
        touched += [change.session_id for change in changes]
        await _lay_entries(transaction, desk, touched)
        # A patch need not name the session that its entry has been linked to before.
        linked = [_linked(desk.live(change.id)) for change in changes]
        await _lay_entries(transaction, desk, linked)
        return desk

    @staticmethod
    def _decide(desk: Desk, change: Change) -> Outcome:
        decision = change.decide(desk)
        if decision.effective and change.id is not None:
            desk.apply(change.id, decision)
        return Outcome(decision, desk.entries.get(change.id) if change.id else None)

    async def _store(self, transaction: Transaction, desk: Desk, origin: Origin) -> None:
        account_id = origin.account_id
        buried = desk.tombstones()
        if buried:
            await store.wipe_versions(transaction, account_id, buried)
            await drop_answers(transaction, account_id)  # what is deleted is gone from them too
        await _forget_digests(transaction, desk)
        StoredEntry.seal_each(desk.keys, desk.versions)
        rows = [_entry_row(account_id, entry) for entry in desk.changed.values()]
        versions = [_version_row(account_id, entry) for entry in desk.versions]
        versions += [_version_row(account_id, desk.entries[each]) for each in buried]
        await store.save_changes(transaction, account_id, rows, versions, desk.head)
        await append_event(transaction, account_id, _event(desk, origin))


async def _lay_entries(transaction: Transaction, desk: Desk, ids: Sequence[UUID | None]) -> None:
    """Load what the desk lacks of `ids`, in one query or none.

    What does not open lies there closed: it must not stop what stands beside it.
    """
    missing = desk.missing(ids)
    if missing:
        rows = await store.load_entries(transaction, desk.keys.account_id, missing)
        entries, closed = await opened(transaction, desk.keys, rows)
        desk.lay(entries)
        desk.lay(ClosedEntry(row) for row in closed)


async def _forget_digests(transaction: Transaction, desk: Desk) -> None:
    """What is deleted is gone at once, from the digest and the day table of its month too.

    So is what moves to another month: whoever brings a digest or a table up to date looks at what
    lies in that month now, and would not see that something has left it. Of what did not open
    nobody knows whether it moves: then all of them go.
    """
    account_id = desk.keys.account_id
    if any(isinstance(was, ClosedEntry) for was in desk.before.values()):
        await drop_digests(transaction, account_id, FIRST_DAY, LAST_DAY)
        return
    months = [
        month_of(was.day)
        for entry in desk.changed.values()
        if (was := desk.before[entry.id]) and not was.deleted
        if entry.deleted or month_of(entry.day) != month_of(was.day)
    ]
    if months:
        await drop_digests(transaction, account_id, min(months), max(months))


def _linked(entry: StoredEntry | None) -> UUID | None:
    session_id = entry.payload.get("session_id") if entry else None
    return UUID(session_id) if session_id else None


def _entry_row(account_id: UUID, entry: StoredEntry) -> dict[str, object]:
    return {
        "account_id": account_id,
        "id": entry.id,
        "kind": None if entry.deleted else entry.kind,
        "occurred_at": entry.minute,
        "local_date": entry.local_date,
        "revision": entry.revision,
        "deleted": entry.deleted,
        "device_id": entry.device_id,
        "sealed": entry.sealed,
        "created_at": entry.created_at,
        "updated_at": entry.updated_at,
    }


def _version_row(account_id: UUID, entry: StoredEntry) -> dict[str, object]:
    return {
        "account_id": account_id,
        "entry_id": entry.id,
        "revision": entry.revision,
        "device_id": entry.device_id,
        "deleted": entry.deleted,
        "sealed": entry.sealed,
        "created_at": entry.updated_at,
    }


def _event(desk: Desk, origin: Origin) -> AuditEvent:
    """One event a request; its digest covers the sealed values in their order."""
    digests = [hashlib.sha256(each.sealed or b"").digest() for each in desk.changed.values()]
    one = next(iter(desk.changed)) if len(digests) == 1 else None
    return AuditEvent(
        at=desk.now,
        actor=origin.actor,
        action=origin.action,
        object_kind="entry" if one else "entries",
        object_id=str(one) if one else str(len(digests)),
        digest=digests[0] if one else hashlib.sha256(b"".join(digests)).digest(),
    )

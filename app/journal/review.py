"""After a write, the safety rules look at what changed; what they must see is loaded first."""

from collections.abc import Set
from typing import NamedTuple
from uuid import UUID

from app.database import Transaction
from app.journal import store
from app.journal.desk import Desk
from app.journal.kinds import Payload
from app.journal.opening import opened
from app.journal.reading import FIRST_DAY, LAST_DAY
from app.journal.stored import ClosedEntry, StoredEntry
from app.safety.rules import ContextNeed, Write, combined, context_needed, review
from app.safety.sightings import SignalKeeper

LOOKS_AT_NO_OTHER = frozenset({"mood", "anxiety"})
"""Kinds of which a new entry is saved by itself. For others all that stands near may be read: by
the safety rules, or for the second look that a session and a questionnaire may deserve."""


class Reviewed(NamedTuple):
    """Ids of entries whose evaluation failed, and of new ones that nothing was seen in."""

    unavailable: frozenset[str] = frozenset()
    silent: frozenset[str] = frozenset()


async def review_write(transaction: Transaction, desk: Desk, keeper: SignalKeeper) -> Reviewed:
    """Evaluate what was written and let `keeper` keep what the rules raise.

    Only what cannot be stored raises: a rule that fails never blocks, delays or changes a save.
    """
    writes = [_write(desk, entry) for entry in desk.changed.values()]
    need = combined(
        context_needed(write.after, write.before, returned=write.returned) for write in writes
    )
    others = await _load(transaction, desk, need) if need else {}
    if need.moved_ids:
        others |= await _left_behind(transaction, desk, need.moved_ids, others.keys())
    looked = review(writes, others.values(), desk.now)
    new = frozenset(str(each) for each in desk.changed if desk.before.get(each) is None)
    deleted = desk.tombstones()
    if deleted:
        await keeper.forget(transaction, desk.keys.account_id, deleted)
    raised = frozenset(each for each, look in looked.items() if look.evaluation.signals)
    if raised or looked.keys() - new:
        await keeper.keep(transaction, desk.keys, looked, new, desk.now)
    failed = frozenset(each for each, look in looked.items() if look.evaluation.unavailable)
    return Reviewed(failed, new - raised)


def _write(desk: Desk, entry: StoredEntry) -> Write:
    before = desk.before.get(entry.id)
    if isinstance(before, ClosedEntry):  # what it said is not known: it counts as new here
        before = None
    return Write(
        str(entry.id),
        None if before is None or before.deleted else before.payload,
        None if entry.deleted else entry.payload,
        entry.id in desk.returned,
    )


async def _load(transaction: Transaction, desk: Desk, need: ContextNeed) -> dict[str, Payload]:
    """The live entries that the rules have to see; sessions named lie on the desk already."""
    lying = [entry for entry in desk.entries.values() if not entry.deleted]
    seen = {str(entry.id): entry for entry in lying if not isinstance(entry, ClosedEntry)}
    payloads: dict[str, Payload] = {
        each: seen[each].payload for each in need.session_ids if each in seen
    }
    payloads |= {
        str(entry.id): _closed(entry.id, entry.kind)
        for entry in lying
        if isinstance(entry, ClosedEntry) and str(entry.id) in need.session_ids
    }
    for window in need.windows:
        rows = await store.load_days(
            transaction, desk.keys.account_id, window.kind, window.first, window.last
        )
        found, closed = await opened(transaction, desk.keys, rows)
        payloads |= {str(entry.id): entry.payload for entry in found}
        payloads |= {str(row[0]): _closed(row[0], window.kind) for row in closed}
    return payloads


async def _left_behind(
    transaction: Transaction, desk: Desk, moved_ids: Set[str], loaded: Set[str]
) -> dict[str, Payload]:
    """The entries of moved sessions that lie elsewhere. Links are sealed, so all are opened."""
    rows = await store.load_days(
        transaction, desk.keys.account_id, "dissociation", FIRST_DAY, LAST_DAY
    )
    far = [row for row in rows if str(row[0]) not in loaded]
    found, _ = await opened(transaction, desk.keys, far)
    payloads = {str(entry.id): entry.payload for entry in found}
    return {each: told for each, told in payloads.items() if told.get("session_id") in moved_ids}


def _closed(entry_id: UUID, kind: str) -> Payload:
    """An entry that does not open: the rules that look at its kind fail on it, and no others."""
    return {"id": str(entry_id), "kind": kind}

"""Pull and push: what a phone that was away reads, and what it brings."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import NamedTuple
from uuid import UUID

from app.audit import Actor
from app.database import Database, Row, Transaction
from app.faults import Fault
from app.journal import store
from app.journal.cursors import cursor_of, since
from app.journal.opening import shown, told_unreadable
from app.journal.push import PushChange, PushDecision, PushedUpsert, read_item
from app.journal.readable import overtaken_in
from app.journal.review import LOOKS_AT_NO_OTHER
from app.journal.scope import Scope
from app.journal.stored import ClosedEntry, StoredEntry
from app.journal.write import Origin, Outcome, Writer, Written
from app.vault import PatientKeys, SealBroken, Vault
from app.web.problems import Refusal, TokenInvalid

MOST_BODY_BYTES = 1024 * 1024
MOST_POINTER_CHARACTERS = 200
FEW_ITEMS = 10
"""So many new entries, for which no other is looked at, make a brief push."""


class SyncResetRequired(Refusal):
    """The cursor belongs to another life of the database: read everything again."""

    status = 410
    code = "sync_reset_required"
    title = "The journal was restored: read it again from the beginning"


class Pulled(NamedTuple):
    """A page of the feed: ready JSON of each change, the next cursor, whether there is more.

    `unreadable` is ready JSON of each entry that changed and does not open.
    """

    changes: list[bytes]
    cursor: int
    has_more: bool
    unreadable: Sequence[bytes] = ()


class Sync:
    """The two operations of offline-first clients."""

    def __init__(self, database: Database, vault: Vault, writer: Writer) -> None:
        """`writer` is the journal's one door."""
        self._database = database
        self._vault = vault
        self._writer = writer

    async def pull(self, scope: Scope, cursor: int, limit: int, device_id: str | None) -> Pulled:
        """The changes after `cursor`, at most `limit` or 1 MiB of them.

        Raises SyncResetRequired for a cursor of another epoch or beyond the head.
        """

        async def work(transaction: Transaction) -> Pulled:
            state = await store.read_head(transaction, scope.account_id)
            if state is None:
                raise TokenInvalid
            epoch, head = int(state[0]), int(state[1])
            start = since(cursor, epoch, head)
            if start is None:
                raise SyncResetRequired
            if start == head:
                return Pulled([], cursor_of(epoch, head), has_more=False)
            rows = await store.load_feed(transaction, scope.account_id, start, head, limit + 1)
            if not rows:
                return Pulled([], cursor_of(epoch, head), has_more=False)
            keys = await self._vault.patient(transaction, scope.account_id)
            page = rows[:limit]
            theirs = overtaken_in(page, device_id)
            own = await own_versions(transaction, keys, theirs, device_id, head)
            texts = await shown(transaction, keys, page)
            taken = _within_bytes(page, texts, own)
            more = taken.rows < len(rows)
            following = cursor_of(epoch, page[taken.rows - 1][1] if more else head)
            return Pulled(taken.changes, following, more, unreadable=taken.unreadable)

        return await self._database.read(scope.account_id, work, brief=True)

    async def push(
        self, scope: Scope, device_id: str, items: Sequence[object], actor: Actor
    ) -> list[bytes]:
        """Carry the items out in one transaction; ready JSON of a result for each, in order.

        `device_id` is the client-made mark of origin, which says nothing of who calls.
        """
        changes = [read_item(item) for item in items]
        origin = Origin(scope.account_id, actor, "journal.pushed", device_id)

        async def work(transaction: Transaction) -> list[bytes]:
            written = await self._writer.write(transaction, changes, origin)
            beaten = [
                outcome.entry
                for outcome in written.outcomes
                if outcome.entry is not None
                and outcome.decision.status != "applied"
                and _overtook(device_id, outcome.entry)
            ]
            keys, head = written.desk.keys, _head_before(written)
            own = await own_versions(transaction, keys, beaten, device_id, head)
            return [
                _result(change.id, outcome, own)
                for change, outcome in zip(changes, written.outcomes, strict=True)
            ]

        return await self._database.write(scope.account_id, work, brief=_is_brief(changes))


async def own_versions(
    transaction: Transaction,
    keys: PatientKeys,
    theirs: Iterable[StoredEntry],
    device_id: str | None,
    head: int,
) -> dict[UUID, StoredEntry]:
    """The newest version of this device of each live entry that another writer changed since.

    It repairs a lost reply: the phone learns which of its texts the server had taken. What came
    after `head`, by which `theirs` were read, does not count.
    """
    overtaken = {entry.id: entry for entry in theirs}
    if device_id is None or not overtaken:
        return {}
    rows = await store.load_own(transaction, keys.account_id, device_id, sorted(overtaken), head)
    found = {}
    for entry_id, revision, sealed, at in rows:
        if sealed is not None and revision < overtaken[entry_id].revision:
            with suppress(SealBroken):  # the vault has told it; the others are of use without it
                found[entry_id] = StoredEntry.version(
                    keys, overtaken[entry_id], revision, bytes(sealed), at
                )
    return found


def _overtook(device_id: str | None, entry: StoredEntry) -> bool:
    """Whether a live entry that opens was written last by another device than this one."""
    has_content = not entry.deleted and not isinstance(entry, ClosedEntry)
    return device_id is not None and has_content and entry.device_id != device_id


def _head_before(written: Written) -> int:
    """Where the head stood when the push began."""
    return written.desk.head - sum(each.decision.effective for each in written.outcomes)


def _is_brief(changes: Sequence[PushChange]) -> bool:
    """Whether they are a few new entries for which no other is looked at.

    For what changes or goes many others may be.
    """
    return len(changes) <= FEW_ITEMS and all(
        isinstance(each, PushedUpsert)
        and each.fault is None
        and each.base_revision == 0
        and each.data.get("kind") in LOOKS_AT_NO_OTHER
        for each in changes
    )


class _Taken(NamedTuple):
    """What of a page's rows goes into one answer, and how many rows that are."""

    changes: list[bytes]
    unreadable: list[bytes]
    rows: int


def _within_bytes(
    rows: Sequence[Row], texts: Sequence[bytes | None], own: Mapping[UUID, StoredEntry]
) -> _Taken:
    """As many changes as fit in 1 MiB, at least one; a text is None for what does not open."""
    changes: list[bytes] = []
    unreadable: list[bytes] = []
    size = 0
    versions = {str(entry_id).encode(): b"," + _own(version) for entry_id, version in own.items()}
    for row, text in zip(rows, texts, strict=True):
        entry_id, revision = row[0], row[1]
        if text is None:
            unreadable.append(told_unreadable(entry_id, revision))
            continue
        if not text:
            change = b'{"id":"%b","revision":%d,"deleted":true}' % (entry_id, revision)
        else:
            members = (entry_id, revision, text, versions.get(entry_id, b""))
            change = b'{"id":"%b","revision":%d,"deleted":false,"entry":%b%b}' % members
        size += len(change)
        if changes and size > MOST_BODY_BYTES:
            break
        changes.append(change)
    return _Taken(changes, unreadable, len(changes) + len(unreadable))


def _result(item_id: UUID | None, outcome: Outcome, own: dict[UUID, StoredEntry]) -> bytes:
    entry = outcome.entry
    members = [b'"status":"%b"' % outcome.decision.status.encode()]
    if item_id is not None:
        members.append(b'"id":"%b"' % str(item_id).encode())
    if entry is not None:
        members.append(b'"revision":%d,"deleted":%b' % (entry.revision, _flag(entry.deleted)))
        applied = outcome.decision.status == "applied"  # nobody has written later
        members += _state(entry, None if applied else own.get(entry.id))
    if isinstance(outcome.decision, PushDecision) and outcome.decision.fault is not None:
        members.append(b'"error":' + _told(outcome.decision.fault).json())
    return b"{%b}" % b",".join(members)


def _state(entry: StoredEntry, own: StoredEntry | None) -> list[bytes]:
    has_none = entry.deleted or isinstance(entry, ClosedEntry)
    state = [] if has_none else [b'"entry":' + entry.json()]
    if own is not None:
        state.append(_own(own))
    return state


def _own(own: StoredEntry) -> bytes:
    return b'"own":{"revision":%d,"entry":%b}' % (own.revision, own.json())


def _told(fault: Fault) -> Fault:
    """The fault with a place. Names are the client's own words, so odd or long ones stay out."""
    pointer = fault.pointer or ""
    told = len(pointer) <= MOST_POINTER_CHARACTERS and pointer.isprintable()
    return replace(fault, pointer=pointer if told else "")


def _flag(value: bool) -> bytes:  # noqa: FBT001 - a value, not a switch
    return b"true" if value else b"false"

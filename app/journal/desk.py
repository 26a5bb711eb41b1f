"""What a write sees while it decides: the touched entries, each in its newest state."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

from msgspec import Struct

from app.journal.kinds import Content, LinkedSession, RuleContext
from app.journal.stored import ClosedEntry, StoredEntry
from app.vault import PatientKeys

TIMES = ("occurred_at", "resolved_at")
"""Members of an entry that are held against its session."""


class Decision(Struct, frozen=True):
    """What becomes of one change: new content, a tombstone, or nothing at all.

    `returned`: the content was accepted before, was lost, and is brought back.
    """

    status: str
    content: Content | None = None
    tombstone: bool = False
    returned: bool = False

    @property
    def effective(self) -> bool:
        """Whether the entry gets a new revision."""
        return self.tombstone or self.content is not None


class Change(Protocol):
    """One wish of a client. It decides by what lies on the desk and touches nothing itself."""

    @property
    def id(self) -> UUID | None:
        """The entry it is about; None when the client named none."""
        ...

    @property
    def session_id(self) -> UUID | None:
        """The session it speaks of, to be laid on the desk beside its entry."""
        ...

    def decide(self, desk: "Desk") -> Decision:
        """What becomes of it. Raises a Refusal to give the whole write up."""
        ...


@dataclass(slots=True)
class Desk:
    """The touched entries, the sessions they speak of, and what was decided so far."""

    keys: PatientKeys
    now: datetime
    device_id: str | None
    head: int
    entries: dict[UUID, StoredEntry] = field(default_factory=dict)
    before: dict[UUID, StoredEntry | None] = field(default_factory=dict)
    changed: dict[UUID, StoredEntry] = field(default_factory=dict)
    versions: list[StoredEntry] = field(default_factory=list)
    returned: set[UUID] = field(default_factory=set)
    """Entries that this write brings back."""

    def lay(self, entries: Iterable[StoredEntry]) -> None:
        """Put loaded entries on the desk, those that are closed too."""
        self.entries.update((entry.id, entry) for entry in entries)

    def missing(self, ids: Iterable[UUID | None]) -> list[UUID]:
        """Those of `ids` that do not lie here yet."""
        return sorted({each for each in ids if each is not None} - set(self.entries))

    def live(self, entry_id: UUID | None) -> StoredEntry | None:
        """The entry if it has content that opens."""
        entry = self.entries.get(entry_id) if entry_id else None
        has_none = entry is None or entry.deleted or isinstance(entry, ClosedEntry)
        return None if has_none else entry

    def rule_context(self, content: Content, before: StoredEntry | None) -> RuleContext:
        """What the rules across members may look at, for new content of `before`."""
        session_id = content.linked_session_id
        session = self.live(session_id)
        linked: LinkedSession | None = session.as_session() if session else None
        was = None if before is None else before.payload.get("session_id")
        changed = session_id is not None and str(session_id) != was
        if before is not None and not changed and not _moves(content, before):
            # Its session may have been moved away since: it stands, and may say something else.
            linked = None
        return RuleContext(
            now=self.now,
            linked_session=linked,
            session_changed=changed,
            replaced=None if before is None else before.payload,
        )

    def apply(self, entry_id: UUID, decision: Decision) -> None:
        """Carry an effective decision out: the entry gets the next revision."""
        self.head += 1
        before, live = self.entries.get(entry_id), self.live(entry_id)
        self.before.setdefault(entry_id, before)
        created_at = before.created_at if before else self.now
        entry = StoredEntry(entry_id, self.head, created_at, self.now)
        entry.device_id = self.device_id
        if decision.content is not None:
            entry.write(decision.content, live)
            if decision.returned:
                self.returned.add(entry_id)
            self.versions.append(entry)
        else:
            self.versions = [each for each in self.versions if each.id != entry_id]
        self.entries[entry_id] = self.changed[entry_id] = entry

    def tombstones(self) -> list[UUID]:
        """The entries that this write deletes."""
        return [entry.id for entry in self.changed.values() if entry.deleted]


def _moves(content: Content, before: StoredEntry) -> bool:
    """Whether an entry is to lie otherwise against its session than it has lain."""
    return any(getattr(content, name, None) != before.payload.get(name) for name in TIMES)

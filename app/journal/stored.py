"""An entry as it was stored, opened when somebody asks."""

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from pydantic_core import from_json

from app.database import Row, instant_text
from app.journal.kinds import (
    KINDS,
    Content,
    Headline,
    LinkedSession,
    client_members,
    current,
    headline,
    payload,
)
from app.vault import PatientKeys, Place, SealBroken

VERSION_BYTES = 2
COLUMN = ("entry", "content")
"""Record and field of what is sealed of an entry."""
NEWEST_CONTENT = max(kind.content_version for kind in KINDS.values())
VERSIONS = {
    name: kind.content_version.to_bytes(VERSION_BYTES, "big") for name, kind in KINDS.items()
}
"""In which the text of an entry of each kind is written, as it stands in front of it."""


def entry_place(account_id: UUID, entry_id: UUID, revision: int) -> Place:
    """Where an entry's sealed content belongs; its copy in the history belongs there too."""
    return Place(*COLUMN, account_id, str(entry_id), revision)


def is_tombstone(row: Row) -> bool:
    """Whether a row that begins with the entry's columns is what a deletion leaves: it is empty.

    A seal is of one revision. What has content was not deleted at it, whatever stands in clear.
    """
    return bool(row[2]) and row[4] is None


def text_of(framed: bytes) -> bytes:
    """The text behind its content version, brought to today's. Raises SealBroken."""
    text, version = framed[VERSION_BYTES:], int.from_bytes(framed[:VERSION_BYTES], "big")
    if version >= NEWEST_CONTENT:
        return text
    return json.dumps(current(_members(text), version), ensure_ascii=False).encode()


def _members(text: bytes) -> dict[str, Any]:
    """The read entry's members, which are JSON values, hence Any. Raises SealBroken."""
    try:
        members: dict[str, Any] = from_json(text)
    except ValueError:
        raise SealBroken("a sealed entry holds no entry") from None
    return members


def holds_entry(keys: PatientKeys, entry_id: UUID, revision: int, sealed: bytes | None) -> bool:
    """Whether this is what was sealed of the entry at this revision; else the vault tells it."""
    try:
        place = entry_place(keys.account_id, entry_id, revision)
        _members(text_of(keys.open(place, bytes(sealed or b""))))
    except SealBroken:
        return False
    return True


class StoredEntry:
    """One entry at one revision. `text` and what follows from it exist for live entries only."""

    __slots__ = (
        "_payload",
        "created_at",
        "deleted",
        "device_id",
        "id",
        "local_date",
        "minute",
        "revision",
        "sealed",
        "text",
        "updated_at",
    )

    def __init__(
        self, entry_id: UUID, revision: int, created_at: datetime, updated_at: datetime
    ) -> None:
        """A tombstone; `opened_each`, `version` and `write` make entries with content."""
        self.id = entry_id
        self.revision = revision
        self.created_at = created_at
        self.updated_at = updated_at
        self.deleted = True
        self.device_id: str | None = None
        self.sealed: bytes | None = None
        self.text = b""
        self.minute: datetime | None = None
        self.local_date: date | None = None
        self._payload: dict[str, Any] | None = None

    @classmethod
    def opened_each(cls, keys: PatientKeys, rows: Iterable[Row]) -> "list[StoredEntry]":
        """From rows that begin with the entry's columns. Raises SealBroken."""
        entries = []
        live: list[tuple[StoredEntry, bytes]] = []
        for entry_id, revision, deleted, device_id, sealed, created_at, updated_at, *_ in rows:
            entry = cls(entry_id, revision, created_at, updated_at)
            entry.device_id = device_id
            entries.append(entry)
            if not deleted or sealed is not None:
                live.append((entry, bytes(sealed or b"")))
        boxes = [(str(entry.id).encode(), entry.revision, sealed) for entry, sealed in live]
        texts = keys.open_each(COLUMN, boxes)
        for (entry, sealed), text in zip(live, texts, strict=True):
            entry.hold(sealed, text)
        return entries

    @classmethod
    def version(
        cls, keys: PatientKeys, of: "StoredEntry", revision: int, sealed: bytes, at: datetime
    ) -> "StoredEntry":
        """A superseded version of an entry, as it read from `at` on."""
        past = cls(of.id, revision, of.created_at, at)
        past._fill(keys, sealed)
        return past

    @staticmethod
    def seal_each(keys: PatientKeys, entries: "Sequence[StoredEntry]") -> None:
        """Seal what was written into each, for its place."""
        boxes = [
            (str(entry.id).encode(), entry.revision, VERSIONS[entry.kind] + entry.text)
            for entry in entries
        ]
        for entry, sealed in zip(entries, keys.seal_each(COLUMN, boxes), strict=True):
            entry.sealed = sealed

    def write(self, content: Content, before: "StoredEntry | None" = None) -> None:
        """Give it new content in place of `before`, which is to be sealed before it is stored."""
        self.deleted = False
        self._payload = None
        replaced = None if before is None else before.payload
        self.text = payload(self.id, content, self.created_at, replaced)
        self.minute = content.instant.replace(second=0, microsecond=0)
        self.local_date = content.local_date

    def _fill(self, keys: PatientKeys, sealed: bytes) -> None:
        place = entry_place(keys.account_id, self.id, self.revision)
        self.hold(sealed, keys.open(place, sealed))

    def hold(self, sealed: bytes, framed: bytes) -> None:
        """Take content: as it lies sealed, and the version and text that were sealed."""
        self.deleted = False
        self.sealed = sealed
        self._payload = None
        self.text = text_of(framed)

    @property
    def payload(self) -> dict[str, Any]:
        """The read entry's members, without revision and server instants."""
        if self._payload is None:
            self._payload = _members(self.text)
        return self._payload

    @property
    def kind(self) -> str:
        """Which of the kinds."""
        return str(self.payload["kind"])

    @property
    def instant(self) -> datetime:
        """When it occurred, in UTC."""
        return datetime.fromisoformat(self.payload["occurred_at"]).astimezone(UTC)

    @property
    def day(self) -> date:
        """The patient's own date of it."""
        return date.fromisoformat(self.payload["local_date"])

    def members(self) -> dict[str, Any]:
        """What the client sent, defaults filled: what contents are compared by."""
        return client_members(self.payload)

    def headline(self) -> Headline:
        """What trends need of it."""
        return headline(self.payload, self.revision)

    def as_session(self) -> LinkedSession | None:
        """What other entries' rules need of it, if it is a live session."""
        if self.deleted or self.kind != "session":
            return None
        return LinkedSession(self.id, self.payload["status"], self.instant)

    def json(self) -> bytes:
        """The entry as clients read it: the sealed text, completed, never parsed."""
        created = updated = instant_text(self.created_at)
        if self.updated_at != self.created_at:
            updated = instant_text(self.updated_at)
        ends = (self.text[:-1], self.revision, created, updated)
        return b'%b,"revision":%d,"created_at":"%b","updated_at":"%b"}' % ends


class ClosedEntry(StoredEntry):
    """A live entry of which nothing opens: whatever would read its content raises SealBroken."""

    __slots__ = ("_kind",)

    def __init__(self, row: Row) -> None:
        """From a row that also tells the kind."""
        entry_id, revision, _, device_id, _, created_at, updated_at, kind = row
        super().__init__(entry_id, revision, created_at, updated_at)
        self.deleted = False
        self.device_id = device_id
        self._kind = str(kind)

    @property
    def kind(self) -> str:
        """As the row has it, which is not sealed."""
        return self._kind

    def json(self) -> bytes:
        """Raises SealBroken."""
        raise SealBroken("a sealed entry does not open")

"""An entry as it was stored, opened when somebody asks."""

import json
from collections.abc import Iterable
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


def entry_place(account_id: UUID, entry_id: UUID, revision: int) -> Place:
    """Where an entry's sealed content belongs; its copy in the history belongs there too."""
    return Place(*COLUMN, account_id, str(entry_id), revision)


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
        """A tombstone; `opened` and `live` make entries with content."""
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
    def opened(cls, keys: PatientKeys, row: Row) -> "StoredEntry":
        """From a row of the entry's columns. Raises SealBroken when its content does not open."""
        entry_id, revision, deleted, device_id, sealed, created_at, updated_at = row[:7]
        entry = cls(entry_id, revision, created_at, updated_at)
        entry.device_id = device_id
        if not deleted:
            entry._fill(keys, bytes(sealed))
        return entry

    @classmethod
    def those_that_open(
        cls, keys: PatientKeys, rows: Iterable[Row]
    ) -> "tuple[list[StoredEntry], list[UUID]]":
        """As `opened`, and the ids of those that do not open: they must not stop a save beside."""
        entries: list[StoredEntry] = []
        closed: list[UUID] = []
        for row in rows:
            try:
                entry = cls.opened(keys, row)
                if not entry.deleted:
                    entry.payload  # noqa: B018 - what holds no entry fails here and not later
                entries.append(entry)
            except SealBroken:  # the vault has told it
                closed.append(row[0])
        return entries, closed

    @classmethod
    def opened_each(cls, keys: PatientKeys, rows: Iterable[Row]) -> "list[StoredEntry]":
        """As `opened`, for many rows. Raises SealBroken."""
        entries = []
        live: list[tuple[StoredEntry, bytes]] = []
        for entry_id, revision, deleted, device_id, sealed, created_at, updated_at, *_ in rows:
            entry = cls(entry_id, revision, created_at, updated_at)
            entry.device_id = device_id
            entries.append(entry)
            if not deleted:
                live.append((entry, bytes(sealed)))
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

    def write(self, keys: PatientKeys, content: Content) -> None:
        """Give it new content, sealed for its place."""
        text = payload(self.id, content, self.created_at)
        framed = KINDS[content.kind].content_version.to_bytes(VERSION_BYTES, "big") + text
        place = entry_place(keys.account_id, self.id, self.revision)
        self.hold(keys.seal(place, framed), framed)
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

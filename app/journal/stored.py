"""An entry as it was stored, opened when somebody asks."""

import json
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from pydantic_core import from_json

from app.database import Row
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
NEWEST_CONTENT = max(kind.content_version for kind in KINDS.values())


def entry_place(account_id: UUID, entry_id: UUID, revision: int) -> Place:
    """Where an entry's sealed content belongs; its copy in the history belongs there too."""
    return Place("entry", "content", account_id, str(entry_id), revision)


def instant_json(instant: datetime) -> bytes:
    """An instant of the server without its quotation marks: UTC, milliseconds, `Z`."""
    at = instant.astimezone(UTC)
    # Formatting the parts takes two thirds of the time of `isoformat`, and lists have hundreds.
    parts = (at.year, at.month, at.day, at.hour, at.minute, at.second, at.microsecond // 1000)
    return b"%04d-%02d-%02dT%02d:%02d:%02d.%03dZ" % parts


class StoredEntry:
    """One entry at one revision. `text` and what follows from it exist for live entries only."""

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
        self._hold(keys.seal(place, framed), framed)
        self.minute = content.instant.replace(second=0, microsecond=0)
        self.local_date = content.local_date

    def _fill(self, keys: PatientKeys, sealed: bytes) -> None:
        place = entry_place(keys.account_id, self.id, self.revision)
        self._hold(sealed, keys.open(place, sealed))

    def _hold(self, sealed: bytes, framed: bytes) -> None:
        self.deleted = False
        self.sealed = sealed
        self._payload = None
        self.text = framed[VERSION_BYTES:]
        self._version = int.from_bytes(framed[:VERSION_BYTES], "big")
        if self._version < NEWEST_CONTENT:
            self.text = json.dumps(self.payload, ensure_ascii=False).encode()

    @property
    def payload(self) -> dict[str, Any]:
        """The read entry's members, without revision and server instants."""
        if self._payload is None:
            try:
                payload: dict[str, Any] = from_json(self.text)
            except ValueError:
                raise SealBroken("a sealed entry holds no entry") from None
            self._payload = current(payload, self._version)
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
        created = updated = instant_json(self.created_at)
        if self.updated_at != self.created_at:
            updated = instant_json(self.updated_at)
        return b'%b,"revision":%d,"created_at":"%b","updated_at":"%b"}' % (
            self.text[:-1],
            self.revision,
            created,
            updated,
        )

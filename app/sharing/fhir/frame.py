"""What the resources of one Bundle share: names, marks, the patient and the sessions in it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID, uuid5

from app.sharing.fhir.codes import (
    OBSERVATION_CATEGORY,
    OBSERVATION_VALUE,
    US_CORE_TAGS,
    Json,
    coding,
    concept,
)

Entry = Mapping[str, Any]
"""A read entry as JSON; its members are those of its kind."""

PATIENT = "patient"
NOT_IN_A_STRING = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
"""FHIR forbids these in texts; JSON does not."""
FURTHEST_OFFSET = timedelta(hours=14)
"""FHIR forbids further ones; the journal does so in `occurred_at` alone, by the zone's own."""


def public_id(namespace: UUID, entry_id: str, suffix: str = "") -> UUID:
    """The id by which readers know an entry (`suffix` empty) or one of its further resources.

    UUIDv5 in the namespace of the share: the same at every opening, another in every link.
    """
    return uuid5(namespace, f"{entry_id}#{suffix}" if suffix else entry_id)


def present(members: Json) -> Json:
    """The members that hold something: FHIR knows neither null nor an empty array."""
    return {name: value for name, value in members.items() if value is not None and value != []}


def plain_text(text: str | None) -> str | None:
    """Text that FHIR can carry, or None when nothing would be left to read."""
    plain = NOT_IN_A_STRING.sub(" ", text or "")
    return plain if plain.strip() else None


def moment(text: str) -> str:
    """An accepted instant as FHIR can carry it: in UTC where no place has the offset written."""
    written = datetime.fromisoformat(text)
    if abs(written.utcoffset() or timedelta()) <= FURTHEST_OFFSET:
        return text
    return written.astimezone(UTC).isoformat().replace("+00:00", "Z")


def notes(entry: Entry) -> list[Json]:
    """Every free text of an entry as annotations; empty when the scope leaves them out."""
    tags = ", ".join(entry.get("tags", ()))
    texts = (
        entry.get("note"),
        f"Intention: {entry['intention']}" if "intention" in entry else None,
        f"Tags: {tags}" if tags else None,
    )
    return [{"text": plain} for plain in map(plain_text, texts) if plain]


def told_time(entry: Entry) -> str:
    """When it was that an entry tells of; a report of a whole day is of a date, not an instant."""
    whole_day = entry.get("scope") == "day" or entry.get("report", "episode") != "episode"
    told: str = entry["local_date" if whole_day else "occurred_at"]
    return told


@dataclass(frozen=True)
class Frame:
    """One Bundle's namespace, its sessions by id, and whether SNOMED codes are wanted."""

    namespace: UUID
    sessions: Mapping[str, datetime]
    snomed: bool

    def url(self, entry_id: str, suffix: str = "") -> str:
        """The `fullUrl` of a resource."""
        return f"urn:uuid:{public_id(self.namespace, entry_id, suffix)}"

    def reference(self, entry_id: str, suffix: str = "") -> Json:
        """A reference to a resource that is in the Bundle."""
        return {"reference": self.url(entry_id, suffix)}

    @cached_property
    def patient(self) -> Json:
        """The reference to the Patient."""
        return self.reference(PATIENT)

    def session_of(self, entry: Entry) -> list[Json]:
        """The session an entry belongs to; empty when it is not in the Bundle."""
        session_id: str = entry.get("session_id", "")
        return [self.reference(session_id)] if session_id in self.sessions else []

    def resource(self, kind: str, name: tuple[str, str], members: Json) -> Json:
        """A clinical resource as an entry of the Bundle; `name` is entry id and suffix."""
        url = self.url(*name)
        return {
            "fullUrl": url,
            "resource": {
                "resourceType": kind,
                "meta": marks(),
                "identifier": [{"system": "urn:ietf:rfc:3986", "value": url}],
                "subject": self.patient,
                **present(members),
            },
        }

    def observation(self, name: tuple[str, str], members: Json, category: str = "survey") -> Json:
        """A final Observation that the patient made."""
        return self.resource(
            "Observation",
            name,
            {
                "status": "final",
                "category": [category_of(category)],
                "performer": [self.patient],
                **members,
            },
        )


def marks() -> Json:
    """Says of a resource that the patient asserted and supplied it."""
    return {
        "security": [coding(OBSERVATION_VALUE, "PATAST")],
        "tag": [coding(US_CORE_TAGS, "patient-supplied")],
    }


def category_of(code: str) -> Json:
    """The category of an Observation: `survey` or `vital-signs`."""
    return concept(code.replace("-", " ").capitalize(), coding(OBSERVATION_CATEGORY, code))

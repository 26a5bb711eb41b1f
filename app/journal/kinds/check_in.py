"""The check-in: the lean daily set in one body, each part an entry of its own."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pydantic import ConfigDict, ValidationError

from app.faults import Fault, fault, faults_from
from app.journal.kinds.anxiety import AnxietyFields
from app.journal.kinds.content import Identified, NeverImported
from app.journal.kinds.flashback import FlashbackFields
from app.journal.kinds.mood import MoodFields
from app.journal.kinds.reading import Draft
from app.journal.kinds.refusal import EntryRefused
from app.journal.kinds.registry import KINDS
from app.journal.kinds.values import EntryId, FreeText, Instant, Maybe, Tags, ZoneName

PARTS = ("mood", "anxiety", "flashback")
SHARED = ("occurred_at", "time_zone", "source", "session_id")

EXAMPLES: tuple[dict[str, Any], ...] = (
    {
        "occurred_at": "2026-03-14T21:30:00-04:00",
        "time_zone": "America/New_York",
        "mood": {"id": "0197c0de-0071-7000-8000-000000000071", "score": 6, "scope": "day"},
        "anxiety": {"id": "0197c0de-0072-7000-8000-000000000072", "level": 4.5, "note": "Work."},
        "flashback": {"id": "0197c0de-0073-7000-8000-000000000073", "report": "none_today"},
    },
)


class OwnMembers(Identified):
    """What each part has of its own besides the fields of its kind."""

    note: Maybe[FreeText] = None
    """Free text, never in a share unless the patient chose notes."""
    tags: Maybe[Tags] = None
    """The patient's own words for finding entries; private like the note."""


class CheckInMood(MoodFields, OwnMembers):
    """The mood of a check-in."""


class CheckInAnxiety(AnxietyFields, OwnMembers):
    """The anxiety of a check-in."""


class CheckInFlashback(FlashbackFields, OwnMembers):
    """The flashbacks of a check-in."""


class CheckInDraft(NeverImported):
    """Up to three new entries that share time, zone, source and session; at least one."""

    model_config = ConfigDict(json_schema_extra={"examples": list(EXAMPLES)})

    occurred_at: Instant
    """When it was, with the offset of the patient's clock; returned as it was sent.

    From 1900 to 5 minutes ahead of the server's clock; the `status` of a session may allow more.
    Seconds are needed, with at most six decimals; `-00:00` is no offset.
    """
    time_zone: ZoneName
    """IANA name of the zone the patient was in; it must agree with the offset."""
    session_id: Maybe[EntryId] = None
    """A treatment session that is there when it is linked; the link stays when it is deleted."""
    mood: Maybe[CheckInMood] = None
    anxiety: Maybe[CheckInAnxiety] = None
    flashback: Maybe[CheckInFlashback] = None


@dataclass(frozen=True, slots=True)
class CheckInPart:
    """One part as a draft; `pointer_prefix` is where it lies in the body, such as `/mood`."""

    draft: Draft
    pointer_prefix: str

    def placed(self, faults: Iterable[Fault]) -> list[Fault]:
        """Faults of the draft with pointers into the body: shared members lie outside."""
        shared = {f"/{name}" for name in SHARED}
        return [
            each if each.pointer in shared else each.under(self.pointer_prefix) for each in faults
        ]


def read_check_in(data: object) -> list[CheckInPart]:
    """The parts in the order mood, anxiety, flashback. Raises EntryRefused.

    Members are right one by one then; judge each draft and place its faults with `in_body`.
    """
    try:
        body = CheckInDraft.model_validate(data)
    except ValidationError as error:
        raise EntryRefused(faults_from(error)) from None
    told = body.model_dump(exclude_none=True)
    shared = {name: told[name] for name in SHARED if name in told}
    parts = [_part(name, told[name], shared) for name in PARTS if name in told]
    if not parts:
        raise EntryRefused([Fault("empty_check_in", "A check-in has at least one part.", "")])
    repeated = _repeated(parts)
    if repeated:
        raise EntryRefused(repeated)
    return parts


def in_body(judged: Iterable[tuple[CheckInPart, Sequence[Fault]]]) -> list[Fault]:
    """All faults of all parts, with pointers into the body; a shared member's are told once."""
    placed = [each for part, faults in judged for each in part.placed(faults)]
    return list(dict.fromkeys(placed))


def _part(name: str, members: dict[str, Any], shared: dict[str, Any]) -> CheckInPart:
    own = {key: value for key, value in members.items() if key != "id"}
    content = KINDS[name].content.model_validate({"kind": name, **shared, **own})
    return CheckInPart(Draft(UUID(members["id"]), content), f"/{name}")


def _repeated(parts: Sequence[CheckInPart]) -> list[Fault]:
    ids = [part.draft.id for part in parts]
    later = [part for place, part in enumerate(parts) if part.draft.id in ids[:place]]
    return [fault("duplicate", f"{part.pointer_prefix}/id") for part in later]

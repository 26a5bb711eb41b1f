"""Safety signals as Observations, always with the words that nobody monitors them."""

from collections.abc import Iterator, Mapping
from typing import Any

from app.sharing.fhir.codes import Json, own, own_word
from app.sharing.fhir.frame import Entry, Frame, told_time
from app.sharing.fhir.parts import Part, Value, components, hours, word

Signal = Mapping[str, Any]
"""A signal as its own operation answers it."""

NOT_MONITORED = "; not monitored"


def _facts(code: str, value: Value) -> Iterator[Json]:
    """The numbers a rule looked at; they have names and no unit."""
    for fact in value:
        named = own(code, f"Fact: {fact['name'].replace('_', ' ')}")
        yield {"code": named, "valueQuantity": {"value": fact["value"]}}


SIGNAL = (
    Part("level", "signal-level", word),
    Part("status", "signal-status", word),
    Part("facts", "signal-fact", _facts),
    Part("late_hours", "late-hours", hours),
)


def signal(frame: Frame, kept: Signal, entries: Mapping[str, Entry]) -> list[Json]:
    """A signal beside the entry that raised it, when that entry is in the Bundle.

    It speaks of the time of that entry; `issued` is when it was noticed, which may be days later.
    """
    entry = entries.get(kept["entry_id"])
    members = {
        "code": own("signal", "Safety signal" + NOT_MONITORED),
        "effectiveDateTime": entry and told_time(entry),
        "issued": kept["created_at"],
        "valueCodeableConcept": own_word("signal", kept["code"], NOT_MONITORED),
        "component": components(kept, SIGNAL),
        **_raised_by(frame, entry),
    }
    return [frame.observation((kept["id"], ""), members)]


def _raised_by(frame: Frame, entry: Entry | None) -> Json:
    if entry is None:
        return {}
    # a Procedure is no allowed target of derivedFrom
    member = "partOf" if entry["kind"] == "session" else "derivedFrom"
    return {member: [frame.reference(entry["id"])]}

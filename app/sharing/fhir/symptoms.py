"""Mood, anxiety and flashbacks as Observations."""

from collections.abc import Sequence

from app.sharing.fhir.codes import SNOMED, SNOMED_ANXIETY, Json, coding, own, score
from app.sharing.fhir.frame import Entry, Frame, notes, told_time
from app.sharing.fhir.parts import (
    EVERY_ENTRY,
    Part,
    components,
    counted,
    minutes,
    scale_of,
    scaled,
    word,
    words,
    yes_or_no,
)

MOOD = (
    Part("energy", "energy", scaled),
    Part("stress", "stress", scaled),
    Part("functioning", "functioning", scaled),
    Part("emotions", "emotion", words),
    *EVERY_ENTRY,
)
ANXIETY = (
    Part("peak", "peak", scaled),
    Part("panic", "panic", yes_or_no),
    Part("panic_count", "panic-count", counted),
    Part("panic_minutes", "panic-minutes", minutes),
    Part("panic_peak", "panic-peak", scaled),
    Part("somatic", "somatic", words),
    Part("avoidance", "avoidance", scaled),
    Part("worry", "worry", scaled),
    Part("avoided", "avoided", words),
    Part("reminder_exposure", "reminder-exposure", word),
    Part("coping", "coping", words),
    Part("coping_helped", "coping-helped", scaled),
    *EVERY_ENTRY,
)
FLASHBACK = (
    Part("report", "report-type", word),
    Part("distress", "distress", scaled),
    Part("intensity", "intensity", scaled),
    Part("nowness", "nowness", scaled),
    Part("presence", "presence", scaled),
    Part("duration_minutes", "duration-minutes", minutes),
    Part("duration_band", "duration-band", word),
    Part("senses", "sense", words),
    Part("trigger", "trigger", words),
    Part("context", "context", word),
    Part("nightmare", "nightmare", yes_or_no),
    Part("grounding", "grounding", words),
    Part("grounding_helped", "grounding-helped", scaled),
    Part("nightmares", "nightmare-count", counted),
    Part("worst_distress", "worst-distress", scaled),
    *EVERY_ENTRY,
)


def mood(frame: Frame, entry: Entry) -> list[Json]:
    """The score, with everything else of the entry as components."""
    return _rated(frame, entry, "score", MOOD)


def anxiety(frame: Frame, entry: Entry) -> list[Json]:
    """The level, with everything else of the entry as components."""
    also = [coding(SNOMED, SNOMED_ANXIETY)] if frame.snomed else []
    return _rated(frame, entry, "level", ANXIETY, *also)


def flashback(frame: Frame, entry: Entry) -> list[Json]:
    """How many flashbacks a report stands for: none is a number, and not the same as no report."""
    counts = {"episode": 1, "none_today": 0}
    report = entry["report"]
    members = {
        "code": own("flashback-count"),
        "effectiveDateTime": told_time(entry),
        "valueInteger": counts[report] if report in counts else entry["count"],
        "component": components(entry, FLASHBACK),
        "partOf": frame.session_of(entry),
        "note": notes(entry),
    }
    return [frame.observation((entry["id"], ""), members)]


def _rated(
    frame: Frame, entry: Entry, member: str, parts: Sequence[Part], *also: Json
) -> list[Json]:
    members = {
        "code": own(entry["kind"], None, *also),
        "effectiveDateTime": told_time(entry),
        "valueQuantity": score(entry[member]),
        "referenceRange": scale_of(entry["kind"]),
        "component": components(entry, parts),
        "partOf": frame.session_of(entry),
        "note": notes(entry),
    }
    return [frame.observation((entry["id"], ""), members)]

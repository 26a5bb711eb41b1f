"""Adverse effects of a session as Observations."""

from app.sharing.fhir.codes import Json, own, own_word
from app.sharing.fhir.frame import Entry, Frame
from app.sharing.fhir.parts import Part, components, minutes, scaled, yes_or_no

ADVERSE_EFFECT = (
    Part("severity", "severity", scaled),
    Part("onset_minutes", "onset", minutes),
    Part("resolved", "resolved", yes_or_no),
)


def adverse_effects(frame: Frame, entry: Entry) -> list[Json]:
    """One Observation an effect, part of its session and at the time of its dose."""
    return [
        frame.observation(
            (entry["id"], f"adverse-effect-{number}"),
            {
                "code": own("adverse-effect"),
                "effectiveDateTime": entry["occurred_at"],
                "valueCodeableConcept": own_word("adverse-effect", effect["code"]),
                "component": components(effect, ADVERSE_EFFECT),
                "partOf": [frame.reference(entry["id"])],
            },
        )
        for number, effect in enumerate(entry.get("adverse_effects", ()), 1)
    ]

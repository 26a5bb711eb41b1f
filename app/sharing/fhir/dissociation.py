"""Dissociation as an Observation that is part of its session."""

from collections.abc import Iterator
from datetime import datetime

from app.journal.kinds.dissociation import HIGHEST_TOTAL
from app.sharing.fhir.codes import Json, own, quantity, score
from app.sharing.fhir.frame import Entry, Frame, notes
from app.sharing.fhir.parts import (
    EVERY_ENTRY,
    Part,
    Value,
    components,
    instant,
    only_yes,
    scale_of,
    scaled,
    scaled_members,
    word_of_others,
    yes_or_no,
)


def cadss(code: str, value: Value) -> Iterator[Json]:
    """A total of one version of the scale; the versions share a code and differ in range."""
    scale = f"0–{HIGHEST_TOTAL[value['name']]}, higher is worse"
    yield {
        "code": own(code, f"{value['name'].upper()} total, {scale}"),
        "valueQuantity": score(value["total"]),
        "referenceRange": [{"text": scale}],
    }


DISSOCIATION = (
    Part("spontaneous", "spontaneous", only_yes),
    Part("valence", "valence", scaled),
    Part("distress", "distress", scaled),
    Part("sedation", "sedation", scaled),
    Part("nausea", "nausea", scaled),
    Part("anxiety", "anxiety", scaled),
    Part("domains", "domain", scaled_members),
    Part("resolved", "resolved", yes_or_no),
    Part("resolved_at", "resolved-at", instant),
    Part("reported_by", "reported-by", word_of_others),
    Part("scale", "cadss-total", cadss),
    *EVERY_ENTRY,
)


def dissociation(frame: Frame, entry: Entry) -> list[Json]:
    """The intensity; minutes since the dose only when the session is in the Bundle."""
    members = {
        "code": own("dissociation"),
        "effectiveDateTime": entry["occurred_at"],
        "valueQuantity": score(entry["intensity"]),
        "referenceRange": scale_of("dissociation"),
        "component": [*_since_dose(frame, entry), *components(entry, DISSOCIATION)],
        "partOf": frame.session_of(entry),
        "note": notes(entry),
    }
    return [frame.observation((entry["id"], ""), members)]


def _since_dose(frame: Frame, entry: Entry) -> Iterator[Json]:
    dose_at = frame.sessions.get(entry.get("session_id", ""))
    if dose_at is not None:
        elapsed = datetime.fromisoformat(entry["occurred_at"]) - dose_at
        minutes = round(elapsed.total_seconds() / 60, 6)
        value = int(minutes) if minutes.is_integer() else minutes
        yield {"code": own("minutes-since-dose"), "valueQuantity": quantity(value, "min")}

"""A treatment session: the Procedure, the dose taken, and what else was recorded of it."""

from collections.abc import Iterator

from app.sharing.fhir import codes
from app.sharing.fhir.adverse_effects import adverse_effects
from app.sharing.fhir.codes import SNOMED, Json, coding, concept, own, own_word, quantity
from app.sharing.fhir.frame import Entry, Frame, moment, notes
from app.sharing.fhir.parts import (
    EVERY_ENTRY,
    Part,
    components,
    counted,
    instant,
    minutes,
    scaled,
    scaled_members,
    word,
    words,
    yes_or_no,
)
from app.sharing.fhir.vitals import vitals

PROCEDURE_STATUS = {
    "planned": "preparation",
    "in_progress": "in-progress",
    "completed": "completed",
    "cancelled": "not-done",
    "missed": "not-done",
}
MEDICATION_STATUS = {
    "planned": "intended",
    "in_progress": "active",
    "completed": "completed",
    "cancelled": "not-taken",
    "missed": "not-taken",
}
"""Only a completed session is told as taken: a planned dose called so would be untrue."""

SUBSTANCES = {
    "ketamine_racemic": ("Ketamine (racemic)", codes.SNOMED_KETAMINE),
    "esketamine": ("Esketamine", None),
    "arketamine": ("Arketamine", None),
    "other": ("Another substance", None),
    "unknown": ("Substance not known", None),
}
ROUTES = {
    "iv_infusion": ("Intravenous infusion", codes.INTRAVENOUS),
    "iv_push": ("Intravenous push", codes.INTRAVENOUS),
    "im": ("Intramuscular", codes.INTRAMUSCULAR),
    "sc": ("Subcutaneous", codes.SUBCUTANEOUS),
    "intranasal": ("Intranasal", codes.NASAL),
    "sublingual": ("Sublingual", codes.SUBLINGUAL),
    "oral": ("Oral", codes.ORAL),
    "rectal": ("Rectal", None),
    "other": ("Another route", None),
}
DETAILS = (
    Part("phase", "session-phase", word),
    Part("session_number", "session-number", counted),
    Part("setting", "setting", word),
    Part("supervision", "supervision", word),
    Part("therapy", "therapy", words),
    Part("infusion_minutes", "infusion-minutes", minutes),
    Part("monitoring_minutes", "monitoring-minutes", minutes),
    Part("sedation_moaas", "sedation-moaas", scaled),
    Part("discharge_ready_at", "discharge-ready-at", instant),
    Part("no_driving_until", "no-driving-until", instant),
    Part("experience", "experience", scaled_members),
    Part("rems_program", "rems-program", yes_or_no),
    Part("escort_home", "escort-home", yes_or_no),
    *EVERY_ENTRY,
)


def session(frame: Frame, entry: Entry) -> list[Json]:
    """The Procedure and everything that is part of it."""
    return [
        _procedure(frame, entry),
        _medication(frame, entry),
        *_details(frame, entry),
        *vitals(frame, entry),
        *adverse_effects(frame, entry),
    ]


def _procedure(frame: Frame, entry: Entry) -> Json:
    status = PROCEDURE_STATUS[entry["status"]]
    undone = status == "not-done"
    members = {
        "status": status,
        "statusReason": own_word("session-status", entry["status"]) if undone else None,
        "code": own("ketamine-session"),
        **_when(entry, "performed"),
        "asserter": frame.patient,
        "note": notes(entry),
    }
    return frame.resource("Procedure", (entry["id"], ""), members)


def _when(entry: Entry, name: str) -> Json:
    """A period once the session has ended, else the one instant that is known."""
    if "ended_at" in entry:
        return {f"{name}Period": {"start": entry["occurred_at"], "end": moment(entry["ended_at"])}}
    return {f"{name}DateTime": entry["occurred_at"]}


def _medication(frame: Frame, entry: Entry) -> Json:
    members = {
        "status": MEDICATION_STATUS[entry["status"]],
        "partOf": [frame.reference(entry["id"])],
        "medicationCodeableConcept": _snomed(frame, *SUBSTANCES[entry["substance"]]),
        **_when(entry, "effective"),
        "informationSource": frame.patient,
        "dosage": list(_dosages(frame, entry)),
    }
    return frame.resource("MedicationStatement", (entry["id"], "medication"), members)


def _dosages(frame: Frame, entry: Entry) -> Iterator[Json]:
    """One dosage a dose; the route alone when no amount is known."""
    text, code = ROUTES[entry["route"]]
    route = {"route": _snomed(frame, text, code)}
    for number, dose in enumerate(entry.get("doses", ()), 1):
        timing = {"sequence": number, "timing": {"event": [moment(dose["at"])]}}
        yield {"text": f"{dose['mg']} mg", **timing, **route, **_amount(dose["mg"])}
    if "doses" not in entry and "dose_mg" in entry:
        yield {"text": f"{entry['dose_mg']} mg", **route, **_amount(entry["dose_mg"])}
    elif "doses" not in entry:
        yield {"text": text, **route}


def _amount(milligrams: float) -> Json:
    return {"doseAndRate": [{"doseQuantity": quantity(milligrams, "mg")}]}


def _snomed(frame: Frame, text: str, code: str | None) -> Json:
    return concept(text, *([coding(SNOMED, code)] if code and frame.snomed else []))


def _details(frame: Frame, entry: Entry) -> list[Json]:
    """What a Procedure has no element for; nothing when nothing was recorded."""
    found = components(entry, DETAILS)
    members = {
        "code": own("session-details"),
        "effectiveDateTime": entry["occurred_at"],
        "component": found,
        "partOf": [frame.reference(entry["id"])],
    }
    return [frame.observation((entry["id"], "details"), members)] if found else []

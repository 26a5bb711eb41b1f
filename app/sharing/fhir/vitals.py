"""Vital signs of a session, a resource a measure, as FHIR's vital signs profiles want them."""

from collections.abc import Iterator

from app.sharing.fhir.codes import (
    ARTERIAL_OXYGEN,
    BLOOD_PRESSURE,
    BODY_WEIGHT,
    DIASTOLIC,
    HEART_RATE,
    OXYGEN_SATURATION,
    RESPIRATORY_RATE,
    SYSTOLIC,
    Json,
    absent,
    loinc,
    quantity,
)
from app.sharing.fhir.frame import Entry, Frame, moment
from app.sharing.fhir.parts import Part, components, word

PHASE = (Part("phase", "reading-phase", word),)
PRESSURES = {
    "systolic": (SYSTOLIC, "Systolic blood pressure"),
    "diastolic": (DIASTOLIC, "Diastolic blood pressure"),
}
MEASURES = {
    "pulse": ("Heart rate", "/min", (HEART_RATE,)),
    "resp_rate": ("Respiratory rate", "/min", (RESPIRATORY_RATE,)),
    "spo2": ("Oxygen saturation by pulse oximetry", "%", (OXYGEN_SATURATION, ARTERIAL_OXYGEN)),
}


def vitals(frame: Frame, entry: Entry) -> Iterator[Json]:
    """The weight, then each reading of the session."""
    if "weight_kg" in entry:
        value = {"valueQuantity": quantity(entry["weight_kg"], "kg")}
        yield _vital(frame, entry, "weight", {"code": loinc(BODY_WEIGHT, "Body weight"), **value})
    for number, reading in enumerate(entry.get("vitals", ()), 1):
        yield from _reading(frame, entry, f"vitals-{number}", reading)


def _reading(frame: Frame, entry: Entry, suffix: str, reading: Entry) -> Iterator[Json]:
    at, phase = reading.get("at"), components(reading, PHASE)
    if PRESSURES.keys() & reading.keys():
        pressures = [*_pressures(reading), *phase]
        code = loinc(BLOOD_PRESSURE, "Blood pressure")
        members: Json = {"code": code, "component": pressures}
        yield _vital(frame, entry, f"{suffix}-blood-pressure", members, at)
    for member, (text, unit, codes) in MEASURES.items():
        if member in reading:
            value = quantity(reading[member], unit)
            named = loinc(codes[0], text, *codes[1:])
            members = {"code": named, "valueQuantity": value, "component": phase}
            yield _vital(frame, entry, f"{suffix}-{member}", members, at)


def _pressures(reading: Entry) -> Iterator[Json]:
    """Both components always: the profile wants a reason in place of a missing one."""
    for member, (code, text) in PRESSURES.items():
        if member in reading:
            value: Json = {"valueQuantity": quantity(reading[member], "mm[Hg]")}
        else:
            value = {"dataAbsentReason": absent("Not recorded")}
        yield {"code": loinc(code, text), **value}


def _vital(frame: Frame, entry: Entry, suffix: str, members: Json, at: str | None = None) -> Json:
    """A reading without a time of its own is only known to be of that day."""
    when = {
        "effectiveDateTime": moment(at) if at else entry["local_date"],
        "partOf": [frame.reference(entry["id"])],
    }
    return frame.observation((entry["id"], suffix), {**members, **when}, "vital-signs")

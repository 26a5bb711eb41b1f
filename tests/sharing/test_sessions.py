"""Sessions: Procedure, dose, details, vital signs and adverse effects."""

import pytest

from app.sharing.fhir import public_id
from app.sharing.fhir.codes import LOINC, OWN_SYSTEM, SNOMED
from tests.sharing.bundles import bundle_of, named, only, parts
from tests.sharing.journals import SESSION, SHARE, full_session, planned_session
from tests.sharing.r4 import codes_of, complaints, resources


def test_session_is_a_procedure_with_its_dose() -> None:
    bundle = bundle_of(full_session())
    procedure = only(bundle, "Procedure")
    assert codes_of(procedure, OWN_SYSTEM) == {"ketamine-session"}
    assert procedure["status"] == "completed"
    assert procedure["performedPeriod"] == {
        "start": "2026-03-13T10:05:00-04:00",
        "end": "2026-03-13T12:30:00-04:00",
    }
    medication = only(bundle, "MedicationStatement")
    assert medication["status"] == "completed"
    assert medication["informationSource"] == medication["subject"]
    assert medication["partOf"] == [{"reference": f"urn:uuid:{public_id(SHARE, SESSION)}"}]
    assert medication["medicationCodeableConcept"] == {
        "coding": [{"system": SNOMED, "code": "373464007"}],
        "text": "Ketamine (racemic)",
    }
    (dosage,) = medication["dosage"]
    assert dosage["doseAndRate"][0]["doseQuantity"] == {
        "value": 41,
        "unit": "mg",
        "system": "http://unitsofmeasure.org",
        "code": "mg",
    }
    assert dosage["route"]["coding"] == [{"system": SNOMED, "code": "47625008"}]


def test_session_details_hold_the_rest() -> None:
    (details,) = named(bundle_of(full_session()), OWN_SYSTEM, "session-details")
    assert parts(details) == {
        "session-phase": "session-phase-induction",
        "session-number": 3,
        "setting": "setting-clinic",
        "supervision": "supervision-in-person",
        "therapy": ["therapy-preparation", "therapy-integration"],
        "infusion-minutes": 40,
        "monitoring-minutes": 120,
        "sedation-moaas": 4,
        "discharge-ready-at": "2026-03-13T12:20:00-04:00",
        "no-driving-until": "2026-03-14T09:00:00-04:00",
        "experience-intensity": 7,
        "experience-comfort": -1,
        "experience-insight": 6.5,
        "rems-program": True,
        "escort-home": False,
        "source": "source-clinic",
    }


def test_several_doses_are_several_dosages() -> None:
    times = ["2026-03-13T10:05:00-04:00", "2026-03-13T10:35:00-04:00"]
    doses = [{"at": at, "mg": mg} for at, mg in zip(times, [30, 11.5], strict=True)]
    bundle = bundle_of(full_session(doses=doses, dose_mg=41.5, route="im"))
    dosages = only(bundle, "MedicationStatement")["dosage"]
    assert [each["doseAndRate"][0]["doseQuantity"]["value"] for each in dosages] == [30, 11.5]
    assert [each["timing"]["event"] for each in dosages] == [[at] for at in times]
    assert [each["sequence"] for each in dosages] == [1, 2]
    assert {each["route"]["coding"][0]["code"] for each in dosages} == {"78421000"}
    assert complaints(bundle) == []


def test_an_offset_that_no_place_has_is_told_in_utc() -> None:
    """FHIR knows offsets up to 14 hours; what was sent as such stays as it is."""
    far, furthest = "2026-03-14T09:05:00.25+23:00", "2026-03-14T00:05:00+14:00"
    in_utc = "2026-03-13T10:05:00.250000Z"
    times = dict.fromkeys(("ended_at", "discharge_ready_at", "no_driving_until"), far)
    doses = [{"at": at, "mg": 10} for at in (furthest, far, "2026-03-12T20:05:00-14:01")]
    vitals = [{"at": far, "pulse": 80, "systolic": 120}]
    bundle = bundle_of(full_session(doses=doses, vitals=vitals, **times))
    assert only(bundle, "Procedure")["performedPeriod"]["end"] == in_utc
    dosages = only(bundle, "MedicationStatement")["dosage"]
    events = [each["timing"]["event"][0] for each in dosages]
    assert events == [furthest, in_utc, "2026-03-13T10:06:00Z"]
    (details,) = named(bundle, OWN_SYSTEM, "session-details")
    told = parts(details)
    assert [told["discharge-ready-at"], told["no-driving-until"]] == [in_utc, in_utc]
    for code in ("8867-4", "85354-9"):
        (reading,) = named(bundle, LOINC, code)
        assert reading["effectiveDateTime"] == in_utc


def test_unknown_dose_leaves_the_route() -> None:
    entry = {name: value for name, value in full_session().items() if name != "dose_mg"}
    bundle = bundle_of({**entry, "substance": "esketamine", "route": "rectal"})
    medication = only(bundle, "MedicationStatement")
    assert medication["dosage"] == [{"text": "Rectal", "route": {"text": "Rectal"}}]
    assert medication["medicationCodeableConcept"] == {"text": "Esketamine"}
    assert complaints(bundle) == []


@pytest.mark.parametrize(
    ("status", "procedure", "medication"),
    [
        ("planned", "preparation", "intended"),
        ("in_progress", "in-progress", "active"),
        ("completed", "completed", "completed"),
        ("cancelled", "not-done", "not-taken"),
        ("missed", "not-done", "not-taken"),
    ],
)
def test_only_a_completed_session_is_told_as_taken(
    status: str, procedure: str, medication: str
) -> None:
    bundle = bundle_of({**planned_session(), "status": status})
    found = only(bundle, "Procedure")
    assert found["status"] == procedure
    assert only(bundle, "MedicationStatement")["status"] == medication
    assert found["performedDateTime"] == "2026-06-20T10:00:00-04:00"
    reason = found.get("statusReason", {}).get("text")
    assert reason == (status.capitalize() if procedure == "not-done" else None)
    assert complaints(bundle) == []


def test_vitals_are_vital_signs_with_their_own_times() -> None:
    bundle = bundle_of(full_session())
    vitals = {
        (each["code"]["coding"][0]["code"], each["effectiveDateTime"]): each
        for each in resources(bundle, "Observation")
        if each["category"][0]["coding"][0]["code"] == "vital-signs"
    }
    assert set(vitals) == {
        ("29463-7", "2026-03-13"),
        ("85354-9", "2026-03-13"),
        ("8867-4", "2026-03-13"),
        ("59408-5", "2026-03-13"),
        ("85354-9", "2026-03-13T10:45:00-04:00"),
        ("9279-1", "2026-03-13T11:00:00-04:00"),
    }
    units = {code: v["valueQuantity"]["code"] for (code, _), v in vitals.items() if code[0] != "8"}
    assert units == {"29463-7": "kg", "59408-5": "%", "9279-1": "/min"}
    assert codes_of(vitals["59408-5", "2026-03-13"], LOINC) == {"59408-5", "2708-6"}
    pressures = vitals["85354-9", "2026-03-13"]["component"]
    assert [
        (each["code"]["coding"][0]["code"], each.get("valueQuantity", {}).get("value"))
        for each in pressures
    ] == [("8480-6", 124), ("8462-4", 78), ("reading-phase", None)]
    assert all(each["partOf"] for each in vitals.values())


def test_half_a_blood_pressure_says_that_the_rest_is_missing() -> None:
    vitals = [{"at": "2026-03-13T10:45:00-04:00", "diastolic": 80}]
    (pressure,) = named(bundle_of(full_session(vitals=vitals)), LOINC, "85354-9")
    systolic, diastolic = pressure["component"]
    assert systolic["dataAbsentReason"]["coding"][0]["code"] == "unknown"
    assert "valueQuantity" not in systolic
    assert diastolic["valueQuantity"]["value"] == 80


def test_adverse_effects_are_parts_of_their_session() -> None:
    nausea, pressure = named(bundle_of(full_session()), OWN_SYSTEM, "adverse-effect")
    assert nausea["valueCodeableConcept"]["coding"][0]["code"] == "adverse-effect-nausea"
    assert parts(nausea) == {"severity": 1, "onset": 50, "resolved": True}
    assert pressure["valueCodeableConcept"]["text"] == "Raised blood pressure"
    assert parts(pressure) == {"severity": 2}

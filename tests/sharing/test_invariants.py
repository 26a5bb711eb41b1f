"""Each FHIRPath invariant that a Bundle can break is broken once, and found."""

import json
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from tests.sharing.bundles import whole_bundle
from tests.sharing.invariants import NOT_ASKED, OURS, broken, definitions
from tests.sharing.r4 import codes_of, resources

# A Bundle is free JSON.
Json = dict[str, Any]
LOINC = "http://loinc.org"


def _first(bundle: Json, kind: str, member: str = "status") -> Json:
    return next(each for each in resources(bundle, kind) if member in each)


def _mood(bundle: Json) -> Json:
    return next(
        each for each in _observations(bundle) if each["code"]["coding"][0]["code"] == "mood"
    )


def _observations(bundle: Json) -> list[Json]:
    return resources(bundle, "Observation")


def _called(bundle: Json, code: str) -> Json:
    return next(each for each in _observations(bundle) if code in codes_of(each, LOINC))


def _attachment(bundle: Json) -> Json:
    found: Json = _first(bundle, "DocumentReference")["content"][0]["attachment"]
    return found


def _answer(bundle: Json) -> Json:
    found: Json = _first(bundle, "QuestionnaireResponse")["item"][0]
    return found


def _lead_with_another(bundle: Json) -> None:
    bundle["entry"].reverse()


def _second_patient(bundle: Json) -> None:
    url = "urn:uuid:00000000-0000-4000-8000-000000000000"
    bundle["entry"].append({"fullUrl": url, "resource": {"resourceType": "Patient"}})


WRONG: dict[str, Callable[[Json], object]] = {
    "bdl-1": lambda b: b.update(total=3),
    "bdl-2": lambda b: b["entry"][0].update(search={"mode": "match"}),
    "bdl-3": lambda b: b["entry"][0].update(request={"method": "GET", "url": "Patient"}),
    "bdl-4": lambda b: b["entry"][0].update(response={"status": "200"}),
    "bdl-5": lambda b: b["entry"].append({"fullUrl": "urn:uuid:0"}),
    "bdl-7": lambda b: b["entry"][1].update(fullUrl=b["entry"][2]["fullUrl"]),
    "bdl-8": lambda b: b["entry"][1].update(fullUrl="http://a.example/Patient/1/_history/2"),
    "dom-2": lambda b: _mood(b).update(
        contained=[{"resourceType": "Patient", "contained": [{"resourceType": "Patient"}]}]
    ),
    "dom-4": lambda b: _mood(b).update(
        contained=[{"resourceType": "Patient", "meta": {"versionId": "1"}}]
    ),
    "dom-5": lambda b: _mood(b).update(
        contained=[{"resourceType": "Patient", "meta": {"security": [{"code": "R"}]}}]
    ),
    "ext-1": lambda b: _mood(b).update(extension=[{"url": "http://a.example"}]),
    "obs-3": lambda b: _mood(b).update(referenceRange=[{"type": {"text": "normal"}}]),
    "obs-6": lambda b: _mood(b).update(dataAbsentReason={"text": "unknown"}),
    "obs-7": lambda b: _mood(b)["component"][0].update(code=deepcopy(_mood(b)["code"])),
    "qty-3": lambda b: _mood(b)["valueQuantity"].pop("system"),
    "sqty-1": lambda b: _mood(b).update(referenceRange=[{"low": {"value": 1, "comparator": "<"}}]),
    "rat-1": lambda b: _mood(b)["component"][0].update(valueRatio={"numerator": {"value": 1}}),
    "per-1": lambda b: _first(b, "Procedure", "performedPeriod").update(
        performedPeriod={"start": "2026-05-02T10:00:00Z", "end": "2026-05-01T10:00:00Z"}
    ),
    "att-1": lambda b: _attachment(b).pop("contentType"),
    "qrs-1": lambda b: _answer(b).update(item=[{"linkId": "1"}]),
    "pat-1": lambda b: b["entry"][0]["resource"].update(contact=[{"gender": "other"}]),
    "tim-1": lambda b: _first(b, "MedicationStatement")["dosage"][0].update(
        timing={"repeat": {"duration": 3}}
    ),
    "own-bundle": lambda b: b.pop("timestamp"),
    "own-url": lambda b: b["entry"][3].pop("fullUrl"),
    "own-urn": lambda b: b["entry"][3].update(fullUrl="http://a.example/Observation/1"),
    "own-inside": lambda b: _mood(b)["subject"].update(reference="Patient/1"),
    "own-person": _second_patient,
    "own-lead": _lead_with_another,
    "own-marks": lambda b: _mood(b)["meta"].pop("security"),
    "own-profile": lambda b: _mood(b)["meta"].update(profile=["http://a.example"]),
    "own-text": lambda b: _mood(b)["component"][0]["code"].pop("text"),
    "own-category": lambda b: _mood(b).pop("category"),
    "own-performer": lambda b: _mood(b).pop("performer"),
    "own-content": lambda b: [_mood(b).pop(name) for name in ("valueQuantity", "component")],
    "own-panel": lambda b: _called(b, "44249-1").update(valueInteger=3),
    "own-total": lambda b: _called(b, "70274-6").pop("valueQuantity"),
    "own-range": lambda b: _mood(b).pop("referenceRange"),
    "own-source": lambda b: _first(b, "MedicationStatement").pop("informationSource"),
    "own-performed": lambda b: _first(b, "Procedure", "performedPeriod").pop("performedPeriod"),
    "own-document": lambda b: _first(b, "DocumentReference").pop("author"),
    "own-inline": lambda b: _attachment(b).update(url="https://a.example/report.pdf"),
    "own-alias": lambda b: b["entry"][0]["resource"]["name"][0].update(family="Sample"),
    "own-nameless": lambda b: b["entry"][0]["resource"].update(gender="other"),
}
NOT_BREAKABLE = {
    *("bdl-9", "bdl-10", "bdl-11", "bdl-12"),  # speak of Bundles of other types
    *("tim-2", "tim-4", "tim-5", "tim-6", "tim-7", "tim-8", "tim-9", "tim-10"),  # as tim-1
    *("txt-1", "txt-2"),  # speak of narrative, of which there is none
}


@pytest.mark.parametrize("key", WRONG)
def test_a_broken_invariant_is_found(key: str) -> None:
    bundle = json.loads(json.dumps(whole_bundle()))
    assert list(broken(bundle)) == []
    WRONG[key](bundle)
    assert key in {each.partition(" ")[0] for each in broken(bundle)}


def test_every_invariant_of_what_a_bundle_holds_is_broken_once() -> None:
    held = {each["resourceType"] for each in resources(whole_bundle())} | {"Bundle"}
    types = [
        *("Annotation", "Attachment", "CodeableConcept", "Coding", "Dosage", "HumanName"),
        *("Identifier", "Meta", "Period", "Quantity", "Range", "Ratio", "Reference", "Timing"),
        *("Extension", "Narrative", "SimpleQuantity"),
    ]
    keys = {
        rule.key
        for name in (*held, *types)
        for part in definitions()[name].values()
        for rule in part.invariants
    }
    ours = {rule.key for rules in OURS.values() for rule in rules}
    assert WRONG.keys() == (keys | ours) - NOT_BREAKABLE
    assert not keys & NOT_ASKED.keys()

"""What must be true of every Bundle: one check a rule, each naming what breaks it."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from fhir.resources.R4B.bundle import Bundle
from pydantic import ValidationError

from app.sharing.fhir.code_system import code_system
from app.sharing.fhir.codes import LOINC, OWN_SYSTEM, SNOMED
from tests.sharing.allowed_codes import (
    ALLOWED_LOINC,
    ALLOWED_SNOMED,
    OTHER_CODES,
    PANELS,
    TOTALS,
)
from tests.sharing.invariants import broken

Json = dict[str, Any]

STATUSES = {
    "Observation": {"final"},
    "Procedure": {"preparation", "in-progress", "completed", "not-done"},
    "MedicationStatement": {"intended", "active", "completed", "not-taken"},
    "QuestionnaireResponse": {"completed"},
    "DocumentReference": {"current"},
}
TARGETS = {
    ("Observation", "partOf"): {"Procedure"},
    ("Observation", "derivedFrom"): {"Observation", "QuestionnaireResponse"},
    ("Observation", "hasMember"): {"Observation"},
    ("MedicationStatement", "partOf"): {"Procedure"},
}
MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"(T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2}))?"
)
MOMENTS = re.compile(r"(date|.*DateTime|timestamp|issued|authored|start|end|event)")
CONCEPTS = re.compile(r"(code|category|type|route|statusReason|dataAbsentReason|.*CodeableConcept)")


def nodes(value: Any, path: str = "") -> Iterator[tuple[str, str, Any]]:
    """Every value of a JSON tree: its path, the name of its member, and itself."""
    name = re.sub(r"\[\d+\]$", "", path).rpartition(".")[2]
    yield path, name, value
    if isinstance(value, dict):
        for member, each in value.items():
            yield from nodes(each, f"{path}.{member}")
    elif isinstance(value, list):
        for place, each in enumerate(value):
            yield from nodes(each, f"{path}[{place}]")


def resources(bundle: Json, kind: str | None = None) -> list[Json]:
    """The resources of a Bundle, or those of one type."""
    found = [entry["resource"] for entry in bundle["entry"]]
    return [each for each in found if kind in (None, each["resourceType"])]


def codes_of(resource: Json, system: str) -> set[str]:
    """The codes of a system that a resource itself is called by."""
    codings = resource.get("code", {}).get("coding", [])
    return {each["code"] for each in codings if each["system"] == system}


def own_codes() -> set[str]:
    """Every code of the published CodeSystem."""
    return {each["code"] for _, _, each in nodes(code_system()) if _is_concept(each)}


def _is_concept(value: Any) -> bool:
    return isinstance(value, dict) and "definition" in value


def structure(bundle: Json) -> Iterator[str]:
    """fhir.resources accepts it as R4B."""
    try:
        Bundle.model_validate(bundle)
    except ValidationError as refused:
        for error in refused.errors():
            yield f"{error['loc']}: {error['msg']}"


def emptiness(bundle: Json) -> Iterator[str]:
    """No null, no empty text, no empty object or array."""
    for path, _, value in nodes(bundle):
        if value is None or value in ("", [], {}):
            yield path


def kind_of_bundle(bundle: Json) -> Iterator[str]:
    """A collection without total or profiles, led by the one Patient."""
    if bundle["type"] != "collection" or "total" in bundle or "timestamp" not in bundle:
        yield "the Bundle itself"
    if [each["resourceType"] for each in resources(bundle)].index("Patient") != 0:
        yield "the Patient does not lead"
    if any("profile" in each.get("meta", {}) for each in resources(bundle)):
        yield "a profile is claimed"


def addresses(bundle: Json) -> Iterator[str]:
    """Every fullUrl is a URN of its own and stands in the identifier too."""
    urls = [entry["fullUrl"] for entry in bundle["entry"]]
    yield from (url for url in set(urls) if urls.count(url) > 1)
    for url, resource in zip(urls, resources(bundle), strict=True):
        if not re.fullmatch(r"urn:uuid:[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}", url):
            yield url
        if resource["resourceType"] != "Patient":
            found = resource["identifier"]
            identifier = found if isinstance(found, dict) else found[0]
            if identifier != {"system": "urn:ietf:rfc:3986", "value": url}:
                yield f"identifier of {url}"


def references(bundle: Json) -> Iterator[str]:
    """Every reference leads to a resource of the Bundle, and of a type that R4 allows there."""
    types = {entry["fullUrl"]: entry["resource"]["resourceType"] for entry in bundle["entry"]}
    for resource in resources(bundle):
        for path, name, value in nodes(resource):
            if isinstance(value, dict) and "reference" in value:
                place = resource["resourceType"], name
                allowed = TARGETS.get(place, {"Patient"})
                if types.get(value["reference"]) not in allowed:
                    yield f"{resource['resourceType']}{path}"


def marks(bundle: Json) -> Iterator[str]:
    """Whatever is not the Patient says who supplied it, and is the Patient's."""
    patient = {"reference": bundle["entry"][0]["fullUrl"]}
    for resource in resources(bundle)[1:]:
        meta = resource.get("meta", {})
        tags = [each["code"] for each in meta.get("tag", [])]
        labels = [each["code"] for each in meta.get("security", [])]
        if (labels, tags) != (["PATAST"], ["patient-supplied"]):
            yield f"{resource['resourceType']} lacks its marks"
        if resource.get("subject") != patient:
            yield f"{resource['resourceType']} lacks its subject"
        performers = resource.get("performer", [])
        if resource["resourceType"] == "Observation" and performers != [patient]:
            yield "an Observation lacks its performer"


def codes(bundle: Json) -> Iterator[str]:
    """Only codes that somebody has looked up, and those of our own table."""
    allowed = {
        LOINC: ALLOWED_LOINC,
        SNOMED: ALLOWED_SNOMED,
        OWN_SYSTEM: own_codes(),
        **OTHER_CODES,
    }
    for path, name, value in nodes(bundle):
        if isinstance(value, dict) and "system" in value and "code" in value:
            if value["code"] not in allowed.get(value["system"], set()):
                yield path
        elif name == "linkId" and re.match(r"[0-9]", value) and value not in ALLOWED_LOINC:
            yield path


def texts(bundle: Json) -> Iterator[str]:
    """Every concept has a text."""
    for path, name, value in nodes(bundle):
        if isinstance(value, dict) and CONCEPTS.fullmatch(name) and not value.get("text"):
            yield path


def trap(bundle: Json) -> Iterator[str]:
    """A total is called by the code of a total, a panel by that of a panel."""
    for resource in resources(bundle, "Observation"):
        found = codes_of(resource, LOINC)
        holds_value = any(name.startswith("value") for name in resource)
        if found & PANELS and (holds_value or "hasMember" not in resource):
            yield "a panel code on a total"
        if found & TOTALS and not (holds_value or "dataAbsentReason" in resource):
            yield "a total code without a total"


def scales(bundle: Json) -> Iterator[str]:
    """The range of a number on a scale stands in the text of its code and beside it."""
    for path, _, value in nodes(bundle):
        if not isinstance(value, dict) or "valueQuantity" not in value:
            continue
        if value["valueQuantity"].get("code") != "{score}":
            continue
        ranges = [each["text"] for each in value.get("referenceRange", [])]
        if len(ranges) != 1 or not value["code"]["text"].endswith(", " + ranges[0]):
            yield path


def moments(bundle: Json) -> Iterator[str]:
    """A time has its offset, or is a date."""
    for path, name, value in nodes(bundle):
        if isinstance(value, str) and MOMENTS.fullmatch(name) and not MOMENT.fullmatch(value):
            yield path


def statuses(bundle: Json) -> Iterator[str]:
    """A status is one that R4 knows for the type and that we mean."""
    for resource in resources(bundle):
        kind = resource["resourceType"]
        if kind != "Patient" and resource.get("status") not in STATUSES[kind]:
            yield f"{kind}.status"


def repeated_codes(bundle: Json) -> Iterator[str]:
    """R4's obs-7: a component has another code than its Observation."""
    for resource in resources(bundle, "Observation"):
        own = codes_of(resource, OWN_SYSTEM)
        if any(own & codes_of(each, OWN_SYSTEM) for each in resource.get("component", [])):
            yield "a component repeats its Observation"


def invariants(bundle: Json) -> Iterator[str]:
    """The FHIRPath invariants of R4's definitions hold, and our own."""
    yield from broken(bundle)


CHECKS: dict[str, Callable[[Json], Iterator[str]]] = {
    check.__name__: check
    for check in (
        structure,
        emptiness,
        kind_of_bundle,
        addresses,
        references,
        marks,
        codes,
        texts,
        trap,
        scales,
        moments,
        statuses,
        repeated_codes,
        invariants,
    )
}


def complaints(bundle: Json) -> list[str]:
    """Everything that is wrong with a Bundle; empty for a good one."""
    return [f"{name}: {place}" for name, check in CHECKS.items() for place in check(bundle)]

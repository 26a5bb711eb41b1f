"""Bundles for the tests, and ways to look into them."""

from typing import Any
from uuid import UUID

from app.sharing.fhir import BundleContent, build_bundle
from tests.sharing.journals import (
    GENERATED_AT,
    SESSION,
    SHARE,
    Entry,
    daily_count,
    full_anxiety,
    full_dissociation,
    full_episode,
    full_mood,
    full_session,
    none_today,
    planned_session,
    signal_of,
)
from tests.sharing.questionnaires import gad7, incomplete_who5, pcl5, phq9, scores_only
from tests.sharing.r4 import codes_of, complaints, resources

Json = dict[str, Any]


def bundle_of(*entries: Entry, namespace: UUID = SHARE, **more: Any) -> Json:
    """The Bundle of a few entries: a sound one, whatever it is asked for."""
    content = BundleContent(namespace=namespace, generated_at=GENERATED_AT, entries=entries, **more)
    bundle = build_bundle(content)
    assert complaints(bundle) == []
    return bundle


def whole_bundle(**more: Any) -> Json:
    """The Bundle of everything there can be."""
    given = {
        "signals": [signal_of(SESSION), signal_of(full_mood()["id"], 41)],
        "subject_name": "M.",
        "trend_document": b'{"format":"afterglow-trends"}',
        "report_pdf": b"%PDF-1.7",
    }
    return bundle_of(*full_journal(), **{**given, **more})


def only(bundle: Json, kind: str = "Observation") -> Json:
    """The one resource of a type."""
    (found,) = resources(bundle, kind)
    return found


def named(bundle: Json, system: str, code: str) -> list[Json]:
    """The Observations and Procedures that are called by a code."""
    return [each for each in resources(bundle) if code in codes_of(each, system)]


def parts(resource: Json) -> dict[str, Any]:
    """The components by own code: the value, or the values of a repeated one."""
    found: dict[str, list[Any]] = {}
    for component in resource.get("component", []):
        coding = component["code"]["coding"][0]
        (value,) = (v for name, v in component.items() if name.startswith("value"))
        found.setdefault(coding["code"], []).append(_plain(value))
    return {code: values[0] if len(values) == 1 else values for code, values in found.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return value["value"] if "value" in value else value["coding"][0]["code"]
    return value


def full_journal() -> list[Entry]:
    """Every kind with every member, in no order."""
    return [
        full_mood(),
        phq9(),
        full_dissociation(),
        planned_session(),
        full_anxiety(),
        full_episode(),
        daily_count(),
        none_today(),
        full_session(),
        gad7(),
        pcl5(),
        incomplete_who5(),
        *scores_only(),
    ]

"""Mood, anxiety, flashbacks and dissociation as Observations."""

import json

import pytest

from app.sharing.fhir import public_id
from app.sharing.fhir.codes import OWN_SYSTEM, SNOMED
from tests.sharing.bundles import bundle_of, named, only, parts
from tests.sharing.journals import (
    SESSION,
    SHARE,
    daily_count,
    full_anxiety,
    full_dissociation,
    full_episode,
    full_mood,
    full_session,
    none_today,
)
from tests.sharing.r4 import codes_of, complaints


def test_mood_says_score_and_parts() -> None:
    resource = only(bundle_of(full_mood()))
    assert codes_of(resource, OWN_SYSTEM) == {"mood"}
    assert resource["effectiveDateTime"] == "2026-03-12T21:00:00-04:00"
    assert resource["valueQuantity"] == {
        "value": 6.5,
        "unit": "{score}",
        "system": "http://unitsofmeasure.org",
        "code": "{score}",
    }
    assert resource["code"]["text"] == "Mood, 0–10, higher is better"
    assert resource["referenceRange"] == [{"text": "0–10, higher is better"}]
    assert parts(resource) == {
        "energy": 4,
        "stress": 7.5,
        "functioning": 5,
        "emotion": ["emotion-calm", "emotion-hopeful"],
        "help-wanted": True,
    }


def test_whole_numbers_stay_whole() -> None:
    bundle = bundle_of({**full_mood(), "score": 7})
    assert '"value": 7,' in json.dumps(only(bundle))


def test_anxiety_of_a_day_is_dated_and_coded_twice() -> None:
    resource = only(bundle_of(full_anxiety()))
    assert resource["effectiveDateTime"] == "2026-03-12"
    assert codes_of(resource, SNOMED) == {"48694002"}
    assert codes_of(resource, OWN_SYSTEM) == {"anxiety"}
    assert parts(resource) == {
        "peak": 8,
        "panic": True,
        "panic-count": 2,
        "panic-minutes": 15,
        "panic-peak": 9,
        "somatic": ["somatic-heart", "somatic-hot-cold"],
        "avoidance": 2,
        "worry": 6,
        "avoided": ["avoided-place", "avoided-body-sensation"],
        "reminder-exposure": "reminder-exposure-brief",
        "coping": ["coping-breathing", "coping-therapy-skill"],
        "coping-helped": 4.5,
    }


def test_episode_counts_one_at_its_instant() -> None:
    resource = only(bundle_of(full_episode()))
    assert codes_of(resource, OWN_SYSTEM) == {"flashback-count"}
    assert (resource["valueInteger"], resource["effectiveDateTime"]) == (
        1,
        "2026-03-14T21:40:00-04:00",
    )
    assert parts(resource) == {
        "report-type": "report-type-episode",
        "distress": 6.5,
        "intensity": 7,
        "nowness": 5,
        "presence": 1,
        "duration-minutes": 2.5,
        "duration-band": "duration-band-under-5",
        "sense": ["sense-sound", "sense-body"],
        "trigger": ["trigger-media", "trigger-thought-feeling"],
        "context": "context-home",
        "nightmare": False,
        "grounding": ["grounding-breathing", "grounding-cold-or-touch"],
        "grounding-helped": 5,
        "retrospective": True,
    }


def test_none_today_is_a_zero_of_a_date() -> None:
    resource = only(bundle_of(none_today()))
    assert (resource["valueInteger"], resource["effectiveDateTime"]) == (0, "2026-03-16")


@pytest.mark.parametrize("count", [0, 3, 100])
def test_daily_count_is_its_number_of_a_date(count: int) -> None:
    resource = only(bundle_of(daily_count(count)))
    assert (resource["valueInteger"], resource["effectiveDateTime"]) == (count, "2026-03-15")
    assert parts(resource).get("worst-distress") == (7 if count else None)
    assert parts(resource)["nightmare-count"] == 1


def test_dissociation_is_part_of_its_session_and_tells_the_minutes() -> None:
    bundle = bundle_of(full_session(), full_dissociation())
    (resource,) = named(bundle, OWN_SYSTEM, "dissociation")
    assert resource["partOf"] == [{"reference": f"urn:uuid:{public_id(SHARE, SESSION)}"}]
    assert parts(resource) == {
        "minutes-since-dose": 75.5,
        "valence": -2,
        "distress": 3,
        "sedation": 4,
        "nausea": 1,
        "anxiety": 2,
        "domain-self": 1,
        "domain-surroundings": 2,
        "domain-time": 3,
        "domain-memory-gap": 0,
        "resolved": True,
        "resolved-at": "2026-03-13T11:20:00-04:00",
        "reported-by": "reported-by-observer",
        "cadss-total": 31,
        "source": "source-clinic",
    }
    (cadss,) = (c for c in resource["component"] if "CADSS" in c["code"]["text"])
    assert cadss["code"]["text"] == "CADSS-23 total, 0–92, higher is worse"


def test_minutes_since_dose_are_a_difference_of_instants() -> None:
    changed = {"occurred_at": "2026-11-01T01:30:00-04:00", "local_date": "2026-11-01"}
    session = {**full_session(), **changed, "ended_at": "2026-11-01T02:10:00-05:00"}
    entry = {**full_dissociation(), "occurred_at": "2026-11-01T01:45:00-05:00"}
    (resource,) = named(bundle_of(session, entry), OWN_SYSTEM, "dissociation")
    assert parts(resource)["minutes-since-dose"] == 75


def test_session_outside_the_scope_leaves_no_trace() -> None:
    bundle = bundle_of(full_dissociation())
    resource = only(bundle)
    assert "partOf" not in resource
    assert "minutes-since-dose" not in parts(resource)
    assert str(public_id(SHARE, SESSION)) not in json.dumps(bundle)
    assert complaints(bundle) == []


@pytest.mark.parametrize(
    ("note", "told"), [("a\x00\x1bb\tc", "a  b\tc"), (" \n ", None), ("\x01", None)]
)
def test_notes_hold_only_what_fhir_can_carry(note: str, told: str | None) -> None:
    bundle = bundle_of({**none_today(), "note": note})
    assert only(bundle).get("note") == ([{"text": told}] if told else None)
    assert complaints(bundle) == []


def test_word_that_the_table_does_not_know_stays_text() -> None:
    bundle = bundle_of({**full_mood(), "emotions": ["brand_new"]})
    (value,) = (
        each["valueCodeableConcept"]
        for each in only(bundle)["component"]
        if "valueCodeableConcept" in each
    )
    assert value == {"text": "Brand new"}

"""Safety signals in the Bundle."""

import pytest

from app.sharing.fhir import public_id
from app.sharing.fhir.codes import OWN_SYSTEM
from tests.sharing.bundles import bundle_of, full_journal, named, parts
from tests.sharing.journals import SESSION, SHARE, Entry, full_mood, full_session, signal_of
from tests.sharing.r4 import resources


def test_signal_says_that_nobody_monitors() -> None:
    bundle = bundle_of(full_session(), signals=[signal_of(SESSION)])
    (signal,) = named(bundle, OWN_SYSTEM, "signal")
    value = signal["valueCodeableConcept"]
    assert value["coding"][0]["code"] == "signal-bp-high"
    assert value["text"].endswith("not monitored")
    assert signal["code"]["text"].endswith("not monitored")
    assert signal["partOf"] == [{"reference": f"urn:uuid:{public_id(SHARE, SESSION)}"}]
    assert parts(signal) == {
        "signal-level": "signal-level-contact-clinic",
        "signal-status": "signal-status-open",
        "signal-fact": [182, 124],
        "late-hours": 1.5,
    }


def test_signal_derives_from_its_entry_or_stands_alone() -> None:
    entry = full_mood()
    (signal,) = named(bundle_of(entry, signals=[signal_of(entry["id"])]), OWN_SYSTEM, "signal")
    assert signal["derivedFrom"] == [{"reference": f"urn:uuid:{public_id(SHARE, entry['id'])}"}]
    (alone,) = named(bundle_of(signals=[signal_of(entry["id"])]), OWN_SYSTEM, "signal")
    assert "derivedFrom" not in alone


@pytest.mark.parametrize("entry", [full_mood(), full_session(), {**full_mood(), "scope": "day"}])
def test_signal_is_of_the_time_of_its_entry_and_was_issued_when_it_was_noticed(
    entry: Entry,
) -> None:
    kept = {**signal_of(entry["id"]), "created_at": "2026-04-02T08:00:04.250000Z"}
    (signal,) = named(bundle_of(entry, signals=[kept]), OWN_SYSTEM, "signal")
    whole_day = entry.get("scope") == "day"
    told = entry["local_date"] if whole_day else entry["occurred_at"]
    assert (signal["effectiveDateTime"], signal["issued"]) == (told, kept["created_at"])


def test_signal_without_its_entry_says_only_when_it_was_noticed() -> None:
    (alone,) = named(bundle_of(signals=[signal_of(SESSION)]), OWN_SYSTEM, "signal")
    assert "effectiveDateTime" not in alone
    assert alone["issued"] == signal_of(SESSION)["created_at"]


def test_signals_stand_at_the_time_of_their_entries() -> None:
    early, late = full_mood(), full_session()
    bundle = bundle_of(early, late, signals=[signal_of(early["id"])])
    kinds = [each["resourceType"] for each in resources(bundle)]
    (signal,) = named(bundle, OWN_SYSTEM, "signal")
    assert resources(bundle).index(signal) < kinds.index("Procedure")


def test_signals_are_absent_unless_given() -> None:
    assert named(bundle_of(*full_journal()), OWN_SYSTEM, "signal") == []

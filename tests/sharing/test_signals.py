"""Safety signals in the Bundle."""

from app.sharing.fhir import public_id
from app.sharing.fhir.codes import OWN_SYSTEM
from tests.sharing.bundles import bundle_of, full_journal, named, parts
from tests.sharing.journals import SESSION, SHARE, full_mood, full_session, signal_of


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


def test_signals_are_absent_unless_given() -> None:
    assert named(bundle_of(*full_journal()), OWN_SYSTEM, "signal") == []

"""The Bundle as a whole: order, names, documents, texts."""

import json
from base64 import b64decode
from datetime import timedelta

from app.sharing.fhir import BundleContent, build_bundle, public_id
from app.sharing.fhir.codes import LOINC, SNOMED
from tests.sharing.bundles import bundle_of, full_journal, only, whole_bundle
from tests.sharing.journals import GENERATED_AT, OTHER_SHARE, SHARE, full_mood, full_session
from tests.sharing.r4 import complaints, resources


def test_whole_journal_makes_a_sound_bundle() -> None:
    assert complaints(whole_bundle()) == []


def test_empty_scope_makes_a_sound_bundle_of_a_nameless_patient() -> None:
    bundle = bundle_of()
    assert complaints(bundle) == []
    assert resources(bundle) == [{"resourceType": "Patient"}]


def test_bundle_is_plain_json() -> None:
    bundle = whole_bundle()
    assert json.loads(json.dumps(bundle, allow_nan=False)) == bundle


def test_patient_carries_the_chosen_name_and_nothing_else() -> None:
    assert only(whole_bundle(), "Patient") == {
        "resourceType": "Patient",
        "name": [{"text": "M."}],
    }


def test_documents_lead_and_hold_what_was_given() -> None:
    bundle = whole_bundle()
    kinds = [each["resourceType"] for each in resources(bundle)]
    assert kinds[:3] == ["Patient", "DocumentReference", "DocumentReference"]
    assert "DocumentReference" not in kinds[3:]
    trends, report = resources(bundle, "DocumentReference")
    assert trends["type"]["coding"][0]["code"] == "trend-summary"
    attachment = trends["content"][0]["attachment"]
    assert attachment["contentType"] == "application/vnd.afterglow.trends+json"
    assert b64decode(attachment["data"]) == b'{"format":"afterglow-trends"}'
    assert report["type"]["coding"][0] == {"system": LOINC, "code": "60591-5"}
    assert b64decode(report["content"][0]["attachment"]["data"]) == b"%PDF-1.7"
    assert trends["author"] == [trends["subject"]]


def test_missing_report_fails_nothing() -> None:
    bundle = bundle_of(full_mood(), trend_document=b"{}")
    assert len(resources(bundle, "DocumentReference")) == 1
    assert complaints(bundle) == []


def test_resources_stand_in_the_order_of_time() -> None:
    bundle = whole_bundle()
    times = [
        each["effectiveDateTime"][:10]
        for each in resources(bundle, "Observation")
        if "partOf" not in each
    ]
    assert times == sorted(times)


def test_entries_of_one_instant_keep_one_order() -> None:
    first = bundle_of(*full_journal())
    second = bundle_of(*reversed(full_journal()))
    assert first == second


def test_ids_are_stable_within_a_link() -> None:
    later = BundleContent(
        namespace=SHARE,
        generated_at=GENERATED_AT + timedelta(days=1),
        entries=full_journal()[::-1],
    )
    first = {entry["fullUrl"] for entry in bundle_of(*full_journal())["entry"]}
    assert first == {entry["fullUrl"] for entry in build_bundle(later)["entry"]}


def test_two_links_share_no_id() -> None:
    one = json.dumps(bundle_of(*full_journal()))
    other = bundle_of(*full_journal(), namespace=OTHER_SHARE)
    urls = [entry["fullUrl"] for entry in other["entry"]]
    assert not [url for url in urls if url in one]


def test_no_id_of_the_journal_leaves() -> None:
    bundle = json.dumps(whole_bundle())
    ids = [each["id"] for each in full_journal()]
    assert not [each for each in [*ids, str(SHARE)] if each in bundle]


def test_trend_document_can_name_entries_as_the_bundle_does() -> None:
    (entry,) = bundle_of(full_mood())["entry"][1:]
    assert entry["fullUrl"] == f"urn:uuid:{public_id(SHARE, full_mood()['id'])}"


def test_snomed_can_be_switched_off() -> None:
    bundle = whole_bundle(snomed=False)
    assert SNOMED not in json.dumps(bundle)
    assert complaints(bundle) == []


def test_notes_carry_every_free_text() -> None:
    procedure = only(bundle_of(full_session()), "Procedure")
    assert [note["text"] for note in procedure["note"]] == [
        "A hard day.\nBetter later.",
        "Intention: To rest.",
        "Tags: evening, rain",
    ]


def test_without_notes_no_free_text_leaves() -> None:
    hidden = {"note", "tags", "intention"}
    entries = [
        {name: value for name, value in entry.items() if name not in hidden}
        for entry in full_journal()
    ]
    bundle = bundle_of(*entries)
    assert not [each for each in resources(bundle) if "note" in each]

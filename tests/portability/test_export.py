"""A patient carries everything off: who may, what is noted, and what is in the file."""

import json

import pytest

from app.journal.kinds import KINDS
from tests.clocks import SetClock
from tests.portability.exports import (
    exported,
    tables_of,
    write_one_of_each,
)
from tests.service import Patient, Service, an_entry, settled
from tests.sharing.r4 import complaints

pytestmark = pytest.mark.anyio

FORMS = ("ndjson", "csv", "fhir")


@pytest.mark.parametrize("form", FORMS)
async def test_an_export_needs_a_fresh_proof(patient: Patient, form: str, clock: SetClock) -> None:
    answer = await patient.ask("GET", "/v1/export", params={"format": form})
    assert (answer.status_code, answer.json()["code"]) == (403, "step_up_required")
    await patient.step_up()
    clock.advance(minutes=6)
    answer = await patient.ask("GET", "/v1/export", params={"format": form})
    assert (answer.status_code, answer.json()["code"]) == (403, "step_up_required")


async def test_the_patient_is_told_by_mail_once_an_export(
    service: Service, patient: Patient
) -> None:
    before = len(service.mailed())
    await patient.ask("GET", "/v1/export")
    await settled(service)
    assert len(service.mailed()) == before
    await exported(patient, "csv")
    await settled(service)
    (mail,) = service.mailed()[before:]
    assert "A copy of your data was made" in mail


@pytest.mark.parametrize(
    ("form", "media_type"),
    [
        ("ndjson", "application/x-ndjson"),
        ("csv", "application/zip"),
        ("fhir", "application/fhir+json"),
    ],
)
async def test_the_answer_is_a_file_that_nobody_keeps_and_whose_name_says_nothing(
    patient: Patient, form: str, media_type: str
) -> None:
    await patient.step_up()
    answer = await patient.ask("GET", "/v1/export", params={"format": form})
    assert answer.headers["content-type"] == media_type
    assert answer.headers["cache-control"] == "no-store"
    name = answer.headers["content-disposition"]
    assert name.startswith('attachment; filename="afterglow-export.')
    assert patient.email.partition("@")[0] not in name


@pytest.mark.parametrize("form", FORMS)
async def test_an_export_goes_compressed_to_whoever_takes_gzip(patient: Patient, form: str) -> None:
    is_coded = form != "csv"  # a zip
    await write_one_of_each(patient)
    await patient.step_up()
    for accepted, coding in (("gzip", "gzip" if is_coded else None), ("identity", None)):
        headers = {"Accept-Encoding": accepted}
        answer = await patient.ask("GET", "/v1/export", headers, params={"format": form})
        assert answer.headers.get("content-encoding") == coding
        assert answer.headers.get("vary") == ("Accept-Encoding" if is_coded else None)
        if form == "ndjson":
            assert json.loads(answer.text.splitlines()[-1])["type"] == "end"
        elif form == "fhir":
            assert answer.json()["resourceType"] == "Bundle"
        else:
            assert tables_of(answer.content)["mood"]


async def test_an_unknown_form_is_refused(patient: Patient) -> None:
    answer = await patient.ask("GET", "/v1/export", params={"format": "xml"})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["parameter"] == "format"


async def test_an_export_holds_nothing_of_another_patient(service: Service) -> None:
    mine, other = await service.sign_up(), await service.sign_up()
    await other.save(an_entry("mood", note="Somebody else."))
    await mine.save(an_entry("mood", note="Mine."))
    for form in ("ndjson", "fhir"):
        text = (await exported(mine, form)).decode()
        assert "Mine." in text
        assert "Somebody else." not in text
        assert other.email not in text


async def test_the_bundle_is_good_fhir_and_holds_every_entry(patient: Patient) -> None:
    written = await write_one_of_each(patient)
    bundle = json.loads(await exported(patient, "fhir"))
    assert complaints(bundle) == []
    kinds = {each["resource"]["resourceType"] for each in bundle["entry"]}
    assert kinds >= {"Patient", "Observation", "Procedure", "MedicationStatement"}
    notes = [entry["note"] for entry in written if "note" in entry]
    assert notes
    assert all(json.dumps(note)[1:-1] in json.dumps(bundle) for note in notes)


async def test_the_bundle_of_an_empty_journal_is_good_fhir(patient: Patient) -> None:
    assert complaints(json.loads(await exported(patient, "fhir"))) == []


async def test_the_tables_hold_every_entry_and_no_formula(patient: Patient) -> None:
    written = await write_one_of_each(patient)
    note = '=HYPERLINK("http://example.org","x")\n"quoted", and more'
    wicked = await patient.save(an_entry("mood", note=note, tags=["@now", "+1"]))
    tables = tables_of(await exported(patient, "csv"))
    assert set(tables) == {*KINDS, "signals"}
    for entry in written:
        row = next(each for each in tables[entry["kind"]] if each["id"] == entry["id"])
        assert row["occurred_at"] == entry["occurred_at"]
        assert int(row["revision"]) == entry["revision"]
    row = next(each for each in tables["mood"] if each["id"] == wicked["entry"]["id"])
    assert row["note"] == "'" + note
    assert row["tags"] == "'@now; +1"
    assert row["score"] == "6"
    assert tables["signals"]

"""An export names what does not open, and holds everything else; an import and its undo go on."""

import json
from typing import Any

import pytest

from tests.journal.broken_rows import named, spoil
from tests.journal.kept_digests import replace
from tests.portability.exports import exported, exported_lines, of_type, tables_of
from tests.portability.imports import DAYLIO, commit, counts, entries, preview, undo
from tests.service import Patient, Service, an_entry
from tests.sharing.r4 import resources, structure

pytestmark = pytest.mark.anyio
# What an answer holds is for the test to say.
Json = dict[str, Any]


async def two_of_four(service: Service, patient: Patient) -> tuple[list[Json], list[Json]]:
    """Entries that open, and one of each place in an export that does not."""
    session = an_entry("session", occurred_at="2026-06-01T08:00:00+02:00")
    saved = [(await patient.save(each))["entry"] for each in (session, an_entry(), an_entry())]
    changed = await replace(patient, saved[2], note="it was changed")
    for entry in saved[:2]:
        await spoil(service, patient, entry["id"])
    await spoil(service, patient, changed["id"], revision=saved[2]["revision"])
    return [changed], saved


async def test_the_lines_name_it(service: Service, patient: Patient) -> None:
    good, broken = await two_of_four(service, patient)
    lines = await exported_lines(patient)
    assert [each["entry"] for each in of_type(lines, "entry")] == good
    assert of_type(lines, "superseded") == []
    told = [
        {"id": each["id"], "revision": each["revision"]} for each in of_type(lines, "unreadable")
    ]
    assert told == named(*broken)
    assert lines[-1]["lines"] == len(lines) - 1
    text = "".join(json.dumps(each) + "\n" for each in lines)
    report = await preview(patient, "afterglow", text)
    assert "refused_count" not in counts(report)


async def test_a_table_names_it(service: Service, patient: Patient) -> None:
    whole = tables_of(await exported(patient, "csv"))
    assert "unreadable" not in whole
    good, broken = await two_of_four(service, patient)
    tables = tables_of(await exported(patient, "csv"))
    assert [each["id"] for each in tables["mood"]] == [each["id"] for each in good]
    assert tables["session"] == []
    told = [
        {"record": "entry", "id": each["id"], "revision": str(each["revision"])}
        for each in broken[:2]
    ]
    assert sorted(tables["unreadable"], key=str) == sorted(told, key=str)


async def test_a_bundle_names_it(service: Service, patient: Patient) -> None:
    _, broken = await two_of_four(service, patient)
    bundle = json.loads(await exported(patient, "fhir"))
    assert list(structure(bundle)) == []
    (outcome,) = resources(bundle, "OperationOutcome")
    told = [issue["diagnostics"].rpartition(" ")[2] for issue in outcome["issue"]]
    assert sorted(told) == sorted(each["id"] for each in broken[:2])
    assert len(resources(bundle, "Observation")) > 0


async def test_an_undo_takes_out_what_does_not_open(service: Service, patient: Patient) -> None:
    report = await commit(patient, "daylio", DAYLIO, time_zone="Europe/Berlin")
    (imported, *_) = await entries(patient)
    await spoil(service, patient, imported["id"])
    again = await commit(patient, "daylio", DAYLIO, time_zone="Europe/Berlin")
    assert counts(again) == {"rows": 9, "known": 6, "refused_count": 3}
    assert (await undo(patient, report["id"]))["removed"] == 6
    assert (await patient.ask("GET", "/v1/entries")).json() == {"items": []}

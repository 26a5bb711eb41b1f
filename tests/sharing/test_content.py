"""What a reader sees: the scope and nothing else, frozen or as of now."""

import json
from datetime import timedelta
from uuid import UUID

import pytest

from app.sharing.fhir import public_id
from tests.clocks import SetClock
from tests.service import Patient, Service, an_entry
from tests.sharing.links import (
    Link,
    opened,
    report_of,
    share,
    trend_document,
)
from tests.sharing.r4 import complaints, resources
from tests.sharing.shared_journal import ALL_KINDS, WORD, journal, plain

pytestmark = pytest.mark.anyio


async def test_a_snapshot_stays_and_a_live_link_follows(
    service: Service, patient: Patient, clock: SetClock
) -> None:
    first = (await patient.save(an_entry(score=3)))["entry"]
    snapshot = await share(patient)
    live = await share(patient, mode="live", scope={"last_days": 30, "from": None})
    before = [plain(await opened(service, link)) for link in (snapshot, live)]
    clock.now += timedelta(seconds=5)
    await patient.ask(
        "PATCH",
        f"/v1/entries/{first['id']}",
        headers={"If-Match": f'"{first["revision"]}"'},
        json={"score": 9.5},
    )
    await patient.save(an_entry("anxiety", level=8))
    after = [plain(await opened(service, link)) for link in (snapshot, live)]
    assert after[0] == before[0]
    assert after[1] != before[1]
    assert "9.5" in after[1]
    assert trend_document(await opened(service, snapshot))["mode"] == "snapshot"
    assert trend_document(await opened(service, live))["mode"] == "live"


async def test_texts_answers_and_signals_stay_at_home_by_default(
    service: Service, patient: Patient
) -> None:
    await journal(patient)
    bundle = await opened(service, await share(patient, scope={"kinds": ALL_KINDS}))
    assert complaints(bundle) == []
    text = plain(bundle)
    assert WORD not in text
    assert "not monitored" not in json.dumps(resources(bundle, "Observation"))
    assert not resources(bundle, "QuestionnaireResponse")
    assert "44261-6" in text  # the total of the questionnaire did leave
    types = {each["resourceType"] for each in resources(bundle)}
    assert types == {
        "Patient",
        "DocumentReference",
        "Observation",
        "Procedure",
    } | ({"MedicationStatement"} & types)


async def test_each_opens_its_own_part(service: Service, patient: Patient) -> None:
    await journal(patient)
    notes = await opened(
        service, await share(patient, scope={"kinds": ALL_KINDS, "include_notes": True})
    )
    assert WORD in plain(notes)
    assert not resources(notes, "QuestionnaireResponse")
    answers = await opened(
        service,
        await share(patient, scope={"kinds": ALL_KINDS, "include_assessment_item_answers": True}),
    )
    assert WORD not in plain(answers)
    assert len(resources(answers, "QuestionnaireResponse")) == 1
    for bundle in (notes, answers):
        assert complaints(bundle) == []


BESIDE = {"kinds": ALL_KINDS, "from": "2026-05-20", "to": "2026-05-30"}
OUTSIDE = [
    an_entry(score=1, occurred_at="2026-05-19T20:00:00+02:00"),
    an_entry(score=1, occurred_at="2026-05-31T20:00:00+02:00"),
    an_entry("anxiety", level=10, occurred_at="2026-05-19T20:00:00+02:00"),
    an_entry("flashback", report="episode", distress=9, occurred_at="2026-05-31T01:00:00+02:00"),
    an_entry("session", occurred_at="2026-05-19T10:00:00+02:00", note=WORD),
    an_entry("session", occurred_at="2026-05-31T10:00:00+02:00"),
    an_entry("dissociation", intensity=9, occurred_at="2026-05-31T10:00:00+02:00"),
    an_entry("assessment", occurred_at="2026-05-19T10:00:00+02:00"),
    an_entry("assessment", occurred_at="2026-05-31T10:00:00+02:00"),
]


@pytest.mark.parametrize("kinds", [ALL_KINDS, ["mood", "session"], ["assessment"]])
async def test_an_entry_a_day_outside_changes_nothing_but_times(
    service: Service, patient: Patient, clock: SetClock, kinds: list[str]
) -> None:
    await journal(patient)
    scope = {
        **BESIDE,
        "kinds": kinds,
        "include_notes": True,
        "include_signals": True,
        "include_assessment_item_answers": True,
    }
    link = await share(patient, mode="live", scope=scope)
    seen = plain(await opened(service, link))
    for entry in OUTSIDE:
        clock.now += timedelta(seconds=1)
        await patient.save({**entry, "id": str(UUID(int=UUID(entry["id"]).int ^ clock.now.second))})
        assert plain(await opened(service, link)) == seen
    others = [each for each in ALL_KINDS if each not in kinds]
    for number, kind in enumerate(others):
        clock.now += timedelta(seconds=1)
        inside = f"2026-05-2{number + 2}T09:00:00+02:00"
        await patient.save(an_entry(kind, occurred_at=inside))
        assert plain(await opened(service, link)) == seen


async def test_a_session_outside_the_scope_tells_nothing_through_what_is_linked_to_it(
    service: Service, patient: Patient, clock: SetClock
) -> None:
    day_before = {"occurred_at": "2026-05-19T10:00:00+02:00"}
    session = (await patient.save(an_entry("session", dose_mg=40, **day_before)))["entry"]
    linked = {"spontaneous": False, "session_id": session["id"], "intensity": 8, "distress": 8}
    await patient.save(an_entry("dissociation", occurred_at="2026-05-20T18:00:00+02:00", **linked))
    scope = {**BESIDE, "include_signals": True}
    link = await share(patient, mode="live", scope=scope)
    seen = plain(await opened(service, link))
    assert str(public_id(link.share_id, session["id"])) not in json.dumps(
        resources(await opened(service, link))
    )
    for change in ({"dose_mg": 80}, {"occurred_at": "2026-05-19T20:00:00+02:00"}):
        clock.now += timedelta(seconds=1)
        match = {"If-Match": f'"{session["revision"]}"'}
        path = f"/v1/entries/{session['id']}"
        session = (await patient.ask("PATCH", path, headers=match, json=change)).json()["entry"]
        assert plain(await opened(service, link)) == seen


async def test_ids_are_the_shares_own(service: Service, patient: Patient) -> None:
    entries = await journal(patient)
    scope = {"kinds": ALL_KINDS, "include_notes": True, "include_signals": True}
    links = [await share(patient, scope=scope) for _ in range(2)]
    bundles = [await opened(service, link) for link in links]
    texts = [plain(bundle) for bundle in bundles]
    for entry in entries.values():
        assert not [text for text in texts if entry["id"] in text]
    for place, link in enumerate(links):
        session_id = str(public_id(UUID(link.id), entries["session"]["id"]))
        assert texts[place].count(session_id) >= 3
        assert session_id not in texts[1 - place]
        rows = trend_document(bundles[place])["sessions"]["table"]["rows"]
        assert [row["session_id"] for row in rows] == [session_id]


async def test_the_trends_are_those_of_the_operations(service: Service, patient: Patient) -> None:
    await journal(patient)
    link: Link = await share(patient, scope={"kinds": ALL_KINDS, "include_notes": True})
    document = trend_document(await opened(service, link))
    asked = {"from": "2026-05-01", "to": "2026-06-01"}
    for path in ("summary", "coverage", "flashbacks"):
        answer = await patient.ask("GET", f"/v1/trends/{path}", params=asked)
        assert document[path] == answer.json()
    for path, member in (("slope", "slopes"), ("weekday", "weekday")):
        answer = await patient.ask("GET", f"/v1/trends/{path}", params={**asked, "metric": "mood"})
        assert answer.json() in document[member]


async def test_a_link_to_the_next_appointment_counts_no_day_to_come(
    service: Service, patient: Patient
) -> None:
    await journal(patient)
    await patient.save(
        an_entry("session", status="planned", occurred_at="2026-06-29T10:00:00+02:00")
    )
    scope = {"kinds": ALL_KINDS, "from": "2026-05-18", "to": "2026-06-29", "include_notes": True}
    link = await share(patient, mode="live", scope=scope)
    bundle = await opened(service, link)
    document = trend_document(bundle)
    assert document["scope"]["to"] == "2026-06-29"
    asked = {"from": "2026-05-18", "to": "2026-06-01"}
    for path in ("summary", "coverage", "flashbacks"):
        answer = await patient.ask("GET", f"/v1/trends/{path}", params=asked)
        assert document[path] == answer.json()
    ahead = {**asked, "to": "2026-06-29"}
    answer = await patient.ask("GET", "/v1/trends/timeline", params=ahead)
    told = answer.json()
    assert [each.get("status") for each in told["events"]].count("planned") == 1
    assert document["timeline"] | {"events": []} == told | {"events": []}
    assert len(document["timeline"]["events"]) == len(told["events"])
    page = await patient.ask("GET", "/v1/trends/report.pdf", params=asked)
    assert report_of(bundle) == page.content
    statuses = {each["status"] for each in resources(bundle, "Procedure")}
    assert statuses == {"completed", "preparation"}

"""What a reader sees: the scope and nothing else, frozen or as of now."""

import asyncio
import json
import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from app.sharing.fhir import public_id
from app.sharing.file import encrypted
from app.sharing.material import Material
from tests.clocks import SetClock
from tests.service import Patient, Service, an_entry
from tests.sharing.links import (
    Json,
    Link,
    ask_for,
    manifest,
    opened,
    room,
    share,
    trend_document,
)
from tests.sharing.r4 import complaints, resources

pytestmark = pytest.mark.anyio
ALL_KINDS = ["mood", "anxiety", "flashback", "dissociation", "session", "assessment"]
WORD = "canary-7f3a"
PHQ9 = [{"item": number, "value": 1} for number in range(1, 10)]


async def journal(patient: Patient) -> dict[str, Json]:
    """An entry of every kind with free texts and answers; what was saved, by kind."""
    session = await patient.save(
        an_entry("session", occurred_at="2026-05-20T10:00:00+02:00", intention=WORD, note=WORD)
    )
    entry = session["entry"]
    drafts = [
        an_entry(score=7, note=WORD, tags=[WORD], occurred_at="2026-05-20T20:00:00+02:00"),
        an_entry("anxiety", occurred_at="2026-05-21T20:00:00+02:00", note=WORD),
        an_entry(
            "flashback", report="episode", distress=6, occurred_at="2026-05-22T20:00:00+02:00"
        ),
        an_entry(
            "dissociation",
            spontaneous=False,
            session_id=entry["id"],
            intensity=8,
            occurred_at="2026-05-20T18:00:00+02:00",
        ),
    ]
    phq9 = an_entry(
        "assessment",
        instrument="phq-9",
        answers=PHQ9,
        occurred_at="2026-05-23T20:00:00+02:00",
    )
    del phq9["total"]
    saved = [(await patient.save(draft))["entry"] for draft in [*drafts, phq9]]
    return {each["kind"]: each for each in [entry, *saved]}


def plain(bundle: Json) -> str:
    """The Bundle as text, its documents unpacked and its times taken out."""
    document = trend_document(bundle)
    text = json.dumps(without_data(bundle)) + json.dumps(document)
    return re.sub(r"2026-06-01T12:[0-9:.]+(Z|\+00:00)", "NOW", text)


def without_data(node: Any) -> Any:
    if isinstance(node, dict):
        return {name: without_data(value) for name, value in node.items() if name != "data"}
    return [without_data(each) for each in node] if isinstance(node, list) else node


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


async def test_a_live_link_is_encrypted_anew_only_when_something_changed(
    service: Service, patient: Patient, clock: SetClock
) -> None:
    link = await share(patient, mode="live")
    files = [(await manifest(service, link))["files"][0] for _ in range(3)]
    assert files[0] == files[1] == files[2]
    clock.now += timedelta(minutes=1)
    await patient.save(an_entry())
    changed = (await manifest(service, link))["files"][0]
    assert changed["embedded"] != files[0]["embedded"]
    assert changed["lastUpdated"] > files[0]["lastUpdated"]
    await patient.set_time_zone("Pacific/Kiritimati")
    zoned = (await manifest(service, link))["files"][0]
    assert zoned["embedded"] != changed["embedded"]
    assert trend_document(link.decrypted(zoned["embedded"]))["time_zone"] == "Pacific/Kiritimati"


async def test_a_live_link_follows_the_days(
    service: Service, patient: Patient, clock: SetClock
) -> None:
    link = await share(patient, mode="live", scope={"last_days": 2, "from": None})
    await patient.save(an_entry(score=7))
    assert resources(await opened(service, link), "Observation")
    clock.now += timedelta(days=1)
    document = trend_document(await opened(service, link))
    assert (document["scope"]["from"], document["scope"]["to"]) == ("2026-06-01", "2026-06-02")
    clock.now += timedelta(days=1)
    assert not resources(await opened(service, link), "Observation")


async def test_a_superseded_file_is_readable_until_its_tickets_are_over(
    service: Service, patient: Patient, clock: SetClock
) -> None:
    link = await share(patient, mode="live")
    (old,) = (await manifest(service, link, embeddedLengthMax=0))["files"]
    clock.now += timedelta(minutes=9)
    await patient.save(an_entry())
    (new,) = (await manifest(service, link, embeddedLengthMax=0))["files"]
    texts = [(await service.http.get(each["location"])).text for each in (old, new)]
    assert texts[0] != texts[1]
    assert [link.decrypted(text)["resourceType"] for text in texts] == ["Bundle", "Bundle"]
    clock.now += timedelta(minutes=2)
    await room(service).sweep.once()
    statuses = [(await service.http.get(each["location"])).status_code for each in (old, new)]
    assert statuses == [404, 200]


async def test_many_who_ask_at_once_have_one_file_made(
    service: Service, patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []

    def counted(material: Material, key: str) -> bytes:
        made.append(key)
        return encrypted(material, key)

    monkeypatch.setattr("app.sharing.files.encrypted", counted)
    link = await share(patient, mode="live")
    answers = await asyncio.gather(*(ask_for(service, link, link.passcode) for _ in range(9)))
    bodies = [each.json()["files"][0]["embedded"] for each in answers if each.status_code == 200]
    assert len(bodies) == 9
    assert len(set(bodies)) == len(made) == 1


async def test_every_encryption_has_a_nonce_of_its_own(service: Service, patient: Patient) -> None:
    link = await share(patient, mode="live")
    nonces = set()
    for number in range(5):
        await patient.save(an_entry(score=number))
        nonces.add((await manifest(service, link))["files"][0]["embedded"].split(".")[2])
    assert len(nonces) == 5


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


async def signals_of(service: Service, patient: Patient, **scope: Any) -> list[str]:
    """The codes of the signals that a share shows."""
    wanted = {"kinds": ALL_KINDS, "include_signals": True, **scope}
    bundle = await opened(service, await share(patient, scope=wanted))
    assert complaints(bundle) == []
    return sorted(
        each["valueCodeableConcept"]["coding"][0]["code"]
        for each in resources(bundle, "Observation")
        if each["code"]["coding"][0]["code"] == "signal"
    )


async def test_signals_leave_only_as_far_as_what_they_rest_on_does(
    service: Service, patient: Patient
) -> None:
    await journal(patient)
    all_of_them = await signals_of(service, patient, include_assessment_item_answers=True)
    assert len(all_of_them) >= 2
    scores_only = await signals_of(service, patient)
    assert [each for each in all_of_them if "self-harm" in each] != []
    assert [each for each in scores_only if "self-harm" in each] == []
    assert set(scores_only) < set(all_of_them)
    without_session = await signals_of(service, patient, kinds=["dissociation"])
    assert set(without_session) < set(scores_only)


async def test_a_live_link_follows_the_answer_to_a_signal(
    service: Service, patient: Patient
) -> None:
    await journal(patient)
    scope = {"kinds": ALL_KINDS, "include_signals": True}
    link = await share(patient, mode="live", scope=scope)
    before = await manifest(service, link)
    assert await manifest(service, link) == before
    for signal in (await patient.ask("GET", "/v1/signals")).json()["items"]:
        path = f"/v1/signals/{signal['id']}"
        answer = await patient.ask("PATCH", path, json={"status": "acknowledged"})
        assert answer.status_code == 200
    after = await manifest(service, link)
    assert after != before
    assert "acknowledged" in plain(link.decrypted(after["files"][0]["embedded"]))


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


async def test_a_live_link_shows_the_newest_entries_and_says_that_others_are_left_out(
    service: Service, patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.sharing.material.MOST_SNAPSHOT_ENTRIES", 3)
    for day in range(20, 25):
        await patient.save(an_entry(score=day - 20, occurred_at=f"2026-05-{day}T09:00:00+02:00"))
    link = await share(patient, mode="live", scope={"kinds": ["mood"]})
    bundle = await opened(service, link)
    values = [each["valueQuantity"]["value"] for each in resources(bundle, "Observation")]
    assert values == [2, 3, 4]
    assert "truncated" in trend_document(bundle)["caveats"]


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

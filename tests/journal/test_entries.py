"""Single entries over HTTP: create, read, change, delete, and every refusal."""

import json
from typing import Any
from uuid import uuid4

import pytest

from tests.portability.imports import DAYLIO, commit, entries
from tests.service import Patient, Service, an_entry, is_uuid, problem_of
from tests.sync.merging import content_of
from tests.sync.wire import Wire, edit, faults_of

pytestmark = pytest.mark.anyio
KINDS = ("mood", "anxiety", "flashback", "dissociation", "session", "assessment")


@pytest.mark.parametrize("kind", KINDS)
async def test_what_was_saved_is_read_back_as_sent(patient: Patient, kind: str) -> None:
    draft = an_entry(kind, note="  a line, kept as it is \u00e9  ", tags=["a"])
    saved = await patient.save(draft)
    entry = saved["entry"]
    assert {name: entry[name] for name in draft} == draft
    assert (saved["monitored"], saved["warnings"], saved["signals"]) == (False, [], [])
    assert ("crisis_resources" in saved) == (kind in ("dissociation", "assessment"))
    read = await patient.ask("GET", f"/v1/entries/{draft['id']}")
    assert read.json() == entry
    assert read.headers["ETag"] == f'"{entry["revision"]}"'
    assert entry["source"] == "self"


async def test_the_same_again_is_200_and_other_content_409(patient: Patient) -> None:
    draft = an_entry()
    first = await patient.ask("POST", "/v1/entries", json=draft)
    again = await patient.ask("POST", "/v1/entries", json=draft)
    other = await patient.ask("POST", "/v1/entries", json=draft | {"score": 3})
    assert (first.status_code, again.status_code, other.status_code) == (201, 200, 409)
    assert first.headers["Location"] == f"/v1/entries/{draft['id']}"
    assert first.json()["entry"] == again.json()["entry"]
    assert other.json()["code"] == "entry_exists"


async def test_the_same_id_in_two_accounts_is_two_entries(service: Service) -> None:
    one, other = await service.sign_up(), await service.sign_up()
    draft = an_entry()
    await one.save(draft)
    unseen = await other.ask("GET", f"/v1/entries/{draft['id']}")
    await other.save(draft | {"score": 1})
    assert unseen.status_code == 404
    assert (await one.ask("GET", f"/v1/entries/{draft['id']}")).json()["score"] == 6


async def test_an_upper_case_id_is_stored_in_lower_case(patient: Patient) -> None:
    draft = an_entry()
    saved = await patient.save(draft | {"id": draft["id"].upper()})
    assert is_uuid(saved["entry"]["id"])
    assert (await patient.save(draft, status=200))["entry"] == saved["entry"]


async def test_changes_need_the_current_revision(patient: Patient) -> None:
    draft = an_entry()
    revision = (await patient.save(draft))["entry"]["revision"]
    path = f"/v1/entries/{draft['id']}"
    for method, body in (("PATCH", {"score": 7}), ("PUT", draft), ("DELETE", None)):
        more: dict[str, Any] = {} if body is None else {"json": body}
        bare = await patient.ask(method, path, **more)
        stale = await patient.ask(method, path, headers={"If-Match": '"1"'}, **more)
        weak = await patient.ask(method, path, headers={"If-Match": f'W/"{revision}"'}, **more)
        assert (bare.status_code, stale.status_code, weak.status_code) == (428, 412, 412)
        assert stale.headers["ETag"] == f'"{revision}"'


async def test_a_patch_merges_and_null_clears(patient: Patient) -> None:
    draft = an_entry(energy=4, note="first")
    revision = (await patient.save(draft))["entry"]["revision"]
    answer = await patient.ask(
        "PATCH",
        f"/v1/entries/{draft['id']}",
        headers={"If-Match": f'"{revision}"', "Content-Type": "application/merge-patch+json"},
        content=json.dumps({"score": 8.5, "energy": None}),
    )
    assert answer.status_code == 200, answer.text
    entry = answer.json()["entry"]
    assert (entry["score"], entry["note"]) == (8.5, "first")
    assert "energy" not in entry
    assert entry["revision"] > revision
    assert answer.headers["ETag"] == f'"{entry["revision"]}"'


async def test_a_replacement_clears_what_it_leaves_out(patient: Patient) -> None:
    draft = an_entry(energy=4, note="first", tags=["x"])
    revision = (await patient.save(draft))["entry"]["revision"]
    whole = {name: draft[name] for name in ("kind", "occurred_at", "time_zone")} | {"score": 2}
    answer = await patient.ask(
        "PUT",
        f"/v1/entries/{draft['id']}",
        headers={"If-Match": f'"{revision}"'},
        json=whole,
    )
    entry = answer.json()["entry"]
    assert answer.status_code == 200
    assert not {"energy", "note", "tags"} & set(entry)
    assert entry["score"] == 2


async def test_a_replacement_repeats_that_an_entry_was_imported(patient: Patient) -> None:
    await commit(patient, "daylio", DAYLIO)
    entry = (await entries(patient))[0]
    path, whole = f"/v1/entries/{entry['id']}", content_of(entry) | {"note": "mine"}
    bare = {name: told for name, told in whole.items() if name != "source"}
    for body, source in ((whole, "import"), (bare, "self")):
        match = {"If-Match": f'"{entry["revision"]}"'}
        entry = (await patient.ask("PUT", path, match, json=body)).json()["entry"]
        assert entry["source"] == source
    match = {"If-Match": f'"{entry["revision"]}"'}
    refused = await patient.ask("PUT", path, match, json=whole)
    assert problem_of(refused) == {("unknown_value", "/source")}


async def test_a_change_that_changes_nothing_keeps_the_revision(patient: Patient) -> None:
    draft = an_entry()
    revision = (await patient.save(draft))["entry"]["revision"]
    answer = await patient.ask(
        "PATCH",
        f"/v1/entries/{draft['id']}",
        headers={"If-Match": f'"{revision}"'},
        json={"score": 6.0, "kind": "mood"},
    )
    assert answer.status_code == 200
    assert answer.json()["entry"]["revision"] == revision


@pytest.mark.parametrize(
    ("patch", "fault"),
    [
        ({"kind": "anxiety"}, ("kind_fixed", "/kind")),
        ({"score": None}, ("not_clearable", "/score")),
        ({"score": "6"}, ("wrong_type", "/score")),
        ({"score": 6.25}, ("off_step", "/score")),
        ({"level": 4}, ("unknown_member", "/level")),
        ({"revision": 9}, ("unknown_member", "/revision")),
        ({"occurred_at": "2026-06-01T12:00:00+01:00"}, ("offset_mismatch", "/time_zone")),
        ({"session_id": str(uuid4())}, ("session_not_found", "/session_id")),
    ],
)
async def test_a_patch_that_breaks_a_rule_is_refused(
    patient: Patient, patch: dict[str, Any], fault: tuple[str, str]
) -> None:
    draft = an_entry()
    revision = (await patient.save(draft))["entry"]["revision"]
    answer = await patient.ask(
        "PATCH",
        f"/v1/entries/{draft['id']}",
        headers={"If-Match": f'"{revision}"'},
        json=patch,
    )
    assert (answer.status_code, problem_of(answer)) == (422, {fault})


async def test_a_deleted_entry_leaves_a_tombstone(patient: Patient) -> None:
    draft = an_entry()
    revision = (await patient.save(draft))["entry"]["revision"]
    path = f"/v1/entries/{draft['id']}"
    match = {"If-Match": f'"{revision}"'}
    gone = await patient.ask("DELETE", path, headers=match)
    again = await patient.ask("DELETE", path, headers=match)
    assert (gone.status_code, again.status_code) == (204, 204)
    attempts: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("GET", "", {}),
        ("GET", "/history", {}),
        ("PUT", "", {"json": draft, "headers": match}),
        ("PATCH", "", {"json": {"score": 1}, "headers": match}),
    )
    for method, suffix, more in attempts:
        answer = await patient.ask(method, path + suffix, **more)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), method
    back = await patient.ask("POST", "/v1/entries", json=draft)
    assert (back.status_code, back.json()["code"]) == (409, "entry_deleted")


async def test_the_history_keeps_what_was_superseded(patient: Patient) -> None:
    draft = an_entry(score=1)
    revision = (await patient.save(draft))["entry"]["revision"]
    path = f"/v1/entries/{draft['id']}"
    for score in (2, 3, 4):
        answer = await patient.ask(
            "PATCH", path, headers={"If-Match": f'"{revision}"'}, json={"score": score}
        )
        revision = answer.json()["entry"]["revision"]
    first = (await patient.ask("GET", f"{path}/history", params={"limit": 2})).json()
    rest = (
        await patient.ask("GET", f"{path}/history", params={"cursor": first["next_cursor"]})
    ).json()
    scores = [each["entry"]["score"] for each in first["items"] + rest["items"]]
    assert scores == [3, 2, 1]
    assert "next_cursor" not in rest


async def test_nobody_reads_without_a_token(service: Service, patient: Patient) -> None:
    draft = an_entry()
    await patient.save(draft)
    for method, path in (
        ("GET", "/v1/entries"),
        ("GET", f"/v1/entries/{draft['id']}"),
        ("POST", "/v1/entries"),
        ("GET", "/v1/sync/changes"),
    ):
        answer = await service.http.request(method, path)
        assert (answer.status_code, answer.json()["code"]) == (401, "token_invalid"), path
        assert answer.headers["WWW-Authenticate"] == "Bearer"


async def test_an_appointment_that_lies_ahead_can_be_called_off(patient: Patient) -> None:
    tomorrow, month = "2026-06-02T10:00:00+02:00", "2026-07-01T10:00:00+02:00"
    trend = "/v1/trends/coverage"
    await patient.save(an_entry())
    window = (await patient.ask("GET", trend)).json()["window"]
    planned = [an_entry("session", status="planned", occurred_at=at) for at in (tomorrow, month)]
    saved = [(await patient.save(draft))["entry"] for draft in planned]
    path, match = f"/v1/entries/{saved[0]['id']}", {"If-Match": f'"{saved[0]["revision"]}"'}
    patched = await patient.ask("PATCH", path, match, json={"status": "cancelled"})
    assert (patched.status_code, patched.json()["entry"]["status"]) == (200, "cancelled")
    phone = Wire(patient)
    item = edit(saved[1]["id"], saved[1]["revision"], "session", status="cancelled")
    assert (await phone.push_one(item))["status"] == "applied"
    item["data"]["status"] = "missed"
    item["base_revision"] = (await phone.pull_all())[-1]["revision"]
    assert faults_of([await phone.push_one(item)]) == [("rejected", "in_future", "/occurred_at")]
    assert (await patient.ask("GET", trend)).json()["window"] == window

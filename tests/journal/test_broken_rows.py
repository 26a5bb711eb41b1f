"""One row that does not open: read from its copy, or left out openly; never in the way."""

from datetime import date
from typing import Any

import pytest

from app.journal.store import ENTRY, VERSION
from app.telemetry import SEAL_FAILURES
from tests.journal.broken_rows import (
    DAILY,
    SPOILT,
    Spoil,
    answered,
    named,
    saved,
    seen_of,
    spoil,
    swap,
)
from tests.journal.kept_digests import delete, kept, members, replace
from tests.portability.lives import erase
from tests.service import Patient, Service, an_entry, problem_of

pytestmark = pytest.mark.anyio
# What an answer holds is for the test to say.
Json = dict[str, Any]
UNREADABLE = "entry_unreadable"


@pytest.mark.parametrize("how", SPOILT.values(), ids=SPOILT)
async def test_a_spoilt_row_is_read_from_its_copy_and_told(
    service: Service, patient: Patient, how: Spoil
) -> None:
    await saved(patient, note="beside it")
    entry = await replace(patient, await saved(patient, note="before"), note="as it is")
    whole = await seen_of(patient, entry)
    assert "unreadable" not in str(whole)
    await spoil(service, patient, entry["id"], ENTRY, how=how)
    seen = await kept(service, patient)
    await seen.forget()
    assert len(await seen.headlines()) == 2
    before = SEAL_FAILURES.counts.get(("entry",), 0)
    assert await seen_of(patient, entry) == whole
    assert SEAL_FAILURES.counts["entry",] > before
    changed = await replace(patient, entry, note="and then")
    before = SEAL_FAILURES.counts["entry",]
    assert changed in (await answered(patient, "/v1/entries"))["items"]
    assert SEAL_FAILURES.counts["entry",] == before


@pytest.mark.parametrize("how", SPOILT.values(), ids=SPOILT)
async def test_what_does_not_open_is_named_and_the_rest_is_there(
    service: Service, patient: Patient, how: Spoil
) -> None:
    first, broken, last = [await saved(patient, note=f"number {n}") for n in range(3)]
    await spoil(service, patient, broken["id"], how=how)
    answer = await patient.ask("GET", "/v1/entries")
    listed = answer.json()
    assert answer.status_code == 200
    assert {each["id"] for each in listed["items"]} == {first["id"], last["id"]}
    assert listed["unreadable"] == named(broken)
    same = await patient.ask("GET", "/v1/entries", {"If-None-Match": answer.headers["etag"]})
    assert (same.status_code, same.json()) == (200, listed)
    fault = await patient.ask("GET", f"/v1/entries/{broken['id']}")
    assert (fault.status_code, fault.json()["code"]) == (500, UNREADABLE)
    assert fault.headers["content-type"] == "application/problem+json"
    assert "number" not in fault.text


async def test_pages_go_on_past_what_does_not_open(service: Service, patient: Patient) -> None:
    entries = [await saved(patient) for _ in range(4)]
    for entry in entries[:2]:
        await spoil(service, patient, entry["id"])
    ids: list[str] = []
    told: list[Json] = []
    more: str | None = ""
    while more is not None:
        page = await answered(patient, f"/v1/entries?limit=1{more}")
        ids += [each["id"] for each in page["items"]]
        told += page.get("unreadable", [])
        more = f"&cursor={page['next_cursor']}" if "next_cursor" in page else None
    assert sorted(ids) == sorted(each["id"] for each in entries[2:])
    assert sorted(told, key=str) == sorted(named(*entries[:2]), key=str)


async def test_a_list_of_a_session_names_what_may_belong_to_it(
    service: Service, patient: Patient
) -> None:
    session = await saved(patient, "session", occurred_at="2026-06-01T08:00:00+02:00")
    linked = {"spontaneous": False, "session_id": session["id"]}
    there, broken = [await saved(patient, "dissociation", **linked) for _ in range(2)]
    await spoil(service, patient, broken["id"])
    listed = await answered(patient, f"/v1/entries?session_id={session['id']}")
    assert listed == {"items": [there], "unreadable": named(broken)}


async def test_contents_that_changed_places_are_not_shown_in_them(
    service: Service, patient: Patient
) -> None:
    both = [await saved(patient, note=note) for note in ("mine", "and not this one")]
    await swap(service, patient, *(each["id"] for each in both))
    listed = await answered(patient, "/v1/entries")
    assert listed["items"] == []
    assert sorted(listed["unreadable"], key=str) == sorted(named(*both), key=str)


async def test_it_can_be_deleted(service: Service, patient: Patient) -> None:
    beside, broken = await saved(patient), await saved(patient)
    await spoil(service, patient, broken["id"])
    path = f"/v1/entries/{broken['id']}"
    stale = await patient.ask("DELETE", path, {"If-Match": f'"{beside["revision"]}"'})
    assert (stale.status_code, stale.headers["etag"]) == (412, f'"{broken["revision"]}"')
    await delete(patient, broken)
    await delete(patient, broken)
    answer = await patient.ask("GET", "/v1/entries")
    assert answer.json() == {"items": [beside]}
    same = await patient.ask("GET", "/v1/entries", {"If-None-Match": answer.headers["etag"]})
    assert same.status_code == 304
    assert (await patient.ask("GET", path)).status_code == 404


async def test_a_closed_session_can_be_deleted_and_replaced(
    service: Service, patient: Patient
) -> None:
    at = "2026-06-01T08:00:00+02:00"
    sessions = [await saved(patient, "session", occurred_at=at) for _ in range(2)]
    linked = {"spontaneous": False, "intensity": 7}
    for session in sessions:
        await patient.save(an_entry("dissociation", session_id=session["id"], **linked))
        await spoil(service, patient, session["id"])
    await delete(patient, sessions[0])
    again = await replace(patient, sessions[1], occurred_at="2026-06-01T07:00:00+02:00")
    assert again["revision"] > sessions[1]["revision"]
    assert again["occurred_at"] == "2026-06-01T07:00:00+02:00"


async def test_only_the_whole_can_put_it_right(service: Service, patient: Patient) -> None:
    draft = an_entry(note="as it was")
    broken = (await patient.save(draft))["entry"]
    await spoil(service, patient, broken["id"])
    path, match = f"/v1/entries/{broken['id']}", {"If-Match": f'"{broken["revision"]}"'}
    for answer in (
        await patient.ask("PATCH", path, match, json={"score": 2}),
        await patient.ask("POST", "/v1/entries", json=draft),
        await patient.ask("POST", "/v1/check-ins", json=as_check_in(draft)),
    ):
        assert (answer.status_code, answer.json()["code"]) == (500, UNREADABLE)
    other = await patient.ask("PUT", path, match, json=members(an_entry("anxiety")))
    assert problem_of(other) == {("kind_fixed", "/kind")}
    assert (await answered(patient, "/v1/entries"))["unreadable"] == named(broken)
    again = await replace(patient, broken)
    assert members(again) == members(broken)
    assert again["created_at"] == broken["created_at"]
    assert await answered(patient, "/v1/entries") == {"items": [again]}
    assert await answered(patient, path) == again


def as_check_in(mood: Json) -> Json:
    """The check-in that would make this mood."""
    shared = {name: mood[name] for name in ("occurred_at", "time_zone")}
    own = {name: mood[name] for name in ("id", "score", "note")}
    return {**shared, "mood": own}


async def test_a_closed_entry_has_a_history_and_a_closed_version_is_named(
    service: Service, patient: Patient
) -> None:
    first = await saved(patient, note="first")
    second = await replace(patient, first, note="second")
    third = await replace(patient, second, note="third")
    path = f"/v1/entries/{third['id']}/history"
    await spoil(service, patient, third["id"])
    assert [each["entry"] for each in (await answered(patient, path))["items"]] == [second, first]
    await spoil(service, patient, third["id"], VERSION, revision=second["revision"])
    told = await answered(patient, path)
    assert [each["entry"] for each in told["items"]] == [first]
    assert told["unreadable"] == named(second)


async def test_trends_do_not_count_one_short(service: Service, patient: Patient) -> None:
    await saved(patient, score=2)
    broken = await saved(patient, score=8)
    before = (await answered(patient, DAILY))["days"]
    await spoil(service, patient, broken["id"])
    await saved(patient, "assessment")
    assert (await answered(patient, DAILY))["days"] == before  # of the digest, and still true
    seen = await kept(service, patient)
    await seen.forget()
    await saved(patient, "assessment")
    assert (await answered(patient, DAILY, 500))["code"] == UNREADABLE
    assert (await answered(patient, "/v1/trends/daily?metric=anxiety"))["days"]
    assert await seen.rows() == []
    await delete(patient, broken)
    days = (await answered(patient, DAILY))["days"]
    assert [each["value"] for each in days if "value" in each] == [2]


async def test_trends_do_not_rest_on_what_does_not_open_ahead(
    service: Service, patient: Patient
) -> None:
    path, counted = "/v1/trends/flashbacks", {"report": "daily_count", "count": 0}
    await saved(patient, "flashback", **counted)
    window = (await answered(patient, path))["window"]
    ahead = {"status": "planned", "occurred_at": "2026-06-02T08:00:00+02:00"}
    planned = await saved(patient, "session", **ahead)
    await spoil(service, patient, planned["id"])
    assert (await answered(patient, path))["window"] == window
    assert (await answered(patient, DAILY, 500))["code"] == UNREADABLE  # it shows sessions


async def test_digests_and_day_tables_that_do_not_open_are_made_anew(
    service: Service, patient: Patient
) -> None:
    entry = await saved(patient, score=2)
    before = (await answered(patient, DAILY))["days"]
    seen = await kept(service, patient)
    await seen.spoil_digests()
    await replace(patient, entry, note="so that the digest is asked")
    assert (await answered(patient, DAILY))["days"] == before
    assert await seen.headlines() == await seen.from_entries()
    await seen.spoil_tables()
    await saved(patient, occurred_at="2025-01-01T12:00:00+01:00")
    assert (await answered(patient, DAILY))["days"] == before
    assert date(2026, 6, 1) in await seen.tables()


async def test_an_account_with_a_closed_entry_can_be_erased(
    service: Service, patient: Patient
) -> None:
    await spoil(service, patient, (await saved(patient))["id"])
    assert (await erase(patient)).status_code == 204
    assert (await patient.ask("GET", "/v1/entries")).status_code == 401

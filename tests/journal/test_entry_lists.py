"""Lists of entries and check-ins over HTTP: pages, filters, freshness, all parts or none."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from app.web.paging import encode_cursor
from tests.service import Patient, an_entry, problem_of

pytestmark = pytest.mark.anyio


async def test_a_list_pages_from_newest_to_oldest_without_gaps(patient: Patient) -> None:
    days = [
        f"2026-05-{day:02d}T09:{minute}:00+02:00" for day in range(1, 20) for minute in (10, 40)
    ]
    for instant in days:
        await patient.save(an_entry(occurred_at=instant))
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = (await patient.ask("GET", "/v1/entries", params={"limit": 7, **cursor})).json()
        seen += [each["occurred_at"] for each in page["items"]]
        if "next_cursor" not in page:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert seen == sorted(days, reverse=True)


async def test_a_list_takes_kinds_days_and_a_session(patient: Patient) -> None:
    session = an_entry("session", occurred_at="2026-05-20T10:00:00+02:00")
    await patient.save(session)
    await patient.save(an_entry("mood", occurred_at="2026-05-19T10:00:00+02:00"))
    linked = an_entry("mood", occurred_at="2026-05-20T20:00:00+02:00", session_id=session["id"])
    await patient.save(linked)
    await patient.save(an_entry("anxiety", occurred_at="2026-05-20T21:00:00+02:00"))

    async def listed(**params: Any) -> list[str]:
        answer = await patient.ask("GET", "/v1/entries", params=params)
        assert answer.status_code == 200, answer.text
        return [each["kind"] for each in answer.json()["items"]]

    assert await listed(kind=["mood", "session"]) == ["mood", "session", "mood"]
    assert await listed(**{"from": "2026-05-20", "to": "2026-05-20", "kind": "anxiety"}) == [
        "anxiety"
    ]
    assert await listed(session_id=session["id"]) == ["mood"]
    bad = await patient.ask("GET", "/v1/entries", params={"from": "2026-05-21", "to": "2026-05-20"})
    assert bad.status_code == 422
    assert [each["code"] for each in bad.json()["errors"]] == ["range_reversed"]


async def test_a_list_that_has_not_changed_is_not_sent_again(patient: Patient) -> None:
    await patient.save(an_entry())
    first = await patient.ask("GET", "/v1/entries")
    tag = {"If-None-Match": first.headers["ETag"]}
    assert (await patient.ask("GET", "/v1/entries", headers=tag)).status_code == 304
    await patient.save(an_entry())
    assert (await patient.ask("GET", "/v1/entries", headers=tag)).status_code == 200
    assert first.headers["Cache-Control"] == "private, no-cache"


async def test_a_check_in_saves_all_parts_or_none(patient: Patient) -> None:
    draft: dict[str, Any] = {
        "occurred_at": "2026-06-01T12:00:00+02:00",
        "time_zone": "Europe/Berlin",
        "mood": {"id": str(uuid4()), "score": 5},
        "anxiety": {"id": str(uuid4()), "level": 6.5, "note": "tense"},
        "flashback": {"id": str(uuid4()), "report": "none_today"},
    }
    made = await patient.ask("POST", "/v1/check-ins", json=draft)
    again = await patient.ask("POST", "/v1/check-ins", json=draft)
    assert (made.status_code, again.status_code) == (201, 200)
    assert [each["entry"]["kind"] for each in made.json()["items"]] == [
        "mood",
        "anxiety",
        "flashback",
    ]
    other = draft | {
        "mood": {"id": str(uuid4()), "score": 5},
        "anxiety": {"id": draft["anxiety"]["id"], "level": 1},
    }
    assert (await patient.ask("POST", "/v1/check-ins", json=other)).status_code == 409
    listed = (await patient.ask("GET", "/v1/entries")).json()["items"]
    assert len(listed) == 3
    empty = {"occurred_at": draft["occurred_at"], "time_zone": draft["time_zone"]}
    answer = await patient.ask("POST", "/v1/check-ins", json=empty)
    assert problem_of(answer) == {("empty_check_in", "")}
    wrong = draft | {"mood": {"id": str(uuid4()), "score": 11}}
    answer = await patient.ask("POST", "/v1/check-ins", json=wrong)
    assert problem_of(answer) == {("out_of_range", "/mood/score")}


async def test_a_check_in_tells_the_faults_of_all_its_parts(patient: Patient) -> None:
    draft: dict[str, Any] = {
        "occurred_at": "2026-06-01T12:00:00+01:00",
        "time_zone": "Europe/Berlin",
        "mood": {"id": str(uuid4()), "score": 5},
        "anxiety": {"id": str(uuid4()), "level": 6, "peak": 3},
        "flashback": {"id": str(uuid4()), "report": "daily_count", "count": 2},
    }
    answer = await patient.ask("POST", "/v1/check-ins", json=draft)
    of_parts = {
        ("peak_needs_day_scope", "/anxiety/peak"),
        ("worst_distress_required", "/flashback/worst_distress"),
    }
    assert problem_of(answer) == {("offset_mismatch", "/time_zone")} | of_parts
    assert len(answer.json()["errors"]) == 3
    mended = draft | {"occurred_at": "2026-06-01T12:00:00+02:00"}
    answer = await patient.ask("POST", "/v1/check-ins", json=mended)
    assert problem_of(answer) == of_parts
    assert (await patient.ask("GET", "/v1/entries")).json()["items"] == []


INSTANTS = ("2026-06-01T12:00:00", "2026-06-01", "0001-01-01T00:00:00+14:00")
NO_PLACES = [
    *[encode_cursor(text, str(UUID(int=1))) for text in INSTANTS],
    encode_cursor("2026-06-01T12:00:00+00:00", "1"),
    encode_cursor(7),
]


@pytest.mark.parametrize("cursor", NO_PLACES)
@pytest.mark.parametrize("path", ["/v1/entries", "/v1/signals"])
async def test_a_cursor_made_by_hand_is_none_of_this_list(
    patient: Patient, path: str, cursor: str
) -> None:
    answer = await patient.ask("GET", path, params={"cursor": cursor})
    assert answer.status_code == 422
    assert [each["code"] for each in answer.json()["errors"]] == ["bad_cursor"]


@pytest.mark.parametrize("below", [0, -1, -(10**30), 10**30, 2**63])
async def test_a_cursor_made_by_hand_is_none_of_a_history(patient: Patient, below: int) -> None:
    entry_id = (await patient.save(an_entry()))["entry"]["id"]
    query = {"cursor": encode_cursor(below)}
    answer = await patient.ask("GET", f"/v1/entries/{entry_id}/history", params=query)
    assert answer.status_code == 422
    assert [each["code"] for each in answer.json()["errors"]] == ["bad_cursor"]


async def test_an_entry_is_kept_by_no_cache_and_sent_as_its_tag_has_it(patient: Patient) -> None:
    saved = (await patient.save(an_entry(note="a long day " * 100)))["entry"]
    path = f"/v1/entries/{saved['id']}"
    read = await patient.ask("GET", path)
    same = await patient.ask("GET", path, {"If-None-Match": read.headers["ETag"]})
    assert (read.status_code, same.status_code) == (200, 304)
    for answer in (read, same):
        assert answer.headers.get_list("Cache-Control") == ["no-store"]
        assert answer.headers.keys().isdisjoint({"content-encoding", "vary"})


@pytest.mark.parametrize("form", ["{%s}", "urn:uuid:%s"])
async def test_a_session_is_named_in_the_one_form_of_an_id(patient: Patient, form: str) -> None:
    answer = await patient.ask("GET", "/v1/entries", params={"session_id": form % uuid4()})
    assert answer.status_code == 422
    assert [each["code"] for each in answer.json()["errors"]] == ["bad_uuid"]

"""Making links over HTTP: what is refused, and what the patient gets back."""

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest

from app.sharing.schemas import ShareDraft
from app.sharing.store import load_share
from tests.clocks import SetClock
from tests.service import Patient, Service, an_entry, problem_of
from tests.sharing.links import (
    a_draft,
    account_of,
    ask_for,
    create,
    opened,
    room,
    share,
    taken_apart,
    trend_document,
)

pytestmark = pytest.mark.anyio


async def test_the_answer_holds_the_link_and_everything_filled_in(patient: Patient) -> None:
    draft = a_draft()
    await patient.step_up()
    answer = await create(patient, draft)
    assert answer.headers["location"] == f"/v1/shares/{draft['id']}"
    assert answer.headers["cache-control"] == "no-store"
    body = answer.json()
    link, passcode = body.pop("link"), body.pop("passcode")
    assert body == {
        **draft,
        "scope": {
            **draft["scope"],
            "include_notes": False,
            "include_signals": False,
            "include_assessment_item_answers": False,
        },
        "expires_at": "2026-06-08T12:00:00Z",
        "label": "Journal",
        "status": "active",
        "created_at": "2026-06-01T12:00:00Z",
        "tries_left": 10,
        "openings": 0,
    }
    assert len(passcode) == 8
    assert link.startswith("http://afterglow.test/view#shlink:/")
    payload = taken_apart(link)
    assert list(payload) == ["url", "flag", "key", "exp", "label", "v"]
    assert payload["url"].startswith("http://afterglow.test/shl/")
    assert (payload["flag"], payload["exp"], payload["label"], payload["v"]) == (
        "P",
        1780920000,
        "Journal",
        1,
    )


async def test_a_direct_link_lives_an_hour_and_has_no_passcode(patient: Patient) -> None:
    link = await share(patient, kind="direct")
    assert link.share["expires_at"] == "2026-06-01T13:00:00Z"
    assert "passcode" not in link.share
    assert link.payload["flag"] == "U"


async def test_the_same_again_gives_the_same_share(
    service: Service, patient: Patient, clock: SetClock
) -> None:
    draft = a_draft()
    first = await share(patient, draft)
    clock.now += timedelta(minutes=1)
    await patient.save(an_entry())
    second = await create(patient, draft)
    assert (second.status_code, second.json()) == (200, first.share)
    assert (await ask_for(service, first, first.passcode)).status_code == 200


async def test_the_same_id_with_another_draft_is_a_conflict(patient: Patient) -> None:
    draft = a_draft()
    await share(patient, draft)
    for other in ({"label": "Other"}, {"passcode": "Blue Heron"}, {"private_note": "x"}):
        refused = await create(patient, {**draft, **other})
        assert (refused.status_code, refused.json()["code"]) == (409, "share_exists")
    scope = {**draft["scope"], "include_notes": True}
    assert (await create(patient, {**draft, "scope": scope})).status_code == 409


async def test_the_same_at_the_same_moment_makes_one_share(patient: Patient) -> None:
    draft = a_draft()
    await patient.step_up()
    answers = await asyncio.gather(*(create(patient, draft) for _ in range(6)))
    assert sorted(each.status_code for each in answers) == [200] * 5 + [201]
    assert len({json.dumps(each.json()) for each in answers}) == 1


async def test_a_retry_answers_although_the_draft_would_be_refused_by_now(
    patient: Patient, clock: SetClock
) -> None:
    draft = a_draft(expires_at="2026-06-01T12:01:30Z")
    await share(patient, draft)
    clock.now += timedelta(minutes=1)
    assert (await create(patient, draft)).status_code == 200
    clock.now += timedelta(minutes=1)
    answer = await create(patient, draft)
    assert (answer.status_code, answer.json()["status"]) == (200, "expired")
    assert "link" not in answer.json()


LATE = {"expires_at": "2026-06-03T12:00:01Z"}


@pytest.mark.parametrize(
    ("members", "fault"),
    [
        ({"kind": "direct", "passcode": "Blue Heron"}, ("passcode_not_for_kind", "/passcode")),
        ({"kind": "direct", "mode": "live"}, ("mode_not_for_kind", "/mode")),
        ({"kind": "direct", **LATE}, ("expires_too_late", "/expires_at")),
        ({"expires_at": "2026-06-01T12:00:59Z"}, ("expires_too_soon", "/expires_at")),
        ({"expires_at": "2026-08-30T12:00:01Z"}, ("expires_too_late", "/expires_at")),
        ({"scope": {"to": "2026-04-30"}}, ("range_reversed", "/scope/to")),
        ({"scope": {"from": "2024-05-31"}}, ("range_too_long", "/scope/to")),
        (
            {"scope": {"from": "0001-01-01", "to": "0001-02-01"}},
            ("out_of_range", "/scope/from"),
        ),
        (
            {"scope": {"from": "9999-12-01", "to": "9999-12-31"}},
            ("out_of_range", "/scope/to"),
        ),
        ({"scope": {"from": "2026-06-03", "to": "2026-06-30"}}, ("in_future", "/scope/from")),
        ({"scope": {"kinds": []}}, ("too_few", "/scope/kinds")),
        ({"scope": {"kinds": ["mood", "mood"]}}, ("duplicate", "/scope/kinds/1")),
        ({"passcode": "12345"}, ("too_short", "/passcode")),
        ({"max_openings": 0}, ("out_of_range", "/max_openings")),
        ({"label": "x" * 81}, ("too_long", "/label")),
        ({"colour": "red"}, ("unknown_member", "/colour")),
    ],
)
async def test_a_wrong_draft_is_refused(
    patient: Patient, members: dict[str, Any], fault: tuple[str, str]
) -> None:
    await patient.step_up()
    answer = await create(patient, a_draft(**members))
    assert answer.status_code == 422
    assert fault in problem_of(answer)
    assert (await patient.ask("GET", "/v1/shares")).json() == {"items": []}


@pytest.mark.parametrize(
    "days",
    [("1900-01-01", "1900-01-01"), ("2026-06-02", "2028-06-01"), ("1900-01-01", "1901-12-31")],
)
async def test_the_furthest_dates_make_a_link_that_opens(
    service: Service, patient: Patient, days: tuple[str, str]
) -> None:
    link = await share(patient, scope={"from": days[0], "to": days[1]})
    assert trend_document(await opened(service, link))["scope"]["to"] == days[1]


async def test_today_is_the_patients_own(patient: Patient) -> None:
    await patient.set_time_zone("Pacific/Kiritimati")
    await patient.step_up()
    scope = {"kinds": ["mood"], "from": "2026-06-02"}
    live = {**a_draft(mode="live"), "scope": scope}
    assert (await create(patient, live)).status_code == 201
    await patient.set_time_zone("Pacific/Honolulu")
    live = {**a_draft(mode="live"), "scope": scope}
    assert problem_of(await create(patient, live)) == {("range_reversed", "/scope/from")}


async def test_a_snapshot_holds_so_many_entries_and_no_more(
    patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.sharing.material.MOST_SNAPSHOT_ENTRIES", 3)
    monkeypatch.setattr("app.sharing.rules.MOST_SNAPSHOT_ENTRIES", 3)
    for _ in range(3):
        await patient.save(an_entry())
    await share(patient)
    await patient.save(an_entry("flashback"))
    await share(patient)
    await patient.save(an_entry("anxiety"))
    answer = await create(patient, a_draft())
    assert answer.status_code == 422
    assert problem_of(answer) == {("scope_too_large", "/scope")}
    await share(patient, mode="live")


async def test_a_draft_is_known_again_by_a_keyed_hash_of_its_owner_and_of_all_it_says(
    service: Service, patient: Patient
) -> None:
    draft, account = a_draft(expires_at="2026-06-02T12:00:00Z"), await account_of(service, patient)
    link, house = await share(patient, draft), room(service).equipment
    row = await house.database.read(account, lambda work: load_share(work, account, link.share_id))
    assert row is not None
    told = [str(account), ShareDraft.model_validate(draft).model_dump(mode="json")]
    assert row.draft_digest == house.vault.blind_index("share_draft", json.dumps(told))

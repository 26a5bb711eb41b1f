"""Making links over HTTP: who may, what is refused, and what the patient gets back."""

import asyncio
import io
import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
import zxingcpp
from PIL import Image

from app.database import Database
from tests.clocks import SetClock
from tests.service import Patient, Service, an_entry, problem_of
from tests.sharing.links import (
    Json,
    Link,
    a_draft,
    account_of,
    ask_for,
    chain,
    manifest,
    revoke,
    share,
    state,
    taken_apart,
)

pytestmark = pytest.mark.anyio


async def create(patient: Patient, draft: Json) -> httpx.Response:
    """Ask for a share."""
    return await patient.ask("POST", "/v1/shares", json=draft)


async def test_a_fresh_proof_is_needed(patient: Patient, clock: SetClock) -> None:
    draft = a_draft()
    refused = await create(patient, draft)
    assert (refused.status_code, refused.json()["code"]) == (403, "step_up_required")
    await patient.step_up()
    clock.now += timedelta(minutes=5)
    assert (await create(patient, draft)).status_code == 403
    await patient.step_up()
    assert (await create(patient, draft)).status_code == 201


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


async def test_the_list_holds_no_secret_and_goes_page_by_page(
    patient: Patient, clock: SetClock
) -> None:
    links = []
    for number in range(5):
        clock.now += timedelta(seconds=1)
        links.append(await share(patient, private_note=f"Number {number}"))
    seen: list[Json] = []
    cursor: dict[str, str] = {}
    for _ in range(3):
        page = (await patient.ask("GET", "/v1/shares", params={"limit": 2, **cursor})).json()
        seen += page["items"]
        cursor = {"cursor": page["next_cursor"]} if "next_cursor" in page else {}
    assert cursor == {}
    assert [each["private_note"] for each in seen] == [f"Number {n}" for n in (4, 3, 2, 1, 0)]
    for each, link in zip(seen, reversed(links), strict=True):
        assert each == {n: v for n, v in link.share.items() if n not in ("link", "passcode")}


async def test_the_link_can_be_read_back_and_that_is_told(
    service: Service, patient: Patient, database: Database
) -> None:
    link = await share(patient)
    assert await state(patient, link) == link.share
    await ask_for(service, link, "WRONG234")
    await manifest(service, link)
    await ask_for(service, link)
    await revoke(patient, link)
    await state(patient, link)
    await ask_for(service, link)
    told = await chain(database, await account_of(service, patient), link.id)
    assert told == [
        ("share.created", "done", "device"),
        ("share.read_back", "done", "device"),
        ("share.passcode_wrong", "refused", "reader"),
        ("share.opened", "done", "reader"),
        ("share.revoked", "done", "device"),
        ("share.refused", "refused", "reader"),
    ]


async def test_burning_out_is_told(service: Service, patient: Patient, database: Database) -> None:
    link = await share(patient)
    for _ in range(10):
        await ask_for(service, link, "WRONG234")
    told = await chain(database, await account_of(service, patient), link.id)
    actions = [action for action, _, _ in told]
    assert actions == ["share.created", *["share.passcode_wrong"] * 9, "share.locked"]


QR_PATHS = ("qr.svg", "qr.png")


@pytest.mark.parametrize("form", [{}, {"form": "viewer"}, {"form": "bare"}])
async def test_the_qr_code_holds_the_link(patient: Patient, form: dict[str, str]) -> None:
    link = await share(patient)
    answer = await patient.ask("GET", f"/v1/shares/{link.id}/qr.png", params=form)
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["cache-control"] == "no-store"
    picture = Image.open(io.BytesIO(answer.content))
    (found,) = zxingcpp.read_barcodes(picture)
    expected = str(link.share["link"])
    assert found.text == (expected.partition("#")[2] if form == {"form": "bare"} else expected)
    vectors = await patient.ask("GET", f"/v1/shares/{link.id}/qr.svg", params=form)
    assert vectors.headers["content-type"] == "image/svg+xml"
    assert b"<svg" in vectors.content


@pytest.mark.parametrize("picture", QR_PATHS)
async def test_a_dead_link_has_no_qr_code(patient: Patient, picture: str) -> None:
    link = await share(patient)
    await revoke(patient, link)
    answer = await patient.ask("GET", f"/v1/shares/{link.id}/{picture}")
    assert answer.status_code == 404


def paths(link: Link) -> list[tuple[str, str]]:
    """Every operation on one share."""
    one = f"/v1/shares/{link.id}"
    reads = [("GET", f"{one}{more}") for more in ("", "/accesses", *(f"/{q}" for q in QR_PATHS))]
    return [*reads, ("DELETE", one)]


async def test_another_patients_share_is_no_share(service: Service, patient: Patient) -> None:
    link = await share(patient)
    other = await service.sign_up()
    for method, path in paths(link):
        foreign = await other.ask(method, path)
        unknown = await other.ask(method, path.replace(link.id, str(uuid4())))
        assert (foreign.status_code, unknown.status_code) == (404, 404)
        assert foreign.json()["code"] == unknown.json()["code"] == "not_found"
    assert (await other.ask("GET", "/v1/shares")).json() == {"items": []}
    assert (await other.ask("DELETE", "/v1/shares")).status_code == 204
    assert (await state(patient, link))["status"] == "active"


async def test_two_patients_may_use_the_same_id(service: Service, patient: Patient) -> None:
    draft = a_draft()
    other = await service.sign_up()
    mine, theirs = await share(patient, draft), await share(other, draft)
    assert mine.token != theirs.token
    await revoke(other, theirs)
    assert (await ask_for(service, mine, mine.passcode)).status_code == 200


async def test_nobody_gets_anything_without_signing_in(service: Service, patient: Patient) -> None:
    link = await share(patient)
    for method, path in [*paths(link), ("GET", "/v1/shares"), ("DELETE", "/v1/shares")]:
        assert (await service.http.request(method, path)).status_code == 401
    assert (await service.http.post("/v1/shares", json=a_draft())).status_code == 401


async def test_revoking_all_ends_every_link_but_not_anothers(
    service: Service, patient: Patient
) -> None:
    other = await service.sign_up()
    theirs = await share(other)
    links = [await share(patient), await share(patient, kind="direct")]
    assert (await patient.ask("DELETE", "/v1/shares")).status_code == 204
    assert [(await state(patient, link))["status"] for link in links] == ["revoked", "revoked"]
    assert (await ask_for(service, theirs, theirs.passcode)).status_code == 200

"""The patient reads the chain: newest first, in pages, and nobody else's."""

import re
from pathlib import Path
from typing import get_args
from uuid import uuid4

import pytest

from app.audit.actions import AuditAction
from tests.audit.trails import events_of
from tests.service import PASSWORD, Patient, Service, an_entry

pytestmark = pytest.mark.anyio
PATH = "/v1/audit-events"
GUIDE = Path(__file__).parents[2] / "docs/clients/audit.md"
WORDS = "heron"


async def test_newest_first_in_pages_without_a_gap(patient: Patient) -> None:
    for _ in range(6):
        await patient.save(an_entry(note=WORDS))
    numbers: list[int] = []
    cursor: dict[str, str | None] = {}
    for size in (3, 3, 1):
        page = (await patient.ask("GET", PATH, params={"limit": 3, **cursor})).json()
        assert len(page["items"]) == size
        numbers += [each["number"] for each in page["items"]]
        cursor = {"cursor": page.get("next_cursor")}
        await patient.save(an_entry())
    assert numbers == [7, 6, 5, 4, 3, 2, 1]
    assert cursor == {"cursor": None}


async def test_an_event_says_what_was_done_by_whom_and_when(
    service: Service, patient: Patient
) -> None:
    draft = an_entry(note=WORDS)
    answer = await patient.ask("POST", "/v1/entries", json=draft)
    listed = await patient.ask("GET", PATH, params={"limit": 1})
    assert listed.json()["items"] == [
        {
            "number": 2,
            "at": "2026-06-01T12:00:00Z",
            "action": "entry.created",
            "outcome": "done",
            "actor": {
                "kind": "device",
                "id": patient.tokens["device"]["id"],
                "this_device": True,
            },
            "object": {"kind": "entry", "id": draft["id"]},
            "request_id": answer.headers["X-Request-Id"],
        }
    ]
    body = {"method": "password", "email": patient.email, "password": PASSWORD}
    device = {"device": {"name": "Tablet", "platform": "test"}}
    tokens = (await service.http.post("/v1/tokens", json=body | device)).json()
    other = Patient(service.http, patient.email, tokens)
    seen = [each["actor"]["this_device"] for each in await events_of(other)]
    assert seen == [False, False, True]
    assert WORDS not in listed.text


async def test_many_entries_at_once_are_counted(patient: Patient) -> None:
    items = [
        {"id": draft.pop("id"), "op": "upsert", "data": draft}
        for draft in (an_entry() for _ in range(3))
    ]
    push = {"device_id": "phone", "changes": items}
    await patient.ask("POST", "/v1/sync/changes", json=push)
    assert (await events_of(patient))[-1]["object"] == {"kind": "entry", "count": 3}


async def test_an_unchanged_chain_is_304_and_the_tag_is_of_page_and_device(
    service: Service, patient: Patient
) -> None:
    first = await patient.ask("GET", PATH)
    assert first.headers["Cache-Control"] == "private, no-cache"
    told = {"If-None-Match": first.headers["ETag"]}
    unchanged = await patient.ask("GET", PATH, told)
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    assert (await patient.ask("GET", PATH, told, params={"limit": 1})).status_code == 200
    stranger = await service.sign_up()
    assert (await stranger.ask("GET", PATH, told)).status_code == 200
    await patient.save(an_entry())
    assert (await patient.ask("GET", PATH, told)).status_code == 200


FOREIGN = ["x", "WzBd", "Wy0xXQ", "WyJhIl0", "WzFlOV0", "WzMwMDAwMDAwMDAwXQ"]


@pytest.mark.parametrize("cursor", FOREIGN)
async def test_a_cursor_of_another_list_is_refused(patient: Patient, cursor: str) -> None:
    answer = await patient.ask("GET", PATH, params={"cursor": cursor})
    assert answer.status_code == 422
    assert answer.json()["errors"][0] == {
        "parameter": "cursor",
        "code": "bad_cursor",
        "message": "This is not a cursor of this list.",
    }


async def test_nobody_reads_anothers_chain(service: Service, patient: Patient) -> None:
    entry = await patient.save(an_entry())
    other = await service.sign_up()
    assert [each["action"] for each in await events_of(other)] == ["account.created"]
    assert entry["entry"]["id"] not in str(await events_of(other))
    assert (await service.http.get(PATH)).status_code == 401
    unknown = {"Authorization": f"Bearer {uuid4()}"}
    assert (await service.http.get(PATH, headers=unknown)).status_code == 401


def test_the_guide_explains_every_code_and_no_other() -> None:
    rows = re.findall(r"^\| `([a-z_.]+)` \| (\S.+) \|.*\|$", GUIDE.read_text(), re.MULTILINE)
    explained = [code for code, _ in rows if code != "action"]
    assert sorted(explained) == sorted(set(explained))
    assert set(explained) == set(get_args(AuditAction.__value__))

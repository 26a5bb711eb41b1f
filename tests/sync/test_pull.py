"""The change feed: cursors and their bounds, short pages, tombstones, state and not log."""

from typing import Any
from uuid import uuid4

import pytest

from tests.service import Service, an_entry, problem_of
from tests.sync.wire import Wire, edit, removal, upsert

pytestmark = pytest.mark.anyio
EPOCH = 2**40
MOST_BODY_BYTES = 1024 * 1024


async def test_an_empty_journal_hands_out_a_cursor_that_is_not_zero(phone: Wire) -> None:
    page = await phone.pull()
    assert page == {"changes": [], "cursor": 1, "has_more": False}
    assert await phone.pull(1) == page


async def test_what_changed_comes_once_in_the_order_of_the_changes(phone: Wire) -> None:
    drafts = [an_entry(note=str(number)) for number in range(5)]
    made = await phone.push(*map(upsert, drafts))
    await phone.push(edit(drafts[1]["id"], made[1]["revision"], note="edited"))
    page = await phone.pull()
    assert [each["id"] for each in page["changes"]] == [
        *(drafts[number]["id"] for number in (0, 2, 3, 4, 1)),
    ]
    assert page["cursor"] == page["changes"][-1]["revision"]


async def test_an_entry_edited_fifty_times_comes_once_in_its_newest_state(phone: Wire) -> None:
    draft = an_entry()
    base = (await phone.push_one(upsert(draft)))["revision"]
    for number in range(50):
        base = (await phone.push_one(edit(draft["id"], base, note=str(number))))["revision"]
    (change,) = await phone.pull_all(limit=1)
    assert (change["entry"]["note"], change["revision"]) == ("49", base)


async def test_a_change_is_the_entry_as_it_is_read(phone: Wire) -> None:
    draft = an_entry("flashback", note="read", tags=["x"])
    await phone.push(upsert(draft))
    (change,) = (await phone.pull())["changes"]
    read = await phone.patient.ask("GET", f"/v1/entries/{draft['id']}")
    assert change == {
        "id": draft["id"],
        "revision": read.json()["revision"],
        "deleted": False,
        "entry": read.json(),
    }


@pytest.mark.parametrize("limit", [1, 2, 7, 200])
async def test_pages_of_any_size_bring_the_same(phone: Wire, limit: int) -> None:
    drafts = [an_entry() for _ in range(7)]
    await phone.push(*map(upsert, drafts))
    await phone.push(removal(drafts[3]["id"]))
    changes = await phone.pull_all(limit=limit)
    expected = [draft["id"] for draft in (*drafts[:3], *drafts[4:], drafts[3])]
    assert [each["id"] for each in changes] == expected


async def test_only_has_more_tells_the_end(phone: Wire) -> None:
    await phone.push(*[upsert(an_entry()) for _ in range(4)])
    full = await phone.pull(limit=4)
    part = await phone.pull(limit=3)
    assert (full["has_more"], full["cursor"]) == (False, 5)
    assert (part["has_more"], part["cursor"]) == (True, part["changes"][-1]["revision"])


async def test_the_end_is_the_head_also_when_its_entry_was_seen_before(phone: Wire) -> None:
    draft = an_entry()
    await phone.push(upsert(draft), edit(draft["id"], 2, note="later"))
    page = await phone.pull(1)
    assert (len(page["changes"]), page["cursor"]) == (1, 3)


async def test_what_changes_while_paging_comes_later_instead(phone: Wire) -> None:
    drafts = [an_entry(note=str(number)) for number in range(6)]
    await phone.push(*map(upsert, drafts))
    first = await phone.pull(limit=3)
    await phone.push(edit(drafts[1]["id"], 3, note="again"), edit(drafts[4]["id"], 6, note="late"))
    rest = await phone.pull_all(first["cursor"], limit=2)
    assert [each["entry"]["note"] for each in rest] == ["3", "5", "again", "late"]


async def test_tombstones_come_from_the_beginning_too(phone: Wire) -> None:
    unknown = str(uuid4())
    await phone.push(removal(unknown))
    assert (await phone.pull())["changes"] == [{"id": unknown, "revision": 2, "deleted": True}]


async def test_a_page_ends_before_its_bodies_pass_one_mebibyte(phone: Wire) -> None:
    drafts = [an_entry(note="🫥" * 2000) for _ in range(300)]
    for start in range(0, 300, 100):
        await phone.push(*map(upsert, drafts[start : start + 100]))
    pages = []
    page: dict[str, Any] = {"has_more": True, "cursor": 0}
    while page["has_more"]:
        answer = await phone.ask_pull(cursor=page["cursor"])
        page = answer.json()
        pages.append(page["changes"])
        assert len(answer.content) < MOST_BODY_BYTES + 1000
    assert all(100 < len(page) < 200 for page in pages[:-1])
    assert [each["id"] for page in pages for each in page] == [draft["id"] for draft in drafts]


async def test_own_texts_count_into_the_size_of_a_page(phone: Wire) -> None:
    drafts = [an_entry(note="🫥" * 2000) for _ in range(100)]
    made = await phone.push(*map(upsert, drafts))
    edits = [edit(each["id"], each["revision"], energy=3) for each in made]
    await phone.of("phone-b").push(*edits)
    answer = await phone.ask_pull(device_id=phone.device_id)
    assert answer.json()["has_more"] is True
    assert len(answer.content) < MOST_BODY_BYTES + 1000
    changes = await phone.pull_all()
    assert len(changes) == 100
    assert all("own" in each for each in changes)


@pytest.mark.parametrize("cursor", [3, EPOCH - 1, EPOCH, EPOCH + 1, 2**53 - 1])
async def test_a_cursor_of_another_life_asks_for_a_new_beginning(phone: Wire, cursor: int) -> None:
    await phone.push(upsert(an_entry()))
    answer = await phone.ask_pull(cursor=cursor)
    assert (answer.status_code, answer.json()["code"]) == (410, "sync_reset_required")
    assert (await phone.ask_pull(cursor=2)).status_code == 200


@pytest.mark.parametrize(
    "query",
    [
        {"cursor": "-1"},
        {"cursor": "9007199254740992"},
        {"cursor": "1.0"},
        {"cursor": "1e3"},
        {"cursor": "+1"},
        {"cursor": " 1"},
        {"cursor": "1_0"},
        {"cursor": "٣"},
        {"cursor": ""},
        {"cursor": "zaubernuss"},
        {"cursor": "9" * 5000},
        {"limit": "0"},
        {"limit": "201"},
        {"limit": "ten"},
        {"device_id": ""},
        {"device_id": "zaubernuss "},
        {"device_id": "a" * 65},
        {"since": "1"},
        [("cursor", "1"), ("cursor", "2")],
    ],
)
async def test_a_wrong_query_is_refused_without_telling_it(phone: Wire, query: Any) -> None:
    answer = await phone.patient.ask("GET", "/v1/sync/changes", params=query)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
    assert problem_of(answer)
    assert "zaubernuss" not in answer.text


async def test_a_patient_never_reads_the_feed_of_another(phone: Wire, service: Service) -> None:
    other = Wire(await service.sign_up())
    await phone.push(upsert(an_entry()))
    assert (await other.pull())["changes"] == []


async def test_single_saves_and_check_ins_come_by_the_same_feed(phone: Wire) -> None:
    saved = await phone.patient.save(an_entry())
    mood = {"id": str(uuid4()), "score": 5}
    envelope = {"occurred_at": "2026-06-01T12:00:00+02:00", "time_zone": "Europe/Berlin"}
    made = await phone.patient.ask("POST", "/v1/check-ins", json=envelope | {"mood": mood})
    assert made.status_code == 201
    await phone.patch(saved["entry"], note="by the browser")
    assert [each["id"] for each in await phone.pull_all()] == [mood["id"], saved["entry"]["id"]]

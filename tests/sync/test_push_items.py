"""Items side by side in one push: order, repeats, garbage, sessions; and what text they keep."""

import json
from typing import Any
from uuid import uuid4

import pytest

from tests.service import an_entry
from tests.sync.wire import Wire, edit, faults_of, removal, upsert

pytestmark = pytest.mark.anyio
SECRET = "zaubernuss"
LONG_NAME = SECRET * 40
TEXTS = (
    "  kept, blanks and all \t\n",
    "é and e\u0301 are two texts",
    "𝒜🫥 family: 👩\u200d👩\u200d👧",
    "right \u202e to left \u202c ﷽",
    'quotes " \\ / \u007f \u2028 \u2029 \ufeff',
    "İıẞßΣς",
)


async def test_one_bad_item_never_holds_up_its_neighbours(phone: Wire) -> None:
    first, last = an_entry(note="first"), an_entry("anxiety", note="last")
    garbage: list[Any] = [None, [], "x", 4.5, True, {}, {"id": {}}, {"id": str(uuid4()), "op": []}]
    results = await phone.push(upsert(first), *garbage, upsert(an_entry(score=11)), upsert(last))
    assert [each["status"] for each in results] == [
        "applied",
        *["rejected"] * (len(garbage) + 1),
        "applied",
    ]
    kept = {each["id"] for each in (await phone.pull())["changes"]}
    assert kept == {first["id"], last["id"]}


@pytest.mark.parametrize(
    ("base", "code"),
    [
        ("1", "wrong_type"),
        (1.0, "wrong_type"),
        (True, "wrong_type"),
        (None, "wrong_type"),
        (-1, "out_of_range"),
        (2**53, "out_of_range"),
    ],
)
async def test_a_base_revision_is_a_whole_number(phone: Wire, base: object, code: str) -> None:
    results = await phone.push(upsert(an_entry()) | {"base_revision": base})
    assert faults_of(results) == [("rejected", code, "/base_revision")]


async def test_numbers_follow_the_order_of_the_request(phone: Wire) -> None:
    drafts = [an_entry(note=str(number)) for number in range(20)]
    results = await phone.push(*map(upsert, drafts))
    revisions = [each["revision"] for each in results]
    assert revisions == list(range(revisions[0], revisions[0] + 20))
    assert [each["entry"]["note"] for each in await phone.pull_all()] == [
        draft["note"] for draft in drafts
    ]


async def test_an_id_that_occurs_again_meets_what_the_item_before_left(phone: Wire) -> None:
    draft = an_entry(note="one")
    entry_id = draft["id"]
    made, same, edited, stale = await phone.push(
        upsert(draft),
        upsert(draft),
        edit(entry_id, 2, note="two"),
        edit(entry_id, 2, note="three"),
    )
    assert [made["status"], same["status"]] == ["applied", "unchanged"]
    assert (made["revision"], edited["revision"]) == (2, 3)
    assert (edited["status"], stale["status"]) == ("applied", "conflict")
    assert stale["entry"] == edited["entry"]
    history = (await phone.patient.ask("GET", f"/v1/entries/{entry_id}/history")).json()
    assert [each["entry"]["note"] for each in history["items"]] == ["one"]


async def test_create_delete_and_create_again_in_one_push_leave_a_tombstone(phone: Wire) -> None:
    draft = an_entry()
    results = await phone.push(
        upsert(draft), removal(draft["id"]), upsert(draft), removal(draft["id"])
    )
    assert [each["status"] for each in results] == ["applied", "applied", "gone", "unchanged"]
    (change,) = (await phone.pull())["changes"]
    assert change == {"id": draft["id"], "revision": results[1]["revision"], "deleted": True}


async def test_a_repeated_push_doubles_nothing(phone: Wire) -> None:
    kept, dropped = an_entry(note="kept"), an_entry()
    await phone.push(upsert(kept), upsert(dropped))
    items = (edit(kept["id"], 2, note="new"), removal(dropped["id"]), upsert(an_entry()))
    first, cursor = await phone.push(*items), (await phone.pull())["cursor"]
    again = await phone.push(*items)
    assert [each["status"] for each in first] == ["applied"] * 3
    assert [each["status"] for each in again] == ["unchanged"] * 3
    assert [each | {"status": ""} for each in again] == [each | {"status": ""} for each in first]
    assert (await phone.pull(cursor))["changes"] == []


async def test_a_session_and_its_dissociation_go_in_one_push(phone: Wire) -> None:
    session = an_entry("session")
    linked = an_entry("dissociation", session_id=session["id"])
    del linked["spontaneous"]
    results = await phone.push(upsert(session), upsert(linked))
    assert [each["status"] for each in results] == ["applied", "applied"]


async def test_what_comes_before_its_session_is_sent_again_unchanged(phone: Wire) -> None:
    session = an_entry("session")
    linked = an_entry("dissociation", session_id=session["id"], spontaneous=False)
    early, _ = await phone.push(upsert(linked), upsert(session))
    assert faults_of([early]) == [("rejected", "session_not_found", "/session_id")]
    assert (await phone.push_one(upsert(linked)))["status"] == "applied"


async def test_a_session_deleted_in_the_same_push_is_not_found(phone: Wire) -> None:
    session = an_entry("session")
    linked = an_entry("dissociation", session_id=session["id"], spontaneous=False)
    results = await phone.push(upsert(session), removal(session["id"]), upsert(linked))
    assert results[2]["error"]["code"] == "session_not_found"


async def test_a_linked_entry_is_judged_by_the_session_it_does_not_name(phone: Wire) -> None:
    session = an_entry("session")
    linked = an_entry("dissociation", session_id=session["id"], spontaneous=False)
    _, made = await phone.push(upsert(session), upsert(linked))
    late = "2026-05-25T12:00:00+02:00"
    refused = await phone.push_one(
        edit(linked["id"], made["revision"], "dissociation", occurred_at=late)
    )
    assert faults_of([refused]) == [("rejected", "outside_session_window", "/occurred_at")]


async def test_an_entry_that_its_session_has_left_behind_can_still_be_edited(phone: Wire) -> None:
    session = an_entry("session")
    linked = an_entry("dissociation", session_id=session["id"], spontaneous=False)
    linked |= {"intensity": 0, "resolved": True, "resolved_at": linked["occurred_at"]}
    held, made = await phone.push(upsert(session), upsert(linked))
    later = "2026-05-20T12:00:00+02:00"
    moved = edit(session["id"], held["revision"], "session", occurred_at=later)
    assert (await phone.push_one(moved))["status"] == "applied"
    noted = edit(linked["id"], made["revision"], "dissociation", note="the walls breathed")
    told = await phone.push_one(noted)
    assert (told["status"], told["entry"]["note"]) == ("applied", "the walls breathed")
    again = edit(linked["id"], told["revision"], "dissociation")
    again["data"]["occurred_at"] = "2026-06-01T13:00:00+02:00"
    assert faults_of([await phone.push_one(again)]) == [
        ("rejected", "outside_session_window", "/occurred_at")
    ]


@pytest.mark.parametrize("text", TEXTS)
async def test_text_comes_back_as_it_was_sent(phone: Wire, text: str) -> None:
    draft = an_entry(note=text, occurred_at="2026-06-01T11:59:59.120000+02:00")
    await phone.push(upsert(draft))
    (change,) = (await phone.pull())["changes"]
    assert {name: change["entry"][name] for name in draft} == draft
    assert (await phone.push_one(upsert(draft)))["status"] == "unchanged"


async def test_another_form_of_the_same_text_is_a_change(phone: Wire) -> None:
    draft = an_entry(note="caf\u00e9")
    made = await phone.push_one(upsert(draft))
    changed = await phone.push_one(edit(draft["id"], made["revision"], note="cafe\u0301"))
    same_instant = await phone.push_one(
        edit(draft["id"], changed["revision"], occurred_at="2026-06-01T12:00:00.0+02:00")
    )
    assert [changed["status"], same_instant["status"]] == ["applied", "applied"]
    assert same_instant["entry"]["occurred_at"] == "2026-06-01T12:00:00.0+02:00"


async def test_an_id_is_stored_in_lower_case(phone: Wire) -> None:
    draft = an_entry()
    made = await phone.push_one(upsert(draft) | {"id": draft["id"].upper()})
    assert made["id"] == draft["id"]
    same = await phone.push_one(
        upsert(draft) | {"data": upsert(draft)["data"] | {"id": draft["id"].upper()}}
    )
    assert same["status"] == "unchanged"


async def test_no_rejection_tells_what_was_written(phone: Wire) -> None:
    draft = an_entry()
    made = await phone.push_one(upsert(draft))
    base, entry_id = made["revision"], draft["id"]
    results = await phone.push(
        SECRET,
        {"id": SECRET},
        {"id": entry_id, "op": SECRET},
        edit(entry_id, base, note="new") | {"base_revision": SECRET},
        {"id": entry_id, "op": "delete", LONG_NAME: 1},
        {"id": entry_id, "op": "delete", "\u202e" + SECRET: 1},
        {"id": entry_id, "op": "upsert", "data": SECRET},
        edit(entry_id, base, kind=SECRET),
        edit(entry_id, base, occurred_at=SECRET),
        edit(entry_id, base, time_zone=SECRET),
        edit(entry_id, base, note=SECRET * 300),
        edit(entry_id, base, tags=[SECRET, SECRET]),
        edit(entry_id, base, scope=SECRET),
        edit(entry_id, base, session_id=SECRET),
        edit(entry_id, base, score={SECRET: SECRET}),
        edit(entry_id, base, "mood", **{LONG_NAME: 1}),
        edit(str(uuid4()), 0, kind=SECRET),
    )
    assert {each["status"] for each in results} == {"rejected"}
    assert SECRET not in json.dumps(results, ensure_ascii=False)
    for each in results:
        assert set(each["error"]) == {"code", "pointer", "message"}


async def test_an_odd_name_of_a_member_is_escaped_in_the_pointer(phone: Wire) -> None:
    results = await phone.push({"id": str(uuid4()), "op": "delete", "a/b~c": 1})
    assert results[0]["error"]["pointer"] == "/a~1b~0c"


async def test_the_same_id_in_two_accounts_is_two_entries(phone: Wire, service: Any) -> None:
    other = Wire(await service.sign_up())
    draft = an_entry(note="mine")
    await phone.push(upsert(draft))
    assert (await other.push_one(removal(draft["id"])))["status"] == "applied"
    assert (await other.push_one(upsert(draft)))["status"] == "gone"
    (change,) = (await phone.pull())["changes"]
    assert change["entry"]["note"] == "mine"


async def test_signals_never_change_a_status_and_are_listed(phone: Wire) -> None:
    draft = an_entry(help_wanted=True)
    made = await phone.push_one(upsert(draft))
    assert set(made) == {"status", "id", "revision", "deleted", "entry"}
    listed = (await phone.patient.ask("GET", "/v1/signals")).json()["items"]
    assert [(each["code"], each["entry_id"]) for each in listed] == [
        ("asked_for_help", draft["id"])
    ]

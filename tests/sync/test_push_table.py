"""The twelve lines of the push table, in their order."""

from typing import Any
from uuid import uuid4

import pytest

from tests.journal.broken_rows import spoil
from tests.service import Service, an_entry
from tests.sync.merging import content_of
from tests.sync.wire import Wire, edit, faults_of, removal, upsert

pytestmark = pytest.mark.anyio
OUTSIDE_MEMBERS = {"peak": 2, "scope": "day"}
MOMENT = {"occurred_at": "2026-06-01T12:00:00+02:00", "time_zone": "Europe/Berlin"}


async def test_line_1_an_item_that_is_no_change_is_rejected(phone: Wire) -> None:
    draft = an_entry()
    wrong = {
        "no object": 7,
        "no id": {"op": "delete"},
        "bad id": {"id": "7", "op": "delete"},
        "no op": {"id": draft["id"]},
        "unknown op": {"id": draft["id"], "op": "insert", "data": {}},
        "unknown member": upsert(draft) | {"revision": 3},
    }
    results = await phone.push(*wrong.values())
    assert faults_of(results) == [
        ("rejected", "wrong_type", ""),
        ("rejected", "missing", "/id"),
        ("rejected", "bad_uuid", "/id"),
        ("rejected", "missing", "/op"),
        ("rejected", "unknown_value", "/op"),
        ("rejected", "unknown_member", "/revision"),
    ]
    assert [each.get("id") for each in results] == [None, None, None, *[draft["id"]] * 3]
    assert (await phone.pull())["changes"] == []


async def test_line_2_a_delete_of_a_live_entry_leaves_a_tombstone(phone: Wire) -> None:
    draft = an_entry(note="to be forgotten")
    made = await phone.push_one(upsert(draft))
    gone = await phone.push_one(removal(draft["id"]) | {"base_revision": 1})
    assert gone == {
        "status": "applied",
        "id": draft["id"],
        "revision": made["revision"] + 1,
        "deleted": True,
    }
    (change,) = (await phone.pull())["changes"]
    assert change == {"id": draft["id"], "revision": gone["revision"], "deleted": True}
    history = await phone.patient.ask("GET", f"/v1/entries/{draft['id']}/history")
    assert history.status_code == 404


@pytest.mark.parametrize("base", [None, "417", -1, 2**60, [], True])
async def test_line_2_a_delete_is_based_on_nothing(phone: Wire, base: object) -> None:
    draft = an_entry()
    await phone.push(upsert(draft))
    item = removal(draft["id"]) | {"base_revision": base}
    assert [(await phone.push_one(item))["status"] for _ in range(2)] == ["applied", "unchanged"]
    revived = await phone.push_one(upsert(draft) | {"base_revision": base})
    assert revived["status"] == "gone"


async def test_line_2_a_delete_that_overtakes_its_create_wins(phone: Wire) -> None:
    draft = an_entry()
    gone = await phone.push_one(removal(draft["id"]))
    late = await phone.push_one(upsert(draft))
    assert (gone["status"], gone["deleted"]) == ("applied", True)
    assert (late["status"], late["revision"]) == ("gone", gone["revision"])


async def test_line_3_a_delete_of_a_tombstone_changes_nothing(phone: Wire) -> None:
    draft = an_entry()
    await phone.push(upsert(draft))
    first = await phone.push_one(removal(draft["id"]))
    cursor = (await phone.pull())["cursor"]
    again = await phone.push_one(removal(draft["id"]))
    assert again == first | {"status": "unchanged"}
    assert (await phone.pull())["cursor"] == cursor


@pytest.mark.parametrize("data", [None, 5, {}, {"kind": 3}, {"kind": "mood", "score": 99}])
async def test_line_4_a_tombstone_answers_gone_to_any_data(phone: Wire, data: object) -> None:
    draft = an_entry()
    await phone.push(upsert(draft), removal(draft["id"]))
    revived = await phone.push_one(upsert(draft) | {"data": data})
    assert revived["status"] == "gone"
    assert revived["deleted"] is True
    assert "entry" not in revived


async def test_line_5_invalid_members_of_a_known_entry_are_rejected(phone: Wire) -> None:
    draft = an_entry(note="stays")
    made = await phone.push_one(upsert(draft))
    base = made["revision"]
    results = await phone.push(
        edit(draft["id"], base, score=11),
        edit(draft["id"], base, score=None),
        edit(draft["id"], base, level=3),
        edit(draft["id"], base, local_date="2026-06-01"),
        edit(draft["id"], base, kind="anxiety"),
        {"id": draft["id"], "op": "upsert", "data": {"score": 4}},
        {"id": draft["id"], "op": "upsert", "data": [4]},
        {"id": draft["id"], "op": "upsert"},
        edit(draft["id"], base, id=str(uuid4())),
    )
    assert faults_of(results) == [
        ("rejected", "out_of_range", "/score"),
        ("rejected", "not_clearable", "/score"),
        ("rejected", "unknown_member", "/level"),
        ("rejected", "unknown_member", "/local_date"),
        ("rejected", "kind_fixed", "/kind"),
        ("rejected", "missing", "/kind"),
        ("rejected", "wrong_type", "/data"),
        ("rejected", "missing", "/data"),
        ("rejected", "unknown_value", "/id"),
    ]
    assert {each["revision"] for each in results} == {base}
    assert all(each["entry"] == made["entry"] for each in results)


@pytest.mark.parametrize("base", [0, 1, 417, 2**53 - 1])
async def test_line_6_a_whole_new_entry_is_created_on_any_base(phone: Wire, base: int) -> None:
    draft = an_entry()
    made = await phone.push_one(upsert(draft, base))
    assert (made["status"], made["deleted"]) == ("applied", False)
    assert {name: made["entry"][name] for name in draft} == draft
    assert made["entry"]["revision"] == made["revision"]


@pytest.mark.parametrize("base", [0, 417])
async def test_line_6_only_what_the_server_once_had_comes_back_as_it_was(
    phone: Wire, base: int
) -> None:
    lost = str(uuid4())
    results = await phone.push(
        upsert(an_entry(source="import"), base),
        upsert(an_entry("anxiety", session_id=lost), base),
        upsert(an_entry("anxiety", peak=5), base),
    )
    refused = [
        ("rejected", "unknown_value", "/source"),
        ("rejected", "session_not_found", "/session_id"),
    ]
    assert faults_of(results[:2]) == (refused if base == 0 else [("applied", None, None)] * 2)
    assert faults_of(results[2:]) == [("rejected", "peak_needs_day_scope", "/peak")]


async def test_line_7_part_of_an_unknown_entry_is_missing(phone: Wire) -> None:
    entry_id = str(uuid4())
    (asked,) = await phone.push(edit(entry_id, 9, note="changed while the server lost it"))
    assert asked == {"status": "missing", "id": entry_id}


async def test_line_7_counts_what_lacks_across_members_and_what_is_cleared(phone: Wire) -> None:
    cleared = {"domains": {"self": None}}
    parts: list[tuple[str, dict[str, Any]]] = [
        ("dissociation", cleared),
        ("dissociation", {"scale": {"total": 3}}),
        ("session", {"experience": {"insight": None}}),
        ("assessment", {"instrument": "phq-9", **MOMENT}),
    ]
    asked = await phone.push(*[edit(str(uuid4()), 9, kind, **told) for kind, told in parts])
    assert [each["status"] for each in asked] == ["missing"] * len(parts)
    told = await phone.push(
        edit(str(uuid4()), 9, "dissociation", distress=11, **cleared),
        edit(str(uuid4()), 9, "dissociation", spontaneous=True, intensity=2, **MOMENT, **cleared),
        edit(str(uuid4()), 0, "assessment", instrument="phq-9", **MOMENT),
        edit(str(uuid4()), 9, "mood", tags=[]),
    )
    assert [each["error"]["pointer"] for each in told] == [
        "/distress",
        "/domains",
        "/answers",
        "/tags",
    ]


BY_RULE: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("dissociation", {"intensity": 2}, {"session_id": str(uuid4())}),
    ("flashback", {"report": "daily_count", "count": 3}, {"worst_distress": 6}),
]
"""A part of an entry of a kind, and the member that a rule asks for beside it."""
BROKEN = [
    ("rejected", "session_required", "/session_id"),
    ("rejected", "worst_distress_required", "/worst_distress"),
]


@pytest.mark.parametrize("row", ["lost", "spoilt"])
async def test_line_7_counts_members_that_only_a_rule_asks_for(
    service: Service, phone: Wire, row: str
) -> None:
    parts = [edit(str(uuid4()), 9, kind, **MOMENT, **part) for kind, part, _ in BY_RULE]
    if row == "spoilt":
        for part in parts:
            kind = part["data"]["kind"]
            await phone.push(upsert(an_entry(kind, id=part["id"])))
            await spoil(service, phone.patient, part["id"])
    asked = await phone.push(*parts)
    told = [{"status": each["status"], "id": each["id"]} for each in asked]
    assert told == [{"status": "missing", "id": each["id"]} for each in parts]
    for part, (*_, rest) in zip(parts, BY_RULE, strict=True):
        part["data"] |= rest
    assert [each["status"] for each in await phone.push(*parts)] == ["applied"] * 2


@pytest.mark.parametrize("whole", ["no base", "default", "null"])
async def test_line_7_asks_for_no_more_of_what_breaks_a_rule_by_itself(
    phone: Wire, whole: str
) -> None:
    items = [
        edit(str(uuid4()), 0 if whole == "no base" else 9, kind, **MOMENT, **part)
        for kind, part, _ in BY_RULE
    ]
    for item, (*_, rest) in zip(items, BY_RULE, strict=True):
        item["data"] |= {"default": {"source": "self"}, "null": dict.fromkeys(rest)}.get(whole, {})
    assert faults_of(await phone.push(*items)) == BROKEN


async def test_line_7_is_no_answer_to_a_copy_of_what_the_server_once_had(phone: Wire) -> None:
    session = an_entry("session")
    noted = an_entry("dissociation", session_id=session["id"], spontaneous=False)
    counted = an_entry("flashback", report="daily_count", count=0)
    made = await phone.push(*map(upsert, (session, noted, counted)))
    copies = [content_of(each["entry"]) for each in made[1:]]
    del copies[0]["session_id"]
    copies[1]["count"] = 3
    lost = [upsert({"id": str(uuid4()), **copy}, 9) for copy in copies]
    assert faults_of(await phone.push(*lost)) == BROKEN


async def test_line_7_does_not_hide_an_invalid_member(phone: Wire) -> None:
    (asked,) = await phone.push(edit(str(uuid4()), 9, score=12))
    assert faults_of([asked]) == [("rejected", "out_of_range", "/score")]


async def test_line_8_part_of_a_new_entry_is_rejected(phone: Wire) -> None:
    entry_id = str(uuid4())
    results = await phone.push(edit(entry_id, 0, score=3))
    assert faults_of(results) == [("rejected", "missing", "/occurred_at")]
    assert "revision" not in results[0]


async def test_line_9_the_same_content_moves_no_cursor(phone: Wire) -> None:
    draft = an_entry(note="once", energy=3)
    made = await phone.push_one(upsert(draft))
    cursor = (await phone.pull())["cursor"]
    for item in (
        upsert(draft),
        upsert(draft, 1),
        edit(draft["id"], made["revision"]),
        edit(draft["id"], 7, score=6.0, scope="moment", source="self"),
        edit(draft["id"], made["revision"], stress=None),
    ):
        again = await phone.push_one(item)
        assert again == made | {"status": "unchanged"}
    assert (await phone.pull())["cursor"] == cursor


async def test_line_11_a_merged_entry_that_breaks_a_rule_is_rejected(phone: Wire) -> None:
    draft = an_entry("anxiety")
    made = await phone.push_one(upsert(draft))
    results = await phone.push(
        edit(draft["id"], made["revision"], "anxiety", peak=5),
        edit(draft["id"], made["revision"], "anxiety", **OUTSIDE_MEMBERS),
        edit(draft["id"], made["revision"], "anxiety", occurred_at="2026-06-01T12:00:00+05:00"),
        edit(draft["id"], made["revision"], "anxiety", session_id=str(uuid4())),
    )
    assert faults_of(results) == [
        ("rejected", "peak_needs_day_scope", "/peak"),
        ("rejected", "peak_below_level", "/peak"),
        ("rejected", "offset_mismatch", "/time_zone"),
        ("rejected", "session_not_found", "/session_id"),
    ]


async def test_line_12_an_edit_is_merged_and_gets_a_revision(phone: Wire) -> None:
    draft = an_entry(note="first", energy=4, tags=["a", "b"])
    made = await phone.push_one(upsert(draft))
    changed = await phone.push_one(
        edit(draft["id"], made["revision"], note="second", energy=None, tags=["c"])
    )
    assert (changed["status"], changed["revision"]) == ("applied", made["revision"] + 1)
    assert changed["entry"]["note"] == "second"
    assert "energy" not in changed["entry"]
    assert changed["entry"]["tags"] == ["c"]
    assert changed["entry"]["score"] == draft["score"]


async def test_an_object_is_merged_member_by_member(phone: Wire) -> None:
    draft = an_entry("dissociation", domains={"self": 1, "time": 2})
    made = await phone.push_one(upsert(draft))
    merged = await phone.push_one(
        edit(draft["id"], made["revision"], "dissociation", domains={"time": 4, "body": 1})
    )
    assert merged["entry"]["domains"] == {"self": 1, "time": 4, "body": 1}
    replaced = await phone.push_one(
        edit(draft["id"], merged["revision"], "dissociation", domains={"self": None, "time": None})
    )
    assert replaced["entry"]["domains"] == {"body": 1}

"""The twelve lines of the push table, in their order."""

from uuid import uuid4

import pytest

from tests.service import an_entry
from tests.sync.wire import Wire, edit, faults_of, removal, upsert

pytestmark = pytest.mark.anyio
OUTSIDE_MEMBERS = {"peak": 2, "scope": "day"}


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

"""Line 7 of the push table: a part of an entry that the server has lost, or cannot open."""

from typing import Any
from uuid import uuid4

import pytest

from tests.journal.broken_rows import spoil
from tests.service import Service, an_entry
from tests.sync.merging import content_of
from tests.sync.wire import Wire, edit, faults_of, upsert

pytestmark = pytest.mark.anyio


MOMENT = {"occurred_at": "2026-06-01T12:00:00+02:00", "time_zone": "Europe/Berlin"}
BY_RULE: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("dissociation", {"intensity": 2}, {"session_id": str(uuid4())}),
    ("flashback", {"report": "daily_count", "count": 3}, {"worst_distress": 6}),
]
"""A part of an entry of a kind, and the member that a rule asks for beside it."""
BROKEN = [
    ("rejected", "session_required", "/session_id"),
    ("rejected", "worst_distress_required", "/worst_distress"),
]


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

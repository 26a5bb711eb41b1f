"""Line 10 of the push table: an edit of what somebody has changed since."""

from typing import Any

import pytest

from tests.service import an_entry
from tests.sync.wire import Wire, edit, faults_of, upsert

pytestmark = pytest.mark.anyio


async def test_line_5_stands_before_a_conflict(phone: Wire) -> None:
    draft = an_entry()
    await phone.push(upsert(draft))
    stale = await phone.push_one(edit(draft["id"], 1, score=11))
    assert faults_of([stale]) == [("rejected", "out_of_range", "/score")]


async def test_line_10_a_stale_base_is_a_conflict_with_the_current_entry(phone: Wire) -> None:
    draft = an_entry(note="first")
    made = await phone.push_one(upsert(draft))
    other = await phone.of("phone-b").push_one(edit(draft["id"], made["revision"], note="second"))
    beaten = await phone.push_one(edit(draft["id"], made["revision"], score=3))
    assert beaten["status"] == "conflict"
    assert beaten["entry"] == other["entry"]
    assert beaten["own"] == {"revision": made["revision"], "entry": made["entry"]}


@pytest.mark.parametrize("base", [0, 1, 10**9])
async def test_line_10_counts_for_every_other_base(phone: Wire, base: int) -> None:
    draft = an_entry()
    made = await phone.push_one(upsert(draft))
    beaten = await phone.push_one(edit(draft["id"], base, score=3))
    assert (beaten["status"], beaten["revision"]) == ("conflict", made["revision"])


async def test_line_10_stands_before_the_rules_across_members(phone: Wire) -> None:
    draft = an_entry("anxiety")
    await phone.push(upsert(draft))
    beaten = await phone.push_one(edit(draft["id"], 1, "anxiety", peak=5))
    assert beaten["status"] == "conflict"


@pytest.mark.parametrize(
    ("stored", "theirs", "mine"),
    [
        ({"name": "cadss-6", "total": 3}, None, {"total": 5}),
        ({"name": "cadss-6", "total": 3}, None, {"name": "cadss-23"}),
    ],
)
async def test_line_10_counts_for_a_part_of_what_another_device_has_cleared(
    phone: Wire, stored: Any, theirs: Any, mine: Any
) -> None:
    draft = an_entry("dissociation", scale=stored)
    made = await phone.push_one(upsert(draft))
    old = made["revision"]
    kind = "dissociation"
    other = await phone.of("phone-b").push_one(edit(draft["id"], old, kind, scale=theirs))
    beaten = await phone.push_one(edit(draft["id"], old, kind, scale=mine))
    assert (beaten["status"], beaten["entry"]) == ("conflict", other["entry"])
    assert beaten["own"]["revision"] == old
    on_top = await phone.push_one(edit(draft["id"], other["revision"], kind, scale=mine))
    assert on_top["status"] == "rejected"


async def test_line_10_counts_where_two_devices_together_clear_an_object(phone: Wire) -> None:
    kind = "dissociation"
    draft = an_entry(kind, domains={"self": 3, "body": 2})
    old = (await phone.push_one(upsert(draft)))["revision"]
    await phone.of("phone-b").push(edit(draft["id"], old, kind, domains={"body": None}))
    beaten = await phone.push_one(edit(draft["id"], old, kind, domains={"self": None}))
    assert beaten["status"] == "conflict"
    wrong = await phone.push_one(edit(draft["id"], old, kind, domains={"self": 99}))
    assert faults_of([wrong]) == [("rejected", "out_of_range", "/domains/self")]

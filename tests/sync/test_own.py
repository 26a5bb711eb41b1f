"""`own`: how a phone whose reply was lost learns which of its texts the server had taken."""

import pytest

from tests.service import an_entry
from tests.sync.wire import Wire, edit, removal, upsert

pytestmark = pytest.mark.anyio


async def test_own_is_what_this_device_wrote_before_another_writer(phone: Wire) -> None:
    other = phone.of("phone-b")
    made = await phone.push_one(upsert(an_entry(note="mine")))
    await other.push(edit(made["id"], made["revision"], score=2))
    (mine,) = (await phone.pull())["changes"]
    (theirs,) = (await other.pull())["changes"]
    assert mine["own"] == {"revision": made["revision"], "entry": made["entry"]}
    assert "own" not in theirs


async def test_no_own_without_a_later_writer_or_a_device(phone: Wire) -> None:
    draft = an_entry(note="mine")
    made = await phone.push_one(upsert(draft))
    (change,) = (await phone.pull())["changes"]
    assert "own" not in change
    await phone.of("phone-b").push(edit(draft["id"], made["revision"], score=2))
    (anonymous,) = (await phone.ask_pull()).json()["changes"]
    (stranger,) = (await phone.of("phone-c").pull())["changes"]
    assert "own" not in anonymous
    assert "own" not in stranger


async def test_own_is_the_newest_of_several(phone: Wire) -> None:
    other = phone.of("phone-b")
    draft = an_entry(note="first")
    made = await phone.push_one(upsert(draft))
    second = await phone.push_one(edit(draft["id"], made["revision"], note="second"))
    third = await other.push_one(edit(draft["id"], second["revision"], note="third"))
    await other.push(edit(draft["id"], third["revision"], note="fourth"))
    (change,) = (await phone.pull())["changes"]
    assert change["own"] == {"revision": second["revision"], "entry": second["entry"]}
    assert change["own"]["revision"] < change["revision"]


async def test_a_change_outside_the_sync_is_a_later_writer_and_never_own(phone: Wire) -> None:
    draft = an_entry(note="mine")
    made = await phone.push_one(upsert(draft))
    changed = await phone.patch(made["entry"], note="by the browser")
    (change,) = (await phone.pull())["changes"]
    assert change["own"]["entry"]["note"] == "mine"
    beaten = await phone.push_one(edit(draft["id"], made["revision"], note="offline"))
    assert (beaten["status"], beaten["own"]) == ("conflict", change["own"])
    answer = await phone.push_one(edit(draft["id"], changed["revision"], note="merged"))
    assert "own" not in answer
    assert "own" not in (await phone.pull())["changes"][0]


async def test_own_ends_with_the_entry(phone: Wire) -> None:
    draft = an_entry(note="mine")
    made = await phone.push_one(upsert(draft))
    await phone.of("phone-b").push(edit(draft["id"], made["revision"], note="theirs"))
    await phone.of("phone-b").push(removal(draft["id"]))
    (change,) = (await phone.pull())["changes"]
    assert set(change) == {"id", "revision", "deleted"}
    gone = await phone.push_one(edit(draft["id"], made["revision"], note="late"))
    assert set(gone) == {"status", "id", "revision", "deleted"}


async def test_unchanged_and_rejected_items_carry_own_too(phone: Wire) -> None:
    draft = an_entry(note="mine")
    made = await phone.push_one(upsert(draft))
    later = await phone.of("phone-b").push_one(edit(draft["id"], made["revision"], score=2))
    same, wrong = await phone.push(
        edit(draft["id"], made["revision"], score=2), edit(draft["id"], made["revision"], score=99)
    )
    assert [same["status"], wrong["status"]] == ["unchanged", "rejected"]
    for each in (same, wrong):
        assert each["entry"] == later["entry"]
        assert each["own"]["revision"] == made["revision"]


async def test_own_of_an_item_is_older_than_what_the_item_met(phone: Wire) -> None:
    draft = an_entry(note="mine")
    made = await phone.push_one(upsert(draft))
    theirs = await phone.of("phone-b").push_one(edit(draft["id"], made["revision"], score=2))
    stale, applied = await phone.push(
        edit(draft["id"], made["revision"], note="stale"),
        edit(draft["id"], theirs["revision"], note="merged"),
    )
    assert (stale["status"], applied["status"]) == ("conflict", "applied")
    assert stale["entry"] == theirs["entry"]
    assert stale["own"]["revision"] == made["revision"]
    assert "own" not in applied


async def test_a_lost_reply_does_not_bring_an_old_text_back(phone: Wire) -> None:
    """The story that `own` was made for, by the merge that the guide describes."""
    draft = an_entry(note="before")
    base = await phone.push_one(upsert(draft))
    lost = await phone.push_one(edit(draft["id"], base["revision"], note="from this phone"))
    await phone.of("phone-b").push(edit(draft["id"], lost["revision"], note="newer, by the other"))
    (change,) = (await phone.pull(base["revision"]))["changes"]
    assert change["own"]["revision"] > base["revision"]
    local, merge_base = "from this phone", change["own"]["entry"]["note"]
    merged = local if local != merge_base else change["entry"]["note"]
    assert merged == "newer, by the other"

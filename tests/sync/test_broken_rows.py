"""A phone beside a row that does not open: it forgets nothing, and can put it right."""

from typing import Any

import pytest

from app.journal.journal import Journal
from app.journal.restore import begin_epoch
from tests.journal.broken_rows import named, spoil
from tests.journal.kept_digests import delete, members
from tests.service import Patient, Service, an_entry
from tests.sharing.links import account_of
from tests.sync.phone import Phone
from tests.sync.phone_writing import change, local, new_entry
from tests.sync.wire import Wire, edit, faults_of, removal, upsert

pytestmark = pytest.mark.anyio
# What an answer holds is for the test to say.
Json = dict[str, Any]


async def broken_one(service: Service, phone: Wire, **more: Any) -> Json:
    """An entry that this phone has pushed, and that does not open any more."""
    pushed = await phone.push_one(upsert(an_entry(**more)))
    await spoil(service, phone.patient, pushed["id"])
    entry: Json = pushed["entry"]
    return entry


def whole(entry: Json, base_revision: int | None = None) -> Json:
    """The item that brings all of an entry that was seen."""
    base = entry["revision"] if base_revision is None else base_revision
    return upsert({"id": entry["id"], **members(entry)}, base)


async def test_a_pull_names_it_and_goes_on(service: Service, phone: Wire) -> None:
    first = (await phone.push_one(upsert(an_entry())))["entry"]
    broken = await broken_one(service, phone)
    last = (await phone.push_one(upsert(an_entry())))["entry"]
    page = await phone.pull()
    assert [each["entry"] for each in page["changes"]] == [first, last]
    assert page["unreadable"] == named(broken)
    assert await phone.pull(page["cursor"]) == {
        "changes": [],
        "cursor": page["cursor"],
        "has_more": False,
    }
    pages: list[Json] = []
    cursor = 0
    while not pages or pages[-1]["has_more"]:
        pages.append(await phone.pull(cursor, limit=1))
        cursor = pages[-1]["cursor"]
    assert [len(each["changes"]) for each in pages] == [1, 0, 1]
    assert cursor == page["cursor"]


async def test_a_push_deletes_it_and_holds_up_nobody(service: Service, phone: Wire) -> None:
    broken, beside = await broken_one(service, phone), an_entry()
    cursor = (await phone.pull())["cursor"]
    results = await phone.push(removal(broken["id"]), upsert(beside), removal(broken["id"]))
    assert [each["status"] for each in results] == ["applied", "applied", "unchanged"]
    page = await phone.pull(cursor)
    assert [each["deleted"] for each in page["changes"]] == [True, False]
    assert "unreadable" not in page


async def test_a_part_is_missing_and_the_whole_puts_it_right(service: Service, phone: Wire) -> None:
    broken = await broken_one(service, phone, note="all of it")
    part = edit(broken["id"], broken["revision"], note="changed")
    results = await phone.push(part, upsert(an_entry()))
    assert [each["status"] for each in results] == ["missing", "applied"]
    assert results[0] == {
        "status": "missing",
        "id": broken["id"],
        "revision": broken["revision"],
        "deleted": False,
    }
    mended = await phone.push_one(whole(broken | {"note": "changed"}))
    assert mended["status"] == "applied"
    assert members(mended["entry"]) == members(broken) | {"note": "changed"}
    page = await phone.of("phone-b").pull()
    assert mended["entry"] in [each["entry"] for each in page["changes"]]
    assert "unreadable" not in page
    again = await phone.push_one(whole(mended["entry"]))
    assert again["status"] == "unchanged"


async def test_what_another_device_has_seen_is_not_overwritten(
    service: Service, phone: Wire
) -> None:
    seen = (await phone.push_one(upsert(an_entry(note="seen here"))))["entry"]
    other = phone.of("phone-b")
    changed = await other.push_one(edit(seen["id"], seen["revision"], note="and not this"))
    await spoil(service, phone.patient, seen["id"])
    stale = whole(seen | {"note": "edited here"})
    results = await phone.push(stale, edit(seen["id"], seen["revision"], score=1), removal(uid()))
    assert faults_of(results) == [
        ("rejected", "entry_unreadable", ""),
        ("rejected", "entry_unreadable", ""),
        ("applied", None, None),
    ]
    mended = await other.push_one(whole(changed["entry"]))
    assert mended["status"] == "applied"
    (change,) = [each for each in (await phone.pull())["changes"] if each["id"] == seen["id"]]
    assert change["entry"] == mended["entry"]
    merged = await phone.push_one(edit(seen["id"], change["revision"], score=1))
    assert (merged["status"], merged["entry"]["note"]) == ("applied", "and not this")


def uid() -> str:
    """An id that nobody has seen."""
    return str(an_entry()["id"])


async def test_a_device_puts_right_what_it_wrote_itself_before_the_answer_was_lost(
    service: Service, phone: Wire
) -> None:
    broken = await broken_one(service, phone)
    mended = await phone.push_one(whole(broken, base_revision=0))
    assert mended["status"] == "applied"


async def test_what_breaks_a_rule_is_told_so(service: Service, phone: Wire) -> None:
    broken = await broken_one(service, phone)
    results = await phone.push(
        whole(broken | {"score": 11}),
        whole(broken | {"kind": "anxiety"}),
        upsert(an_entry("dissociation", spontaneous=False, session_id=broken["id"])),
        edit(broken["id"], 0, note="as a new one it lacks its time"),
    )
    assert [each["status"] for each in results] == ["rejected"] * 4
    assert faults_of(results)[0][1:] == ("out_of_range", "/score")
    assert faults_of(results)[2][1:] == ("session_not_found", "/session_id")
    assert faults_of(results)[3][1:] == ("missing", "/occurred_at")


async def test_an_own_version_that_does_not_open_is_left_out(service: Service, phone: Wire) -> None:
    made = [await phone.push_one(upsert(an_entry(note="mine"))) for _ in range(2)]
    for each in made:
        await phone.of("phone-b").push(edit(each["id"], each["revision"], note="theirs"))
    await spoil(service, phone.patient, made[0]["id"], revision=made[0]["revision"])
    changes = {each["id"]: each for each in (await phone.pull())["changes"]}
    assert [("own" in changes[each["id"]]) for each in made] == [False, True]
    assert {each["entry"]["note"] for each in changes.values()} == {"theirs"}


async def test_a_phone_after_a_delete_elsewhere_lets_go(service: Service, phone: Wire) -> None:
    broken = await broken_one(service, phone)
    await delete(phone.patient, broken)
    assert (await phone.push_one(whole(broken)))["status"] == "gone"


async def test_a_phone_of_the_guide_puts_it_right_by_its_next_edit(
    service: Service, patient: Patient
) -> None:
    """It knows nothing of `unreadable`."""
    a, b, c = (Phone(f"phone-{each}", patient.ask) for each in "abc")
    entry_id = await new_entry(a, note="of both")
    await b.sync()
    await spoil(service, patient, entry_id)
    await c.sync()
    await change(b, entry_id, score=2)
    for each in (b, a, c):
        await each.sync()
    assert local(a, entry_id) == local(b, entry_id) == local(c, entry_id)
    assert (local(c, entry_id)["note"], local(c, entry_id)["score"]) == ("of both", 2)


@pytest.mark.parametrize("is_heard", [True, False], ids=["answered", "answer lost"])
async def test_a_phone_of_the_guide_sends_the_rest_of_what_was_taken_for_the_whole(
    service: Service, patient: Patient, *, is_heard: bool
) -> None:
    """All that a mood must have was changed: the server cannot tell that more is lacking."""
    a, b = Phone("phone-a", patient.ask), Phone("phone-b", patient.ask)
    entry_id = await new_entry(a, note="not changed", tags=["quiet"])
    await spoil(service, patient, entry_id)
    moved = {"occurred_at": "2026-06-01T11:00:00+02:00", "time_zone": "Europe/Paris"}
    await change(a, entry_id, score=2, **moved)
    written = dict(local(a, entry_id))
    if not is_heard:
        await a.send(a.outbox())  # taken by the server
    for each in (a, a, b):
        await each.sync()
    assert local(a, entry_id) == local(b, entry_id) == written
    assert written["note"] == "not changed"
    assert not a.outbox()


async def test_a_restore_lets_phones_put_it_right(service: Service, patient: Patient) -> None:
    phone = Phone("phone-a", patient.ask)
    entry_id = await new_entry(phone, note="on the phone")
    await spoil(service, patient, entry_id)
    database = service.app.state.provided[Journal].reading._database
    await begin_epoch(database, await account_of(service, patient), clock=service.clock)
    await phone.sync()
    assert local(phone, entry_id)["note"] == "on the phone"
    fresh = Phone("phone-b", patient.ask)
    await fresh.sync()
    assert local(fresh, entry_id) == local(phone, entry_id)

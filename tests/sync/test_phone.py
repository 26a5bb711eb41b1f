"""Single stories of the phone that the guide describes."""

from typing import Any

import httpx
import pytest

from tests.service import Patient, an_entry
from tests.sync.merging import Content, merged, patch_between
from tests.sync.phone import Phone
from tests.sync.wire import Wire, edit, removal

pytestmark = pytest.mark.anyio


def content(**members: Any) -> Content:
    """A mood as a phone keeps it."""
    return {name: value for name, value in an_entry(**members).items() if name != "id"}


@pytest.fixture
def two(patient: Patient) -> tuple[Phone, Phone]:
    """Two phones of one patient."""
    return Phone("phone-a", patient.ask), Phone("phone-b", patient.ask)


async def new_entry(phone: Phone, **members: Any) -> str:
    """An entry that the phone has written and the server has taken."""
    draft = an_entry(**members)
    entry_id: str = draft.pop("id")
    phone.write(entry_id, draft)
    await phone.sync()
    return entry_id


def local(phone: Phone, entry_id: str) -> Content:
    """What the patient sees."""
    found = phone.rows[entry_id].local
    assert found is not None
    return found


async def change(phone: Phone, entry_id: str, **members: Any) -> None:
    """Write members anew; None clears."""
    new = {**local(phone, entry_id), **members}
    phone.write(entry_id, {name: value for name, value in new.items() if value is not None})


async def test_two_phones_share_what_they_write(two: tuple[Phone, Phone]) -> None:
    a, b = two
    entry_id = await new_entry(a, note="first")
    await b.sync()
    await change(a, entry_id, note="from a")
    await change(b, entry_id, energy=4)
    for phone in (a, b, a):
        await phone.sync()
    assert local(a, entry_id) == local(b, entry_id)
    assert (local(a, entry_id)["note"], local(a, entry_id)["energy"]) == ("from a", 4)


async def test_an_undone_change_stays_undone_when_its_reply_was_lost(
    two: tuple[Phone, Phone],
) -> None:
    """The server took the text, the phone never heard so, and the patient took it back."""
    a, b = two
    entry_id = await new_entry(a, note="before")
    await change(a, entry_id, note="written in haste")
    await a.send(a.outbox())
    await change(a, entry_id, note="before")
    for phone in (a, b):
        await phone.sync()
    assert local(a, entry_id)["note"] == local(b, entry_id)["note"] == "before"


async def test_a_text_that_was_cleared_after_a_lost_reply_stays_cleared(
    two: tuple[Phone, Phone],
) -> None:
    a, b = two
    entry_id = await new_entry(a)
    await change(a, entry_id, note="written in haste")
    await a.send(a.outbox())
    await change(a, entry_id, note=None)
    for phone in (a, b):
        await phone.sync()
    assert "note" not in local(a, entry_id)
    assert "note" not in local(b, entry_id)


async def test_what_was_written_while_the_answer_was_on_its_way_is_kept(
    two: tuple[Phone, Phone],
) -> None:
    a, b = two
    entry_id = await new_entry(a, note="before")
    await change(a, entry_id, note="sent")
    batch = a.outbox()
    answer = await a.send(batch)
    await change(a, entry_id, note="typed meanwhile", stress=3)
    await a.take_results(batch, answer)
    assert local(a, entry_id)["note"] == "typed meanwhile"
    for phone in (a, b):
        await phone.sync()
    assert local(b, entry_id)["note"] == "typed meanwhile"


async def test_an_object_that_was_replaced_loses_its_old_members(two: tuple[Phone, Phone]) -> None:
    """A merge patch merges objects: what has to go must be told."""
    a, b = two
    entry_id = await new_entry(a, kind="dissociation", domains={"self": 1, "time": 2})
    await change(a, entry_id, domains={"body": 4})
    for phone in (a, b):
        await phone.sync()
    assert local(a, entry_id)["domains"] == local(b, entry_id)["domains"] == {"body": 4}


async def test_a_session_goes_out_before_what_is_linked_to_it(two: tuple[Phone, Phone]) -> None:
    a, _ = two
    session, linked = an_entry("session"), an_entry("dissociation", spontaneous=False)
    linked["session_id"] = session["id"]
    for draft in (linked, session):
        a.write(draft["id"], {name: value for name, value in draft.items() if name != "id"})
    await a.sync()
    assert not a.outbox()


async def test_a_link_to_a_session_of_another_phone_waits_for_it(two: tuple[Phone, Phone]) -> None:
    a, b = two
    session, linked = an_entry("session"), an_entry("dissociation", spontaneous=False)
    linked["session_id"] = session["id"]
    a.write(linked["id"], {name: value for name, value in linked.items() if name != "id"})
    await a.sync()
    assert len(a.outbox()) == 1
    b.write(session["id"], {name: value for name, value in session.items() if name != "id"})
    await b.sync()
    await a.sync()
    assert not a.outbox()
    assert set(a.rows) == {session["id"], linked["id"]}


def of_a_session(session_id: str) -> Content:
    """A dissociation around that session as a phone keeps it."""
    return content(kind="dissociation", spontaneous=False, session_id=session_id)


async def test_what_a_conflict_of_its_session_refused_goes_out_once_that_is_mended(
    two: tuple[Phone, Phone],
) -> None:
    a, b = two
    session_id = await new_entry(a, kind="session", status="planned")
    await b.sync()
    await change(b, session_id, intention="to rest")
    await b.sync()
    await change(a, session_id, status="completed")
    noted = an_entry()["id"]
    a.write(noted, of_a_session(session_id))
    assert await a.push()
    assert a.rows[noted].refused is not None
    for phone in (a, a, b):
        await phone.sync()
    assert local(b, session_id)["status"] == "completed"
    assert local(b, noted)["session_id"] == session_id


async def test_a_link_to_a_session_that_was_deleted_meanwhile_is_told(
    two: tuple[Phone, Phone],
) -> None:
    a, b = two
    session_id = await new_entry(a, kind="session")
    await b.sync()
    a.remove(session_id)
    await a.sync()
    noted = an_entry()["id"]
    b.write(noted, of_a_session(session_id))
    await b.sync()
    assert b.rows[noted].refused == local(b, noted)
    b.write(noted, content(kind="dissociation"))
    for phone in (b, a):
        await phone.sync()
    assert noted in a.rows


async def test_a_rejected_text_stays_on_the_phone_until_it_is_mended(
    two: tuple[Phone, Phone],
) -> None:
    a, b = two
    entry_id = await new_entry(a, note="before")
    await change(a, entry_id, note="kept", score=99)
    await a.sync()
    assert local(a, entry_id)["note"] == "kept"
    assert a.outbox() == []
    await change(a, entry_id, score=9)
    for phone in (a, b):
        await phone.sync()
    assert (local(b, entry_id)["note"], local(b, entry_id)["score"]) == ("kept", 9)


async def test_a_deletion_wins_over_an_edit_that_knew_nothing_of_it(
    two: tuple[Phone, Phone],
) -> None:
    a, b = two
    entry_id = await new_entry(a)
    await b.sync()
    a.remove(entry_id)
    await change(b, entry_id, note="too late")
    for phone in (a, b):
        await phone.sync()
    assert entry_id not in a.rows
    assert entry_id not in b.rows


async def test_a_batch_that_is_too_large_is_halved(two: tuple[Phone, Phone]) -> None:
    a, b = two
    drafts = [an_entry(note="🫥" * 2000) for _ in range(150)]
    for draft in drafts:
        a.write(draft["id"], {name: value for name, value in draft.items() if name != "id"})
    for phone in (a, b):
        await phone.sync()
    assert b.rows.keys() == {draft["id"] for draft in drafts}
    assert not a.outbox()


async def test_what_the_server_lacks_is_sent_whole(patient: Patient) -> None:
    """`missing`: the phone knows an entry of which the server has never heard."""
    phone, wire = Phone("phone-a", patient.ask), Wire(patient)
    draft = an_entry(note="from a life before")
    row_id = draft.pop("id")
    phone.write(row_id, draft | {"note": "changed since"})
    row = phone.rows[row_id]
    row.base, row.base_revision = draft, 7
    result = await wire.push_one(edit(row_id, 7, note="changed since"))
    assert result["status"] == "missing"
    await phone.sync()
    (change_,) = await wire.pull_all()
    assert change_["entry"]["note"] == "changed since"


async def test_a_tombstone_met_by_a_push_removes_the_row(patient: Patient) -> None:
    phone, wire = Phone("phone-a", patient.ask), Wire(patient)
    entry_id = await new_entry(phone)
    await change(phone, entry_id, note="late")
    batch = phone.outbox()
    await wire.of("phone-b").push(removal(entry_id))
    answer = await phone.send(batch)
    assert isinstance(answer, httpx.Response)
    await phone.take_results(batch, answer)
    assert entry_id not in phone.rows
    assert entry_id in phone.buried


@pytest.mark.parametrize(
    ("base", "local", "remote", "expected"),
    [
        ({"a": 1}, {"a": 1}, {"a": 2}, {"a": 2}),
        ({"a": 1}, {"a": 2}, {"a": 1}, {"a": 2}),
        ({"a": 1}, {"a": 2}, {"a": 3}, {"a": 2}),
        ({"a": 1}, {}, {"a": 1}, {}),
        ({"a": 1}, {}, {"a": 2}, {}),
        ({"a": 1}, {"a": 1}, {}, {}),
        ({"a": 1}, {"a": 2}, {}, {"a": 2}),
        ({}, {"a": 1}, {"b": 2}, {"a": 1, "b": 2}),
    ],
)
def test_the_merge_goes_member_by_member(
    base: Content, local: Content, remote: Content, expected: Content
) -> None:
    assert merged(base, local, remote, []) == expected
    assert merged(base, local, remote, [remote]) == local


def test_a_patch_names_what_changed_alone() -> None:
    before = {"a": 1, "b": {"x": 1, "y": 2}, "c": [1], "d": {"x": 1}}
    after = {"a": 1, "b": {"y": 3}, "c": [1, 2], "e": 5, "d": {"x": 1}}
    assert patch_between(before, after) == {"b": {"x": None, "y": 3}, "c": [1, 2], "e": 5}

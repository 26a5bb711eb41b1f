"""Single stories of the phone that the guide describes."""

import httpx
import pytest

from tests.portability.imports import DAYLIO, commit
from tests.service import Patient, Service, an_entry
from tests.sync.merging import Content, held_of, merged, patch_between
from tests.sync.phone import Phone, Row
from tests.sync.phone_writing import change, local, new_entry
from tests.sync.wire import Wire, edit, removal

pytestmark = pytest.mark.anyio


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


def taken_over(old: Phone, new: Phone) -> Phone:
    """A phone of a new account with the rows of one that nobody can sign in to any more."""
    new.rows = {
        each: Row(dict(row.local), base_revision=1)
        for each, row in old.rows.items()
        if row.local is not None
    }
    new.buried = set(old.buried)
    return new


async def test_a_journal_whose_account_is_gone_goes_whole_to_a_new_one(
    service: Service, two: tuple[Phone, Phone], patient: Patient
) -> None:
    """An import too, and what was linked to a session that was deleted since."""
    a, b = two
    session = an_entry("session")
    row_id = session.pop("id")
    a.write(row_id, session)
    await a.sync()
    linked = await new_entry(a, session_id=row_id)
    dropped = await new_entry(a, note="deleted on the other phone")
    await commit(patient, "daylio", DAYLIO)
    for phone in (a, b):
        await phone.sync()
    a.remove(row_id)
    a.remove(dropped)
    await a.sync()
    await change(b, linked, note="never sent")
    anew = await service.sign_up()
    c = taken_over(a, Phone("phone-c", anew.ask))
    d = taken_over(b, Phone("phone-d", anew.ask))
    for phone in (c, d, c, d):
        await phone.sync()
    assert c.rows.keys() == d.rows.keys() == a.rows.keys()
    assert {each: local(c, each) for each in c.rows} == {each: local(d, each) for each in d.rows}
    assert local(c, linked)["note"] == "never sent"
    assert [phone.outbox() for phone in (c, d)] == [[], []]


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


def test_what_the_server_did_not_keep_of_an_entry_is_no_base() -> None:
    sent = {"a": 1, "b": 2, "c": {"x": 1, "y": 2}, "d": {"x": 1}}
    entry = {"revision": 9, "a": 1, "c": {"x": 1}, "d": {"x": 1}, "source": "self"}
    assert held_of(sent, entry) == {"a": 1, "d": {"x": 1}}
    assert held_of(sent, {**entry, **sent}) == sent


def test_a_patch_names_what_changed_alone() -> None:
    before = {"a": 1, "b": {"x": 1, "y": 2}, "c": [1], "d": {"x": 1}}
    after = {"a": 1, "b": {"y": 3}, "c": [1, 2], "e": 5, "d": {"x": 1}}
    assert patch_between(before, after) == {"b": {"x": None, "y": 3}, "c": [1, 2], "e": 5}

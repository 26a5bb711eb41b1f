"""The phone that the guide describes, with sessions and what is linked to them."""

import pytest

from tests.service import an_entry
from tests.sync.merging import Content
from tests.sync.phone import Phone
from tests.sync.phone_writing import change, content, local, new_entry

pytestmark = pytest.mark.anyio


def of_a_session(session_id: str) -> Content:
    """A dissociation around that session as a phone keeps it."""
    return content(kind="dissociation", spontaneous=False, session_id=session_id)


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

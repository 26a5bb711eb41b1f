"""The restore runbook as a journey: an older copy comes back, and the phones bring the rest."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.journal.restore import JUMP
from tests.clocks import SetClock
from tests.portability.imports import DAYLIO, commit
from tests.service import Patient, an_entry
from tests.sync.phone import Phone
from tests.sync.stages import Stage, new_stage

pytestmark = pytest.mark.anyio
EPOCH = 2**40


@pytest.fixture
async def stage(
    empty_database_url: str, tmp_path: Path, clock: SetClock, anyio_backend: str
) -> AsyncIterator[Stage]:
    """A service of its own on each engine in turn."""
    made = await new_stage(empty_database_url, tmp_path, clock)
    await made.begin()
    yield made
    await made.close()


@pytest.fixture
async def http(stage: Stage) -> AsyncIterator[httpx.AsyncClient]:
    """A client that is signed in; it outlives restores."""
    async with stage.client(stage.transport()) as client:
        yield client


def write(phone: Phone, note: str) -> str:
    """A new entry on the phone."""
    draft = an_entry(note=note)
    entry_id: str = draft.pop("id")
    phone.write(entry_id, draft)
    return entry_id


def rewrite(phone: Phone, entry_id: str, **members: Any) -> None:
    """A change on the phone."""
    phone.write(entry_id, {**(phone.rows[entry_id].local or {}), **members})


def notes(phone: Phone) -> dict[str, str]:
    """What the patient sees."""
    return {each: row.local["note"] for each, row in phone.rows.items() if row.local}


async def test_phones_bring_back_what_the_backup_lacks(
    stage: Stage, http: httpx.AsyncClient
) -> None:
    a, b = Phone("phone-a", http.request), Phone("phone-b", http.request)
    kept, edited, dropped = write(a, "kept"), write(a, "before"), write(a, "to be deleted")
    for phone in (a, b):
        await phone.sync()
    await stage.back_up("night")

    rewrite(a, edited, note="after")
    fresh = write(b, "after the backup")
    a.remove(dropped)
    offline = write(b, "never sent before the loss")
    for phone in (a, b, a):
        await phone.sync()
    assert await stage.restore("night") == 1

    old = await http.get("/v1/sync/changes", params={"cursor": a.cursor})
    assert (old.status_code, old.json()["code"]) == (410, "sync_reset_required")
    for phone in (a, b, a, b):
        await phone.sync()
    expected = {
        kept: "kept",
        edited: "after",
        fresh: "after the backup",
        offline: "never sent before the loss",
    }
    assert notes(a) == notes(b) == expected
    gone = await http.get(f"/v1/entries/{dropped}")
    assert gone.status_code == 404
    feed = (await http.get("/v1/sync/changes", params={"cursor": 0})).json()
    assert {each["id"] for each in feed["changes"] if each["deleted"]} == {dropped}
    history = (await http.get(f"/v1/entries/{edited}/history")).json()["items"]
    assert [each["entry"]["note"] for each in history] == ["before"]


async def test_a_deletion_comes_back_where_no_phone_remembers_it(
    stage: Stage, http: httpx.AsyncClient
) -> None:
    a = Phone("phone-a", http.request)
    entry_id = write(a, "deleted in a browser")
    await a.sync()
    await stage.back_up("night")
    etag = {"If-Match": f'"{a.rows[entry_id].base_revision}"'}
    assert (await http.delete(f"/v1/entries/{entry_id}", headers=etag)).status_code == 204
    await stage.restore("night")
    await a.sync()
    assert notes(a) == {entry_id: "deleted in a browser"}


async def test_an_import_that_the_backup_lacks_comes_back_as_one(
    stage: Stage, http: httpx.AsyncClient
) -> None:
    a = Phone("phone-a", http.request)
    await stage.back_up("night")
    token = stage.headers["Authorization"].removeprefix("Bearer ")
    imported = await commit(Patient(http, "", {"access_token": token}), "daylio", DAYLIO)
    await a.sync()
    assert len(a.rows) == imported["created"] > 0
    await stage.restore("night")
    for _ in range(2):
        await a.sync()
    feed = (await http.get("/v1/sync/changes")).json()["changes"]
    assert {each["id"] for each in feed} == a.rows.keys()
    assert {each["entry"]["source"] for each in feed} == {"import"}


@pytest.mark.parametrize("since", ["deleted", "moved"])
async def test_what_was_linked_to_a_session_comes_back_whatever_became_of_that(
    stage: Stage, http: httpx.AsyncClient, since: str
) -> None:
    a = Phone("phone-a", http.request)
    session = an_entry("session", note="session")
    linked = an_entry("dissociation", note="linked", session_id=session["id"], spontaneous=False)
    mood = an_entry(note="mood", session_id=session["id"])
    await stage.back_up("night")
    for draft in (session, linked, mood):
        a.write(draft["id"], {name: told for name, told in draft.items() if name != "id"})
    await a.sync()
    if since == "deleted":
        a.remove(session["id"])
    else:
        rewrite(a, session["id"], occurred_at="2026-05-20T12:00:00+02:00")
    await a.sync()
    await stage.restore("night")
    for _ in range(2):
        await a.sync()
    feed = (await http.get("/v1/sync/changes")).json()["changes"]
    back = {each["entry"]["note"]: each["entry"].get("session_id") for each in feed}
    kept = {"linked": session["id"], "mood": session["id"]}
    assert back == (kept if since == "deleted" else {"session": None, **kept})


async def test_every_old_cursor_is_refused_once_and_no_number_is_used_again(
    stage: Stage, http: httpx.AsyncClient
) -> None:
    a = Phone("phone-a", http.request)
    write(a, "before")
    await a.sync()
    await stage.back_up("night")
    lost = write(a, "after")
    await a.sync()
    held = a.rows[lost].base_revision
    await stage.restore("night")
    for cursor in range(1, 5):
        answer = await http.get("/v1/sync/changes", params={"cursor": cursor})
        assert answer.status_code == 410
    for _ in range(2):
        await a.sync()
    assert a.rows[lost].base_revision > held + JUMP - 10
    assert a.cursor // EPOCH == 1
    again = await http.get("/v1/sync/changes", params={"cursor": a.cursor})
    assert again.json() == {"changes": [], "cursor": a.cursor, "has_more": False}


async def test_the_same_backup_twice_needs_two_epochs(
    stage: Stage, http: httpx.AsyncClient
) -> None:
    """Told how often, the action keeps the second life apart from the first."""
    a, b = Phone("phone-a", http.request), Phone("phone-b", http.request)
    write(a, "before")
    for phone in (a, b):
        await phone.sync()
    await stage.back_up("night")
    await stage.restore("night")
    first = write(a, "in the first life")
    for phone in (a, b):
        await phone.sync()
    await stage.restore("night", times=2)
    second = write(a, "in the second life")
    for phone in (a, b, a):
        await phone.sync()
    assert notes(a) == notes(b)
    assert {first, second} < notes(b).keys()

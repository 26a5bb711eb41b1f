"""Files of live links: when one is made, who waits for it, and where it stands among the others."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from app.sharing.files import Files, _place
from app.sharing.material import Material
from app.sharing.store_files import FileMark
from tests.service import Patient, Service, an_entry
from tests.sharing.links import ask_for, manifest, opened, room, share
from tests.sharing.test_two_workers import (
    another,
    moods,
    newest,
    opened_of,
    renewed,
    while_made,
)
from tests.waiting import PATIENCE_SECONDS, until

pytestmark = pytest.mark.anyio
AT = datetime(2026, 6, 1, 12, tzinfo=UTC)
MOOD = {"kinds": ["mood"]}


@pytest.fixture
def database_url(sqlite_file_url: str) -> str:
    """One engine: nothing here is a matter of statements."""
    return sqlite_file_url


@pytest.mark.parametrize(
    ("last", "overtaken", "placed"),
    [
        (None, False, 0),
        (None, True, 0),
        (-5, False, 0),
        (0, False, 1),
        (5, False, 6),
        (-5, True, -6),
        (0, True, -1),
        (5, True, 0),
    ],
)
def test_a_file_stands_after_the_last_unless_it_was_overtaken(
    last: int | None, *, overtaken: bool, placed: int
) -> None:
    def at(microseconds: int) -> datetime:
        return AT + timedelta(microseconds=microseconds)

    before = None if last is None else FileMark(uuid4(), 3, b"stamp", at(last))
    assert _place(AT, before, overtaken=overtaken) == at(placed)


async def test_files_are_made_one_after_another(monkeypatch: pytest.MonkeyPatch) -> None:
    nothing: Any = None
    at_once: list[int] = []
    running: list[str] = []

    def slow(_: Material, key: str) -> bytes:
        running.append(key)
        at_once.append(len(running))
        time.sleep(0.05)  # in which another one would begin
        running.remove(key)
        return key.encode()

    monkeypatch.setattr("app.sharing.files.encrypted", slow)
    files = Files(nothing, nothing, nothing, nothing)
    made = await asyncio.gather(*(files.made(nothing, key) for key in "abc"))
    assert made == [b"a", b"b", b"c"]
    assert at_once == [1, 1, 1]


async def test_a_file_in_the_making_keeps_no_reader_of_another_link_waiting(
    service: Service, patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow, quick = await share(patient, mode="live"), await share(patient, mode="live")
    files = room(service).equipment.files
    made, begun, go_on = files.made, asyncio.Event(), asyncio.Event()

    async def waiting(material: Material, key: str) -> bytes:
        if key == slow.payload["key"]:
            begun.set()
            await go_on.wait()
        return await made(material, key)

    monkeypatch.setattr(files, "made", waiting)
    asking = asyncio.ensure_future(ask_for(service, slow, slow.passcode))
    await until(lambda: begun.is_set() or asking.done())
    async with asyncio.timeout(PATIENCE_SECONDS):
        await opened(service, quick)
    assert not asking.done()
    go_on.set()
    assert (await asking).status_code == 200


async def test_a_file_that_still_holds_is_handed_out_without_another_look(
    service: Service, patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = await share(patient, mode="live")
    first = await manifest(service, link)

    async def never(*_: object) -> None:
        raise AssertionError("it holds")

    monkeypatch.setattr(room(service).equipment.files, "renew", never)
    assert await manifest(service, link) == first


async def test_only_what_a_file_is_made_of_may_come_from_a_replica(
    service: Service, patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = await share(patient, mode="live")
    database = room(service).equipment.database
    read = database.read
    asked: list[Any] = []

    async def noted(of: Any, work: Any, **more: Any) -> Any:
        asked.extend(value for name, value in more.items() if name == "replica")
        return await read(of, work, **more)

    monkeypatch.setattr(database, "read", noted)
    await opened(service, link)
    assert asked == [True]


async def test_files_of_one_instant_stand_in_the_order_in_which_they_were_kept(
    service: Service, patient: Patient
) -> None:
    link = await share(patient, mode="live")
    times = []
    for _ in range(3):
        times.append((await manifest(service, link))["files"][0]["lastUpdated"])
        await patient.save(an_entry())
    whole = "2026-06-01T12:00:00"
    assert times == [f"{whole}Z", f"{whole}.000001Z", f"{whole}.000002Z"]


async def test_a_file_that_was_overtaken_stands_before_the_one_that_overtook_it(
    service: Service, patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = await share(patient, mode="live", scope=MOOD)
    known = await opened_of(service, patient, link)

    async def overtake() -> None:
        await patient.save(an_entry(score=4))
        await renewed(another(service), known)
        await patient.save(an_entry(score=5))

    while_made(service, monkeypatch, overtake)
    (file,) = (await manifest(service, link))["files"]
    assert file["lastUpdated"] == "2026-06-01T11:59:59.999999Z"
    assert moods(link.decrypted(file["embedded"])) == []


async def test_a_file_takes_the_place_of_the_last_one_though_the_journal_moved_on(
    service: Service, patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = await share(patient, mode="live", scope=MOOD)
    known = await opened_of(service, patient, link)
    await opened(service, link)
    first = await newest(service, known)
    await patient.save(an_entry(score=3))

    async def move_on() -> None:
        await patient.save(an_entry(score=4))

    while_made(service, monkeypatch, move_on)
    (file,) = (await manifest(service, link))["files"]
    assert moods(link.decrypted(file["embedded"])) == [3]
    second = await newest(service, known)
    assert first is not None
    assert second is not None
    assert second.created_at == first.created_at + timedelta(microseconds=1)
    assert file["lastUpdated"] == "2026-06-01T12:00:00.000001Z"

"""A patient's phones, a browser and a service, in one story that can be judged at its end."""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from typing import Any, TypeVar
from uuid import UUID

import httpx

from tests.sync.faulty_line import Fault, FaultyLine
from tests.sync.ledger import Ledger, Marker, markers_of
from tests.sync.merging import Content, content_of
from tests.sync.phone import Item, Phone, TryLater
from tests.sync.stages import Stage

T = TypeVar("T")
PHONES = 3
PAGE = 3
PATIENCE = 50
LOST = (httpx.TransportError, TryLater)


@dataclass(slots=True)
class Hand:
    """A phone in a patient's hand: its line, and an answer that it has not looked at yet."""

    phone: Phone
    line: FaultyLine
    client: httpx.AsyncClient
    waiting: tuple[list[Item], httpx.Response] | None = None


class World:
    """Runs everything on one loop; values are numbered so that each is written once."""

    def __init__(self, stage: Stage, loop: asyncio.Runner) -> None:
        """Begin with an empty journal."""
        self._stage = stage
        self._loop = loop
        self._numbers = count(1)
        self.ledger = Ledger()
        self.restored: dict[str, int] = {}
        self.run(stage.begin())
        self.hands = [self._hand(f"phone-{number}") for number in range(PHONES)]
        self.browser = stage.client(stage.transport())

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Do something to its end."""
        return self._loop.run(work)

    def attempt(self, work: Coroutine[Any, Any, T]) -> T | None:
        """Do something that the line may spoil."""
        with suppress(*LOST):
            return self.run(work)
        return None

    def number(self) -> int:
        """A number that was never used."""
        return next(self._numbers)

    def new_id(self) -> str:
        """An id that was never used; stories must be the same each time they are told."""
        return str(UUID(int=self.number() + (7 << 76) + (2 << 62)))

    def value(self, member: str) -> Any:
        """A value of a marked member that was never used."""
        number = self.number()
        if member == "tags":
            return [f"tag {number}"]
        if member == "occurred_at":
            return f"2026-06-01T11:00:00.{number:06d}+02:00"
        return f"text {number}"

    def mood(self, entry_id: str) -> Content:
        """New content, noted as written."""
        content: Content = {"kind": "mood", "time_zone": "Europe/Berlin", "score": 5}
        for member in ("note", "tags", "occurred_at"):
            content[member] = self.value(member)
            self.ledger.write(entry_id, member, content[member], None)
        self.ledger.created.add(entry_id)
        return content

    def changed(self, entry_id: str, content: Content, member: str, *, clear: bool) -> Content:
        """`content` with one marked member written anew or cleared, noted as written."""
        clear = clear and member != "occurred_at"
        value = None if clear else self.value(member)
        written = ["cleared", self.number()] if clear else value
        self.ledger.write(entry_id, member, written, content.get(member))
        new = {name: kept for name, kept in content.items() if name != member}
        return new if clear else {**new, member: value}

    def back_up(self) -> None:
        """Copy the database, as a nightly backup would."""
        self.run(self._stage.back_up("copy"))
        self.ledger.back_up("copy")
        self.restored["copy"] = 0

    def restore(self) -> None:
        """The database is lost and comes back as it was when it was copied."""
        self.restored["copy"] += 1
        assert self.run(self._stage.restore("copy", self.restored["copy"])) == 1
        held: set[Marker] = set()
        buried: set[str] = set()
        for hand in self.hands:
            buried |= hand.phone.buried
            for entry_id, row in hand.phone.rows.items():
                if row.local is None:
                    buried.add(entry_id)
                else:
                    held |= markers_of(entry_id, row.local)
        self.ledger.restore("copy", held, buried)

    async def browse(self, entry_id: str, member: str, *, clear: bool) -> None:
        """A change in a browser, that reads the entry first."""
        path = f"/v1/entries/{entry_id}"
        read = await self.browser.get(path)
        if read.status_code != httpx.codes.OK:
            return
        content = content_of(read.json())
        new = self.changed(entry_id, content, member, clear=clear)
        answer = await self.browser.patch(
            path, json={member: new.get(member)}, headers={"If-Match": read.headers["ETag"]}
        )
        assert answer.status_code == httpx.codes.OK, answer.text
        saved = answer.json()["entry"]
        if saved["revision"] != read.json()["revision"]:
            self.ledger.truth.note(entry_id, saved["revision"], saved)

    async def browser_writes(self, entry_id: str) -> None:
        """A new entry from a browser."""
        draft = {"id": entry_id, **self.mood(entry_id)}
        answer = await self.browser.post("/v1/entries", json=draft)
        assert answer.status_code == httpx.codes.CREATED, answer.text
        saved = answer.json()["entry"]
        self.ledger.truth.note(entry_id, saved["revision"], saved)

    async def browser_deletes(self, entry_id: str) -> None:
        """A deletion in a browser."""
        path = f"/v1/entries/{entry_id}"
        read = await self.browser.get(path)
        if read.status_code == httpx.codes.OK:
            etag = {"If-Match": read.headers["ETag"]}
            answer = await self.browser.delete(path, headers=etag)
            assert answer.status_code == httpx.codes.NO_CONTENT
            self.ledger.truth.note(entry_id, 0, None)
            self.ledger.deleted.add(entry_id)

    def quiet(self) -> None:
        """Late requests arrive, every phone comes online, and all sync until nothing moves."""
        for hand in self.hands:
            hand.waiting = None
            hand.line.fault = Fault.NONE
            while hand.line.late:
                self.run(hand.line.deliver_late(-1))
        for _ in range(2 * PHONES):
            before = self._places()
            for hand in self.hands:
                self._sync_to_the_end(hand.phone)
            if before == self._places():
                return
        raise AssertionError("the phones never come to rest")

    def end(self) -> None:
        """Nobody is connected any more."""
        for hand in self.hands:
            self.run(hand.client.aclose())
        self.run(self.browser.aclose())

    def _sync_to_the_end(self, phone: Phone) -> None:
        """A server without time is asked again, as the contract says."""
        for _ in range(PATIENCE):
            try:
                return self.run(phone.sync())
            except TryLater:
                self.run(asyncio.sleep(0.1))
        raise AssertionError("the server never has time")

    def _places(self) -> list[object]:
        """Where each phone and each of its rows stands."""
        return [
            (hand.phone.cursor, {each: row.base_revision for each, row in hand.phone.rows.items()})
            for hand in self.hands
        ]

    def _hand(self, device_id: str) -> Hand:
        line = FaultyLine(self._stage.transport(), self._witness)
        client = self._stage.client(line)
        return Hand(Phone(device_id, client.request, PAGE), line, client)

    def _witness(self, request: httpx.Request, answer: httpx.Response) -> None:
        assert answer.status_code != httpx.codes.INTERNAL_SERVER_ERROR, answer.text
        self.ledger.truth.see(request, answer)

"""What goes on beside requests is done once, outlives whoever asked, and ends with the service."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pytest

from app.background import Shared
from app.trends import questions
from tests.clocks import SetClock
from tests.service import running
from tests.trends.ready_patient import ready_of

pytestmark = pytest.mark.anyio


async def test_work_under_one_key_is_done_once_and_then_anew() -> None:
    shared: Shared[str, int] = Shared()
    begun: list[str] = []

    async def make() -> int:
        begun.append("")
        await asyncio.sleep(0)
        return len(begun)

    together = [shared.task(key, make) for key in ("a", "a", "b")]
    assert together[0] is together[1]
    assert await asyncio.gather(*together) == [2, 2, 2]
    await asyncio.sleep(0)
    assert not shared.under_way()
    assert await shared.task("a", make) == 3


async def test_at_the_end_all_of_it_has_ended_whatever_it_does_last() -> None:
    shared: Shared[int, None] = Shared()
    last: list[str] = []

    async def tidy(number: int) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0.01)
            last.append(f"{number} ended")

    async with shared.ending():
        for number in range(3):
            shared.task(number, partial(tidy, number))
        await asyncio.sleep(0)
    assert sorted(last) == ["0 ended", "1 ended", "2 ended"]
    assert not shared.under_way()


@dataclass(slots=True)
class Told:
    """What came to an end, in its order."""

    ends: list[str] = field(default_factory=list)
    begun: asyncio.Event = field(default_factory=asyncio.Event)

    async def endless(self, *_: object) -> None:
        """Goes on until it is cancelled, and takes a moment then."""
        self.begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0.01)
            self.ends.append("answer")

    def closing(self, close: Callable[[], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
        """Closes, and tells of it."""

        async def closed() -> None:
            self.ends.append("database")
            await close()

        return closed


async def test_an_answer_that_is_made_for_nobody_ends_before_the_database_is_closed(
    database_url: str, tmp_path: Path, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = Told()
    async with running(database_url, tmp_path, clock) as service:
        ready = await ready_of(service, await service.sign_up())
        monkeypatch.setattr(ready.database, "close", told.closing(ready.database.close))
        monkeypatch.setattr(ready.trends._journal, "days", told.endless)
        asked = asyncio.create_task(ready.ask(questions.summary()))
        async with asyncio.timeout(20):
            await told.begun.wait()
        asked.cancel()
        await asyncio.wait({asked})
        assert ready.trends._shared.under_way()
    assert told.ends == ["answer", "database"]

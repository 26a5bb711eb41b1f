"""Who asks the same at once waits for one answer."""

import asyncio
from typing import Any

import pytest

from app.database import DatabaseUnavailable
from app.trends import questions
from app.trends.metrics import Metric
from tests.trends.ready_patient import Ready

pytestmark = pytest.mark.anyio
EVERYBODY = 7
MOOD = questions.daily(Metric.MOOD)


async def test_who_asks_the_same_at_once_waits_for_one_answer(
    ready: Ready, monkeypatch: pytest.MonkeyPatch
) -> None:
    days, read = ready.trends._journal.days, []
    looks, everybody_looked = [], asyncio.Event()
    answers: Any = ready.trends._ready
    look = answers.look

    async def counted_look(asking: Any, plan_of: Any) -> Any:
        found = await look(asking, plan_of)
        looks.append(asking)
        if len(looks) == EVERYBODY:
            everybody_looked.set()
        return found

    async def counted(*asked: Any) -> Any:
        read.append(asked)
        await everybody_looked.wait()
        return await days(*asked)

    expected = [await ready.anew(each) for each in (questions.summary(), MOOD)]
    monkeypatch.setattr(answers, "look", counted_look)
    monkeypatch.setattr(ready.trends._journal, "days", counted)
    asked = [ready.ask(questions.summary()) for _ in range(EVERYBODY - 1)]
    async with asyncio.timeout(20):
        found = await asyncio.gather(*asked, ready.ask(MOOD))
    assert found == [expected[0]] * (EVERYBODY - 1) + [expected[1]]
    assert len(read) == 2
    assert not ready.trends._shared.under_way()


async def test_a_fault_is_that_of_all_who_waited_and_of_nobody_later(
    ready: Ready, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(*_: Any) -> Any:
        await asyncio.sleep(0)
        raise DatabaseUnavailable("gone")

    with monkeypatch.context() as patch:
        patch.setattr(ready.trends._journal, "days", fails)
        asked = [ready.ask(MOOD) for _ in range(3)]
        found = await asyncio.gather(*asked, return_exceptions=True)
        assert {type(each) for each in found} == {DatabaseUnavailable}
    assert await ready.ask(MOOD) == await ready.anew(MOOD)

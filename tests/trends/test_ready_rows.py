"""The rows of ready answers: what they open for, what they show, and how many there are."""

from datetime import timedelta
from typing import Any

import pytest

from app.journal.store_ready import MOST_KEPT
from app.telemetry import SEAL_FAILURES
from app.trends import questions
from app.trends.kept_answer import KEPT_VERSION
from app.trends.metrics import Metric
from tests.clocks import SetClock
from tests.service import Patient, Service, an_entry
from tests.trends.ready_patient import (
    DAY,
    Ready,
    outcomes,
    ready_of,
    some_days,
)

pytestmark = pytest.mark.anyio
ZONES = ("UTC", "America/New_York", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Kathmandu")
HOUR = timedelta(hours=1)
MOOD = questions.daily(Metric.MOOD)


async def test_a_row_is_of_its_question_and_of_its_stamp(ready: Ready) -> None:
    """Every column moved to another value: computed anew, and a broken seal is told."""
    expected = await ready.ask(MOOD)
    await ready.ask(questions.coverage())
    await ready.settle()
    first, second = await ready.rows()
    flipped = first["sealed"][:-1] + bytes([first["sealed"][-1] ^ 1])
    async with ready.held():
        for sealed in (second["sealed"], flipped):
            await ready.change(sealed=sealed)
            await spoilt_is_told(ready, expected)
        for sealed in (b"", b"no envelope"):
            await ready.change(sealed=sealed)
            assert await served(ready, expected) == 0
        await ready.change(sealed=first["sealed"])
        for column, value in {
            "epoch": 1,
            "head": first["head"] + 1,
            "profile_revision": 2,
            "version": "0",
        }.items():
            await ready.change(**{column: value})
            assert await served(ready, expected) == 0, column
            await ready.change(**{column: first[column]})
        assert await served(ready, expected) == 1


async def served(ready: Ready, expected: Any) -> int:
    """Ask for moods; how many of the answers were ready."""
    before = outcomes()["served"]
    assert await ready.ask(MOOD) == expected
    return outcomes()["served"] - before


async def spoilt_is_told(ready: Ready, expected: Any) -> None:
    before = SEAL_FAILURES.counts.get(("ready_answer",), 0)
    assert await ready.ask(MOOD) == expected
    assert SEAL_FAILURES.counts["ready_answer",] == before + 1


async def test_an_old_row_never_opens_as_a_newer_answer(patient: Patient, ready: Ready) -> None:
    await ready.ask(MOOD)
    await ready.settle()
    (old,) = await ready.rows()
    await patient.save(an_entry(score=1))
    await ready.ask(MOOD)
    await ready.settle()
    async with ready.held():
        await ready.change(sealed=old["sealed"])
        await spoilt_is_told(ready, await ready.anew(MOOD))


async def test_an_answer_of_another_patient_does_not_open(
    service: Service, ready: Ready, clock: SetClock
) -> None:
    neighbour = await service.sign_up()
    await some_days(neighbour, clock.now.date())
    other = await ready_of(service, neighbour)
    for each in (ready, other):
        await each.ask(MOOD)
        await each.settle()
    (theirs,), (own,) = await other.rows(), await ready.rows()
    assert theirs["question"] != own["question"]
    async with ready.held():
        await ready.change(sealed=theirs["sealed"])
        await spoilt_is_told(ready, await ready.anew(MOOD))


async def test_neither_question_nor_tag_nor_zone_shows_on_the_disk(
    patient: Patient, ready: Ready
) -> None:
    reply = await ready.ask(MOOD)
    await ready.settle()
    (row,) = await ready.rows()
    assert len(row["question"]) == 43
    assert reply[0] not in repr(row)
    assert set(row) == {
        *("account_id", "question", "epoch", "head", "profile_revision", "version"),
        *("serial", "sealed"),
    }


async def test_so_many_answers_are_kept_and_the_oldest_go_first(
    ready: Ready, clock: SetClock
) -> None:
    today = clock.now.date()
    for number in range(MOST_KEPT + 3):
        await ready.ask(MOOD, today - (number + 5) * DAY, today)
        await ready.settle()
    rows = await ready.rows()
    assert [row["serial"] for row in rows] == [*range(4, MOST_KEPT + 4)]
    before = outcomes()["served"]
    await ready.ask(MOOD, today - 8 * DAY, today)
    await ready.ask(MOOD, today - 7 * DAY, today)
    assert outcomes()["served"] == before + 1


async def test_the_version_of_the_trends_is_part_of_the_stamp(
    ready: Ready, monkeypatch: pytest.MonkeyPatch
) -> None:
    await ready.ask(MOOD)
    await ready.settle()
    (row,) = await ready.rows()
    assert row["version"] == KEPT_VERSION
    monkeypatch.setattr("app.trends.ready.KEPT_VERSION", "2/other")
    before = outcomes()["served"]
    await ready.ask(MOOD)
    assert outcomes()["served"] == before
    await ready.settle()
    (row,) = await ready.rows()
    assert row["version"] == "2/other"

"""Answers are kept beside the requests, which do not wait, and never of a journal that is gone."""

import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from app.database import DatabaseOverloaded, DatabaseUnavailable, WholeDatabase
from app.journal.store_ready import Stamp
from app.trends import keeper as keeping
from app.trends import questions
from app.trends.keeper import AnswerKeeper, Finished
from app.trends.kept_answer import KEPT_VERSION, KeptAnswer
from app.trends.metrics import Metric
from app.trends.ready import ReadyAnswers
from app.web.json_body import JsonBody
from app.web.problems import TokenInvalid
from tests.clocks import SetClock
from tests.service import Patient, Service, an_entry
from tests.sync.recorder import RecordingDatabase
from tests.trends.ready_patient import DAILY, Ready, keep_the_first, outcomes, some_days

pytestmark = pytest.mark.anyio
WEEK = 8
MOOD = questions.daily(Metric.MOOD)


def finished(account_id: UUID, clock: SetClock, head: int = 1, size: int = 10) -> Finished:
    """An answer of a journal at a head."""
    body = JsonBody(b"{%b}" % (b" " * size))
    answer = KeptAnswer(clock.now, clock.now + timedelta(hours=1), '"tag"', body)
    return Finished(account_id, uuid4().hex, Stamp(0, head, 1, KEPT_VERSION), answer)


def recorded(ready: Ready) -> RecordingDatabase:
    """Let the patient's trends run on a recording database from now on."""
    recorder = RecordingDatabase(ready.database)
    old: Any = ready.trends._ready
    source = old._source
    source._database = source._reading._database = recorder
    source._reading._digests._database = recorder
    made = ReadyAnswers(recorder, old._vault, source, ready.keeper)
    ready.trends._ready = made
    keep_the_first(ready.trends)
    return recorder


async def test_a_ready_answer_takes_one_statement_and_a_computed_one_two(ready: Ready) -> None:
    """All in one transaction unless a replica stands by; absent keys cost one more."""
    await ready.ask(MOOD)
    await ready.settle()
    recorder = recorded(ready)
    await ready.ask(MOOD)
    assert recorder.units == [["standing.LOAD_WITH_ANSWER"]]
    recorder.units.clear()
    standing = ["standing.LOAD_WITH_ANSWER"]
    tables = "digests.LOAD_DAY_TABLES"
    await ready.ask(questions.daily(Metric.ANXIETY))
    assert recorder.units[:1] == [[*standing, tables]]
    recorder.has_replica = True
    recorder.units.clear()
    await ready.ask(questions.daily(Metric.FLASHBACK_COUNT))
    assert recorder.units[:2] == [standing, ["journal.HEAD", tables]]


async def test_an_answer_of_a_journal_that_moved_on_is_not_kept(
    patient: Patient, ready: Ready
) -> None:
    async with ready.keeper._turn:
        await ready.ask(MOOD)
        await patient.save(an_entry(score=1))
    await ready.settle()
    assert await ready.rows() == []


async def test_a_late_answer_under_an_old_profile_takes_no_new_ones_away(
    patient: Patient, ready: Ready
) -> None:
    async with ready.keeper._turn:
        await ready.ask(MOOD)
        late = dict(ready.keeper._waiting)
        ready.keeper._waiting.clear()
        await patient.set_time_zone("Asia/Tokyo")
    await ready.ask(questions.coverage())
    await ready.settle()
    kept = await ready.rows()
    ready.keeper._waiting.update(late)
    await ready.settle()
    assert await ready.rows() == kept != []


async def test_no_answer_comes_after_the_account_is_erased(
    service: Service, patient: Patient, ready: Ready
) -> None:
    async with ready.keeper._turn:
        await ready.ask(MOOD)
        await patient.step_up()
        assert (await patient.ask("DELETE", "/v1/account")).status_code == 204
        assert ready.keeper._waiting
    await ready.settle()
    assert await ready.rows() == []


async def test_erasing_while_answers_are_kept_leaves_none(
    service: Service, patient: Patient, ready: Ready, clock: SetClock
) -> None:
    await patient.step_up()
    head = 1 + len(await some_days(patient, clock.now.date(), 1)) + WEEK

    async def keep_on() -> None:
        for _ in range(30):
            await ready.ask(MOOD)
            await ready.keeper._keep(finished(ready.account_id, clock, head))

    keeping_on = asyncio.create_task(keep_on())
    erased = await patient.ask("DELETE", "/v1/account")
    assert erased.status_code == 204
    with suppress(TokenInvalid):
        await keeping_on
    await ready.settle()
    assert await ready.rows() == []


async def test_what_was_read_at_another_moment_is_not_offered(
    ready: Ready, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Headlines from a copy of the database that lags behind the one that told the head."""
    days = ready.trends._journal.days

    async def older(*asked: Any) -> Any:
        seen = await days(*asked)
        assert seen.state is not None
        epoch, head = seen.state
        return seen._replace(state=older_state(epoch, head))

    monkeypatch.setattr(ready.trends._journal, "days", older)
    for state in (lambda epoch, head: (epoch, head - 1), lambda *_: None):
        older_state = state
        await ready.ask(MOOD)
        assert not ready.keeper._waiting


async def test_only_so_many_wait_and_the_same_question_waits_once(
    service: Service, ready: Ready, clock: SetClock
) -> None:
    keeper = AnswerKeeper(ready.keeper._database, ready.keeper._vault)
    one = finished(ready.account_id, clock)
    for _ in range(2):
        keeper.offer(one)
    assert len(keeper._waiting) == 1
    before = outcomes().get("dropped", 0)
    for _ in range(keeping.MOST_WAITING):
        keeper.offer(finished(ready.account_id, clock))
    assert len(keeper._waiting) == keeping.MOST_WAITING
    assert outcomes()["dropped"] == before + 1
    newer = replace(one, stamp=one.stamp._replace(head=2))
    keeper.offer(newer)
    assert keeper._waiting[one.account_id, one.question] is newer


async def test_an_answer_is_kept_also_while_others_wait_for_the_database(
    ready: Ready, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a busy service computes everything each time, and stays busy."""
    database: WholeDatabase = ready.keeper._database
    idle = database.usage()
    monkeypatch.setattr(database, "usage", lambda: idle._replace(waiting=1))
    await ready.ask(MOOD)
    await ready.settle()
    assert len(await ready.rows()) == 1


async def test_what_is_too_long_is_not_kept(ready: Ready, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "MOST_BYTES", 10)
    await ready.ask(MOOD)
    await ready.settle()
    assert await ready.rows() == []


async def test_an_overloaded_database_is_no_fault(
    ready: Ready, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def full(*_: Any) -> Any:
        raise DatabaseOverloaded("full")

    before = outcomes().get("dropped", 0)
    monkeypatch.setattr(ready.keeper._database, "write", full)
    await ready.ask(MOOD)
    await ready.settle()
    assert outcomes()["dropped"] == before + 1
    assert not caplog.records


async def test_keeping_goes_on_after_a_fault(
    patient: Patient, ready: Ready, monkeypatch: pytest.MonkeyPatch
) -> None:
    await ready.ask(MOOD)  # which keeps the digests
    await ready.settle()
    await patient.save(an_entry())
    write, faults = ready.database.write, iter([DatabaseUnavailable("gone"), None])

    async def once(*asked: Any) -> Any:
        fault = next(faults, None)
        if fault:
            raise fault
        return await write(*asked)

    monkeypatch.setattr(ready.database, "write", once)
    for number in (1, 2):
        await ready.trends.answer(ready.scope, MOOD, None, None, lambda _: False)
        async with asyncio.timeout(10):
            while ready.keeper._waiting or ready.keeper._turn.locked():
                await asyncio.sleep(0.01)
        heads = {row["head"] for row in await ready.rows()}
        assert (len(heads), len(await ready.rows())) == (1, 1)
        assert (max(heads) == WEEK + 2) is (number == 2)


async def test_a_reader_never_waits_for_the_keeping(
    patient: Patient, ready: Ready, monkeypatch: pytest.MonkeyPatch
) -> None:
    await ready.ask(MOOD)  # which keeps the digests
    await ready.settle()
    begun, let_go = asyncio.Event(), asyncio.Event()

    async def slow(*_: Any) -> Any:
        begun.set()
        await let_go.wait()

    monkeypatch.setattr(ready.database, "write", slow)
    async with asyncio.timeout(10):
        for path in ("/v1/trends/coverage", DAILY, "/v1/trends/timeline"):
            assert (await patient.ask("GET", path)).status_code == 200
            await begun.wait()
    let_go.set()

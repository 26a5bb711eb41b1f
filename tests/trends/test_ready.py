"""Ready answers are a cache: what is served is what would be computed, whatever happened before."""

import gzip
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest

from app.database import DatabaseUnavailable
from app.journal.restore import begin_epoch
from app.trends import questions
from app.trends.metrics import Metric
from tests.clocks import SetClock
from tests.journal.kept_digests import delete, replace, something_happens
from tests.service import Patient, Service, an_entry
from tests.trends.ready_patient import (
    DAILY,
    DAY,
    Ready,
    every_question,
    outcomes,
    some_days,
)

pytestmark = pytest.mark.anyio
ZONES = ("UTC", "America/New_York", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Kathmandu")
HOUR = timedelta(hours=1)
MOOD = questions.daily(Metric.MOOD)


async def test_what_is_ready_is_what_would_be_computed_after_whatever_happens(
    service: Service, patient: Patient, ready: Ready, clock: SetClock
) -> None:
    dice = Random(11)  # noqa: S311 - to repeat what it does
    entries = await some_days(patient, date(2026, 5, 20), 5)
    before = outcomes()
    for _ in range(14):
        match dice.randrange(5):
            case 0:
                await patient.set_time_zone(dice.choice(ZONES))
            case 1:
                clock.advance(hours=dice.choice([1, 5, 11, 26]))
                await patient.refresh()
            case 2:
                ahead = (clock.now + dice.randrange(2) * DAY).date()
                draft = an_entry(occurred_at=f"{ahead}T00:30:00+14:00", time_zone=ZONES[2])
                await patient.ask("POST", "/v1/entries", json=draft)
            case _:
                await something_happens(patient, entries, dice)
        await asked_at_many_times(ready, clock, dice)
    assert outcomes()["served"] - before.get("served", 0) > 200


async def asked_at_many_times(ready: Ready, clock: SetClock, dice: Random) -> None:
    """Every question twice, now and after a step of the clock in either direction and back."""
    now = clock.now
    steps = [0, dice.choice([-30, -3, 3, 9]), dice.choice([-1, 14, 24]), 0]
    for hours in steps:
        clock.now = now + hours * HOUR
        asked = dice.sample(every_question(now.date()), 6)
        for question, first, last in asked:
            expected = await ready.anew(question, first, last)
            told = [await ready.ask(question, first, last)]
            await ready.settle()
            told.append(await ready.ask(question, first, last))
            assert told == [expected] * 2, (question.operation, hours)
    clock.now = now


async def test_the_second_answer_is_the_first_to_the_byte_and_to_the_header(
    patient: Patient, ready: Ready
) -> None:
    for path in (DAILY, "/v1/trends/summary", "/v1/trends/flashbacks?from=2026-05-31"):
        for coding in ("gzip", "identity"):
            answers = []
            for _ in range(2):
                answer = await patient.ask("GET", path, {"Accept-Encoding": coding})
                assert answer.status_code == 200, answer.text
                await ready.settle()
                answers.append(answer)
            first, second = answers
            assert first.content == second.content
            kept = [{**each.headers} for each in answers]
            for each in kept:
                each.pop("x-request-id", None)
                each.pop("date", None)
            assert kept[0] == kept[1]
            assert ("content-encoding" in second.headers) == (
                coding == "gzip" and len(second.content) > 1024
            )
    assert len(await ready.rows()) == 3


async def test_a_client_that_has_it_is_told_304(patient: Patient, ready: Ready) -> None:
    first = await patient.ask("GET", DAILY)
    await ready.settle()
    before = outcomes()["served"]
    tag = {"If-None-Match": first.headers["ETag"]}
    again = await patient.ask("GET", DAILY, tag)
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert outcomes()["served"] == before + 1
    other = await patient.ask("GET", DAILY, {"If-None-Match": '"another"'})
    assert (other.status_code, other.content) == (200, first.content)


async def test_a_write_or_another_profile_ends_it_and_the_next_answer_takes_its_place(
    patient: Patient, ready: Ready
) -> None:
    await ready.ask(MOOD)
    await ready.ask(questions.summary())
    await ready.settle()
    assert len(await ready.rows()) == 2
    await patient.save(an_entry(score=1))
    assert await ready.ask(MOOD) == await ready.anew(MOOD)
    await ready.settle()
    (row,) = await ready.rows()
    await patient.set_time_zone("Asia/Tokyo")
    assert await ready.ask(MOOD) == await ready.anew(MOOD)
    await ready.settle()
    (after,) = await ready.rows()
    assert (after["head"], after["profile_revision"]) == (row["head"], row["profile_revision"] + 1)


async def test_what_is_deleted_is_gone_from_ready_answers_at_once(
    patient: Patient, ready: Ready
) -> None:
    entry = (await patient.save(an_entry("anxiety")))["entry"]
    await ready.ask(MOOD)
    await ready.settle()
    entry = await replace(patient, entry, note="changed")
    assert len(await ready.rows()) == 1
    await delete(patient, entry)
    assert await ready.rows() == []


async def test_a_new_epoch_ends_it(service: Service, ready: Ready) -> None:
    await ready.ask(MOOD)
    await ready.settle()
    await begin_epoch(ready.database, ready.account_id)
    before = outcomes()["made"]
    assert await ready.ask(MOOD) == await ready.anew(MOOD)
    assert outcomes()["made"] == before + 1


async def test_it_holds_until_the_date_changes_and_not_before_it_was_made(
    ready: Ready, clock: SetClock
) -> None:
    made = clock.now
    await ready.ask(MOOD)
    await ready.settle()
    found = {}
    async with ready.held():
        for name, at in {
            "then": made,
            "before": made - timedelta(microseconds=1),
            "last": datetime(2026, 6, 1, 23, 59, 59, 999999, made.tzinfo),
            "midnight": datetime(2026, 6, 2, tzinfo=made.tzinfo),
        }.items():
            before, clock.now = outcomes()["served"], at
            assert await ready.ask(MOOD) == await ready.anew(MOOD)
            found[name] = outcomes()["served"] - before
    assert found == {"then": 1, "before": 0, "last": 1, "midnight": 0}


async def test_a_narrow_scope_neither_uses_nor_leaves_one(ready: Ready) -> None:
    await ready.ask(MOOD)
    await ready.settle()
    before = outcomes()
    kinds = ready.scope.kinds - {"flashback"}
    narrow = type(ready.scope)(
        account_id=ready.account_id,
        kinds=kinds,
        first=None,
        last=None,
        notes=True,
        signals=True,
        item_answers=True,
    )
    await ready.trends.answer(narrow, questions.coverage(), None, None, lambda _: False)
    await ready.settle()
    assert outcomes() == before
    assert len(await ready.rows()) == 1


async def test_a_database_that_takes_no_write_still_answers(
    patient: Patient, ready: Ready, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    async def refuses(account_id: UUID | None, work: Any) -> None:
        raise DatabaseUnavailable("the disk is full")

    monkeypatch.setattr(ready.database, "write", refuses)
    before = outcomes().get("failed", 0)
    for _ in range(2):
        answer = await patient.ask("GET", DAILY)
        assert answer.status_code == 200, answer.text
        await ready.settle()
    assert outcomes()["failed"] == before + 2
    assert "an answer was not kept: DatabaseUnavailable" in caplog.text
    monkeypatch.undo()
    assert await ready.rows() == []


async def test_kept_bytes_are_those_that_a_client_is_sent(patient: Patient, ready: Ready) -> None:
    path = f"{DAILY}&from=2025-06-02&to=2026-06-01"
    plain = await patient.ask("GET", path, {"Accept-Encoding": "identity"})
    await ready.settle()
    async with patient.http.stream(
        "GET", path, headers={**patient.headers, "Accept-Encoding": "gzip"}
    ) as answer:
        raw = b"".join([chunk async for chunk in answer.aiter_raw()])
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.headers["Vary"].count("Accept-Encoding") == 1
    assert int(answer.headers["Content-Length"]) == len(raw)
    assert gzip.decompress(raw) == plain.content

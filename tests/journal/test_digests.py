"""Digests are a cache: what is read from them is what the entries say, after every change."""

import json
from datetime import date
from pathlib import Path
from random import Random
from uuid import uuid4

import pytest
from msgspec.json import encode
from sqlalchemy import bindparam, update

from app.journal.digests import KINDS, LINES, Digest, last_day, months_between
from app.journal.kinds import KINDS as KINDS_OF_ENTRIES
from app.journal.kinds import Headline
from app.journal.months import MANY_CHANGES, WORTH_KEEPING
from app.journal.restore import begin_epoch
from app.journal.scope import Scope
from app.journal.store import ENTRY
from app.web.problems import TokenInvalid
from tests.clocks import SetClock
from tests.journal.kept_digests import (
    FIRST,
    LAST,
    Kept,
    delete,
    kept,
    replace,
    something_happens,
    sorted_headlines,
    written,
    year,
)
from tests.service import Patient, Service, an_entry

pytestmark = pytest.mark.anyio
GIVEN = Path(__file__).parents[1] / "vectors" / "entry_validation.json"
SPOIL = (
    update(ENTRY).where(ENTRY.c.account_id == bindparam("account")).values(sealed=bindparam("to"))
)


def test_every_kind_has_its_line() -> None:
    assert set(KINDS) == set(KINDS_OF_ENTRIES)


async def test_headlines_of_every_kind_come_back_value_for_value(
    service: Service, patient: Patient, clock: SetClock
) -> None:
    vectors = json.loads(GIVEN.read_text())
    clock.now = clock.now.fromisoformat(vectors["clock"])
    await patient.refresh()
    good = [case["body"] for case in vectors["cases"] if case["expected"]["status"] == 201]
    for draft in [*vectors["given"], *good]:
        await patient.ask("POST", "/v1/entries", json=draft)
    entries = await (await kept(service, patient)).from_entries()
    assert {each.kind for each in entries} == set(KINDS)
    for kind in KINDS:
        given = [each for each in entries if each.kind == kind]
        back = LINES[kind].decode(encode(given))
        assert back == given
        assert _types(back) == _types(given)


def _types(headlines: list[Headline]) -> list[list[type]]:
    names = [[*each.__struct_fields__] for each in headlines]
    return [
        [type(getattr(each, name)) for name in fields]
        for each, fields in zip(headlines, names, strict=True)
    ]


async def test_a_year_is_read_without_opening_an_entry(service: Service, patient: Patient) -> None:
    await year(patient)
    seen = await kept(service, patient)
    expected = await seen.from_entries()
    assert await seen.headlines() == expected
    bound = {"account": seen.scope.account_id, "to": b"no envelope"}
    await seen.database.write(seen.scope.account_id, lambda work: work.execute(SPOIL, bound))
    assert await seen.headlines() == expected
    assert len(expected) == 53


async def test_a_digest_kept_in_step_is_byte_equal_to_one_made_anew(
    service: Service, patient: Patient
) -> None:
    entries, dice = await year(patient), Random(5)  # noqa: S311 - no secret
    seen = await kept(service, patient)
    for _ in range(6):
        await seen.headlines()
        for _ in range(4):
            await something_happens(patient, entries, dice)
        in_step = await seen.texts()
        assert await seen.headlines() == await seen.from_entries()
        await seen.forget()
        await seen.headlines()
        anew = await seen.texts()
        assert in_step == {month: anew[month] for month in in_step}
        assert anew.keys() == set(months_between(FIRST, LAST))


async def test_a_changed_entry_shows_its_new_value_at_once(
    service: Service, patient: Patient
) -> None:
    (entry, *_) = await year(patient, days=14)
    seen = await kept(service, patient)
    await seen.headlines()
    await replace(patient, entry, score=1)
    scores = {each.id: each.score for each in await seen.headlines() if each.kind == "mood"}  # type: ignore[attr-defined]  # moods have scores
    assert scores[entry["id"]] == 1


async def test_an_entry_moved_to_another_month_leaves_its_old_one(
    service: Service, patient: Patient
) -> None:
    (entry, *_) = await year(patient, days=60)
    seen = await kept(service, patient)
    await seen.headlines()
    await replace(patient, entry, **written(date(2026, 2, 3)))
    found = [each.local_date for each in await seen.headlines() if each.id == entry["id"]]
    assert found == [date(2026, 2, 3)]


async def test_a_moved_and_then_deleted_entry_is_in_no_digest(
    service: Service, patient: Patient
) -> None:
    (entry, *_) = await year(patient, days=60)
    seen = await kept(service, patient)
    await seen.headlines()
    moved = await replace(patient, entry, **written(date(2026, 2, 3)))
    assert date(2026, 5, 1) not in {month for month, _, _ in await seen.rows()}
    await delete(patient, moved)
    assert entry["id"] not in {each.id for each in await seen.headlines()}


async def test_a_deleted_entry_leaves_no_digest_of_its_month(
    service: Service, patient: Patient
) -> None:
    """What is deleted is gone for good, and not when somebody next looks at a trend."""
    entries = await year(patient, days=60)
    seen = await kept(service, patient)
    await seen.headlines()
    before = {month for month, _, _ in await seen.rows()}
    await delete(patient, entries[0])
    assert before - {month for month, _, _ in await seen.rows()} == {date(2026, 5, 1)}
    assert await seen.headlines() == await seen.from_entries()


async def test_a_new_epoch_begins_with_new_digests(service: Service, patient: Patient) -> None:
    await year(patient, days=60)
    seen = await kept(service, patient)
    expected = await seen.headlines()
    await begin_epoch(seen.database, seen.scope.account_id)
    assert await seen.texts() == {}
    assert await seen.headlines() == expected
    assert {epoch for _, epoch, _ in await seen.rows()} == {1}


async def test_a_digest_is_written_again_when_it_has_fallen_behind(
    service: Service, patient: Patient
) -> None:
    await year(patient, days=14)
    seen = await kept(service, patient)
    await seen.headlines()
    first = {revision for _, _, revision in await seen.rows()}
    for _ in range(WORTH_KEEPING):
        await patient.save(an_entry(**written(date(2024, 5, 1))))
    await seen.headlines()
    assert {revision for _, _, revision in await seen.rows()} == first
    await patient.save(an_entry(**written(date(2024, 5, 1))))
    assert await seen.headlines() == await seen.from_entries()
    assert {revision for _, _, revision in await seen.rows()} == {first.pop() + WORTH_KEEPING + 1}


async def test_a_digest_is_written_again_when_its_own_month_has_changed_much(
    service: Service, patient: Patient
) -> None:
    await year(patient, days=14)
    seen = await kept(service, patient)
    await seen.headlines()
    (first,) = {revision for _, _, revision in await seen.rows()}
    for _ in range(MANY_CHANGES):
        await patient.save(an_entry())
    await seen.days()
    assert {revision for _, _, revision in await seen.rows()} == {first}
    await patient.save(an_entry())
    await seen.days()
    again = [month for month, _, revision in await seen.rows() if revision > first]
    assert again == [date(2026, 6, 1)]
    assert date(2026, 6, 1) in await seen.tables()


async def test_trends_answer_the_same_with_and_without_digests(
    service: Service, patient: Patient
) -> None:
    await year(patient)
    seen = await kept(service, patient)
    window = {"from": "2025-06-01", "to": "2026-05-31"}
    for path, more in (
        ("daily", {"metric": "mood"}),
        ("summary", {}),
        ("sessions", {}),
        ("session-response", {"metric": "anxiety"}),
    ):
        await seen.forget()
        answers = [
            await patient.ask("GET", f"/v1/trends/{path}", params={**window, **more})
            for _ in range(2)
        ]
        assert answers[0].status_code == 200
        assert answers[0].content == answers[1].content


async def test_a_journal_over_many_decades_is_read_without_digests(
    service: Service, patient: Patient
) -> None:
    await patient.save(an_entry(**written(date(1990, 1, 1))))
    await patient.save(an_entry())
    seen = await kept(service, patient)
    _, found, _ = await seen.journal.reading.headlines(seen.scope, None, None)
    assert [each.local_date for each in sorted_headlines(found)] == [
        date(1990, 1, 1),
        date(2026, 6, 1),
    ]
    assert await seen.rows() == []


async def test_a_scope_sees_its_kinds_and_dates_alone(service: Service, patient: Patient) -> None:
    await year(patient)
    seen = await kept(service, patient)
    narrow = Scope(
        account_id=seen.scope.account_id,
        kinds=frozenset({"mood"}),
        first=date(2026, 1, 15),
        last=date(2026, 3, 14),
        notes=False,
        signals=False,
        item_answers=False,
    )
    _, found, _ = await seen.journal.reading.headlines(narrow, None, date(2026, 3, 1))
    assert found
    assert {each.kind for each in found} == {"mood"}
    assert all(date(2026, 1, 15) <= each.local_date <= date(2026, 3, 1) for each in found)


def test_an_empty_month_has_a_digest_too() -> None:
    assert list(Digest.read(Digest.of([]).text()).headlines()) == []


def test_months_reach_from_the_first_date_to_the_last() -> None:
    months = months_between(date(2025, 12, 31), date(2026, 2, 1))
    assert months == [date(2025, 12, 1), date(2026, 1, 1), date(2026, 2, 1)]
    assert last_day(date(2028, 2, 1)) == date(2028, 2, 29)
    assert months_between(date(9999, 12, 1), date(9999, 12, 31)) == [date(9999, 12, 1)]
    assert months_between(date(2026, 3, 1), date(2026, 2, 28)) == []


async def test_an_unknown_account_has_no_headlines(service: Service) -> None:
    seen = Kept(service, uuid4())
    with pytest.raises(TokenInvalid):
        await seen.headlines()

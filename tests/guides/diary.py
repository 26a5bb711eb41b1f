"""Six weeks of a journal with sessions and questionnaires, by rule and not by chance."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from tests.clocks import SetClock
from tests.service import Patient

# JSON of every type.
Json = Any

FIRST, DAYS = date(2026, 4, 20), 42
SKIPPED_EACH, SKIPPED_AT = 9, 6
SESSION_DAYS = (14, 18, 25, 32)
ZONE = "Europe/Berlin"
AFTER_DOSE = ((40, 6), (90, 3), (150, 0.5))
ANSWERS = {0: (2, 2, 2, 2, 1, 2, 2, 1, 0), 38: (1, 1, 1, 1, 1, 1, 1, 0, 0)}
FLASHBACKS = (2, 0, 1, 3, 1, 0, 1)


async def write_diary(patient: Patient, clock: SetClock, until: datetime) -> None:
    """Each day on its evening; the clock ends at `until`."""
    for number in range(DAYS):
        day = FIRST + timedelta(days=number)
        clock.now = datetime(day.year, day.month, day.day, 19, tzinfo=UTC)
        items = [_item(number * 10 + place, each) for place, each in enumerate(_day(number, day))]
        if not items:
            continue
        await patient.refresh()
        pushed = {"device_id": "phone", "changes": items}
        answer = await patient.ask("POST", "/v1/sync/changes", json=pushed)
        assert answer.status_code == 200, answer.text
        told = {each["status"] for each in answer.json()["results"]}
        assert told <= {"applied"}, answer.text
    clock.now = until
    await patient.refresh()


def entry_id(number: int) -> str:
    """The id of the n-th entry."""
    return f"0197c0de-{number:04x}-7000-8000-{number:012x}"


def _item(number: int, content: dict[str, Json]) -> dict[str, Json]:
    return {"id": entry_id(number), "op": "upsert", "base_revision": 0, "data": content}


def _day(number: int, day: date) -> Iterator[dict[str, Json]]:
    if number in SESSION_DAYS:
        yield _at(day, 600, kind="session") | {
            "status": "completed",
            "substance": "ketamine_racemic",
            "route": "iv_infusion",
        }
        for minutes, intensity in AFTER_DOSE:
            linked = {"session_id": entry_id(number * 10), "intensity": intensity}
            yield _at(day, 600 + minutes, kind="dissociation") | linked
    if number in ANSWERS:
        answers = [{"item": n, "value": value} for n, value in enumerate(ANSWERS[number], 1)]
        yield _at(day, 1080, kind="assessment") | {"instrument": "phq-9", "answers": answers}
    if number % SKIPPED_EACH == SKIPPED_AT:
        return
    after = sum(1 for each in SESSION_DAYS if each < number <= each + 4)
    score = 3 + number // 14 * 0.5 + after * 1.5 + (0, 0.5, -0.5, 1, 0)[number % 5]
    yield _at(day, 1230, kind="mood") | {"score": score}
    yield _at(day, 1231, kind="anxiety") | {"level": 9 - score}
    count = FLASHBACKS[number % 7] - (1 if number > 24 and FLASHBACKS[number % 7] else 0)
    worst = {"worst_distress": 6} if count else {}
    yield _at(day, 1232, kind="flashback") | {"report": "daily_count", "count": count} | worst


def _at(day: date, minute: int, kind: str) -> dict[str, Json]:
    written = f"{day}T{minute // 60:02}:{minute % 60:02}:00+02:00"
    return {"kind": kind, "occurred_at": written, "time_zone": ZONE}

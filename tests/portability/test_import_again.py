"""The same row never makes two entries: not when names get a meaning, nor for an older import."""

from typing import Any

import pytest

from tests.portability.before_marks import imported_before
from tests.portability.imports import change, commit, counts, entries, undo
from tests.service import Patient, Service

pytestmark = pytest.mark.anyio

ZONE = "Europe/Berlin"
BEARABLE = "date formatted,time of day,category,rating/amount,detail,notes\n"
PANIC = "2026-03-14,am,Symptom,3,Panic (Severe),\n"
ANXIETY = "2026-03-14,am,Symptom,1,Anxiety (Mild),\n"
ONE_MORNING = BEARABLE + PANIC + ANXIETY
BOTH = {"anxiety_names": ["Anxiety", "Panic"]}
DAYLIO = "full_date,time,mood,activities,note\n"
FOGGY = "2026-03-14,9:00,foggy,walk,\n"
GOOD = "2026-03-14,9:00,good,walk,\n"
SCORES = {"scores": [{"name": "foggy", "score": 3}]}


async def bring(patient: Patient, diary: str, content: str, **more: Any) -> dict[str, Any]:
    """What an import counted, but for the rows."""
    report = counts(await commit(patient, diary, content, time_zone=ZONE, **more))
    return {name: number for name, number in report.items() if name != "rows"}


async def levels(patient: Patient) -> dict[str, float]:
    """The level of each symptom; no symptom is there twice."""
    found = [(each["tags"][0], each["level"]) for each in await entries(patient)]
    assert len(found) == len(dict(found))
    return dict(found)


async def test_a_name_that_gets_its_meaning_later_brings_its_rows_and_doubles_none(
    patient: Patient,
) -> None:
    assert await bring(patient, "bearable", ONE_MORNING) == {"created": 1, "skipped": 1}
    assert await bring(patient, "bearable", ONE_MORNING, **BOTH) == {"created": 1, "known": 1}
    assert await bring(patient, "bearable", ONE_MORNING, **BOTH) == {"known": 2}
    assert await levels(patient) == {"Panic (Severe)": 7.5, "Anxiety (Mild)": 2.5}


async def test_so_it_is_with_what_an_earlier_release_brought_in(
    service: Service, patient: Patient
) -> None:
    await imported_before(service, patient, "bearable", ONE_MORNING, "Anxiety")
    assert await bring(patient, "bearable", ONE_MORNING) == {"known": 1, "skipped": 1}
    assert await bring(patient, "bearable", ONE_MORNING, **BOTH) == {"created": 1, "known": 1}
    assert await levels(patient) == {"Panic (Severe)": 7.5, "Anxiety (Mild)": 2.5}


async def test_an_entry_of_an_earlier_release_is_known_also_when_it_was_changed(
    service: Service, patient: Patient
) -> None:
    await imported_before(service, patient, "bearable", ONE_MORNING, "Anxiety")
    (entry,) = await entries(patient)
    await change(patient, "PATCH", entry, json={"level": 9.5})
    assert await bring(patient, "bearable", ONE_MORNING, **BOTH) == {"created": 1, "known": 1}
    (entry,) = [each for each in await entries(patient) if each["level"] == 9.5]
    await change(patient, "PATCH", entry, json={"tags": None})
    assert await bring(patient, "bearable", BEARABLE + ANXIETY) == {"known": 1}


async def test_an_entry_of_an_earlier_release_that_was_deleted_stays_deleted(
    service: Service, patient: Patient
) -> None:
    await imported_before(service, patient, "bearable", ONE_MORNING, "Anxiety")
    await change(patient, "DELETE", (await entries(patient))[0])
    assert await bring(patient, "bearable", ONE_MORNING) == {"deleted": 1, "skipped": 1}


async def test_a_later_file_with_a_new_row_before_an_old_one_brings_the_new_one_alone(
    patient: Patient,
) -> None:
    await bring(patient, "bearable", BEARABLE + ANXIETY)
    another = ANXIETY.replace("1,Anxiety (Mild),", "4,Anxiety (Unbearable),On the stairs")
    later = BEARABLE + another + PANIC + ANXIETY
    assert await bring(patient, "bearable", later, **BOTH) == {"created": 2, "known": 1}
    assert set(await levels(patient)) == {
        "Anxiety (Unbearable)",
        "Anxiety (Mild)",
        "Panic (Severe)",
    }


async def test_two_moods_of_one_minute_of_which_one_gets_its_worth_later(patient: Patient) -> None:
    assert await bring(patient, "daylio", DAYLIO + FOGGY + GOOD) == {
        "created": 1,
        "refused_count": 1,
    }
    again = await bring(patient, "daylio", DAYLIO + FOGGY + GOOD, **SCORES)
    assert again == {"created": 1, "known": 1}
    assert sorted(each["score"] for each in await entries(patient)) == [3, 7.5]


async def test_so_it_is_with_moods_of_an_earlier_release(
    service: Service, patient: Patient
) -> None:
    await imported_before(service, patient, "daylio", DAYLIO + FOGGY + GOOD)
    again = await bring(patient, "daylio", DAYLIO + FOGGY + GOOD, **SCORES)
    assert again == {"created": 1, "known": 1}
    assert sorted(each["score"] for each in await entries(patient)) == [3, 7.5]


async def test_a_mood_that_was_renamed_or_rated_anew_is_the_same_row(
    service: Service, patient: Patient
) -> None:
    await bring(patient, "daylio", DAYLIO + GOOD)
    assert await bring(patient, "daylio", DAYLIO + FOGGY, **SCORES) == {"known": 1}
    other = await service.sign_up()
    await imported_before(service, other, "daylio", DAYLIO + GOOD)
    assert await bring(other, "daylio", DAYLIO + FOGGY, **SCORES) == {"known": 1}


async def test_an_import_of_an_earlier_release_can_be_undone_and_brought_in_again(
    service: Service, patient: Patient
) -> None:
    before = await imported_before(service, patient, "bearable", ONE_MORNING, "Anxiety")
    assert (await undo(patient, str(before)))["removed"] == 1
    for _ in range(2):
        report = await commit(patient, "bearable", ONE_MORNING, time_zone=ZONE, **BOTH)
        assert report["created"] == 2
        assert await bring(patient, "bearable", ONE_MORNING, **BOTH) == {"known": 2}
        assert (await undo(patient, report["id"]))["removed"] == 2
    assert await entries(patient) == []


async def test_a_mood_above_a_scale_that_was_wrong_leaves_the_number_of_the_other(
    patient: Patient,
) -> None:
    rows = BEARABLE + "2026-03-14,am,Mood,8,,\n2026-03-14,am,Mood,2,,\n"
    first = await bring(patient, "bearable", rows, mood_top=5)
    assert first == {"created": 1, "refused_count": 1}
    assert await bring(patient, "bearable", rows) == {"created": 1, "known": 1}

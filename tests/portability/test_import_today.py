"""Rows of today that name no clock: a diary that was kept until now lies in no future."""

from datetime import UTC, datetime

import pytest

from tests.clocks import SetClock
from tests.portability.imports import commit, counts, entries, refused
from tests.service import Patient

pytestmark = pytest.mark.anyio

HEAD = "date formatted,time of day,category,rating/amount,detail,notes\n"
ZONE = "America/New_York"


def rows(day: str, *times: str) -> str:
    """Moods of these times of a day."""
    return HEAD + "".join(f"{day},{each},Mood,7,,\n" for each in times)


@pytest.fixture(autouse=True)
def _at_six(clock: SetClock) -> None:
    clock.now = datetime(2026, 6, 1, 10, 0, 30, 700_000, tzinfo=UTC)


async def test_a_word_for_a_later_time_of_today_or_none_means_now(
    patient: Patient, clock: SetClock
) -> None:
    content = rows("2026-06-01", "all day", "", "pm", "am")
    report = await commit(patient, "bearable", content, time_zone=ZONE)
    assert counts(report) == {"rows": 4, "created": 4}
    found = await entries(patient)
    assert {each["occurred_at"] for each in found} == {"2026-06-01T06:00:30-04:00"}
    assert sorted(each["scope"] for each in found) == ["day", "day", "moment", "moment"]
    clock.advance(hours=20)
    await patient.refresh()
    assert (await commit(patient, "bearable", content, time_zone=ZONE))["known"] == 4


async def test_so_it_is_with_moods_of_daylio(patient: Patient) -> None:
    content = "full_date,time,mood,activities,note\n2026-06-01,,good,,\n2026-06-01,evening,bad,,\n"
    report = await commit(patient, "daylio", content, time_zone=ZONE)
    assert counts(report) == {"rows": 2, "created": 2}


async def test_a_word_for_a_time_that_is_over_keeps_it(patient: Patient, clock: SetClock) -> None:
    clock.advance(hours=8)
    await patient.refresh()
    await commit(patient, "bearable", rows("2026-06-01", "am"), time_zone=ZONE)
    assert [each["occurred_at"] for each in await entries(patient)] == ["2026-06-01T09:00:00-04:00"]


async def test_a_clock_time_or_a_day_ahead_is_refused(patient: Patient) -> None:
    for content in (rows("2026-06-01", "19:00"), rows("2026-06-02", "am", "all day")):
        report = await commit(patient, "bearable", content, time_zone=ZONE)
        assert {each[1] for each in refused(report)} == {"in_future"}
    assert await entries(patient) == []

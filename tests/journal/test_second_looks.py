"""What stands beside a saved entry because it deserves a second look."""

import pytest

from tests.service import Patient, an_entry

pytestmark = pytest.mark.anyio


async def test_warnings_stand_beside_the_saved_entry(patient: Patient) -> None:
    draft = an_entry("session", dose_mg=100, weight_kg=70, supervision="none")
    saved = await patient.save(draft)
    assert {each["code"] for each in saved["warnings"]} >= {"dose_high_iv", "unsupervised"}
    close = an_entry("session", occurred_at="2026-06-01T06:00:00+02:00")
    assert [each["code"] for each in (await patient.save(close))["warnings"]] == ["sessions_close"]


async def test_a_questionnaire_entered_twice_deserves_a_second_look(patient: Patient) -> None:
    draft = an_entry("assessment")
    assert (await patient.save(draft))["warnings"] == []
    again = await patient.save(an_entry("assessment"))
    assert [each["code"] for each in again["warnings"]] == ["recall_overlaps_previous"]


async def test_sessions_are_close_across_the_date_line_too(patient: Patient) -> None:
    east, west = "2026-05-12T00:30:00+13:00", "2026-05-10T23:00:00-11:00"
    await patient.save(an_entry("session", occurred_at=east, time_zone="Pacific/Apia"))
    close = an_entry("session", occurred_at=west, time_zone="Pacific/Pago_Pago")
    assert [each["code"] for each in (await patient.save(close))["warnings"]] == ["sessions_close"]

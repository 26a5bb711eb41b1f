"""Sessions: rows, neighbours, vitals, doses, and two on one date."""

from datetime import date, timedelta
from typing import Any

import pytest

from app.journal.kinds import Headline
from app.trends.answers.daily import daily_trend
from app.trends.answers.session_response import session_response
from app.trends.answers.session_row import mg_per_kg
from app.trends.answers.session_table import session_table
from app.trends.metrics import Metric
from app.trends.schemas.session_row import SessionRow
from app.trends.series import JournalDays
from app.trends.thresholds import THRESHOLDS
from app.trends.window import Window
from tests.trends.journals import anxiety, dissociation, made, mood, session

DAY = date(2026, 3, 10)
WINDOW = Window(DAY - timedelta(days=20), DAY + timedelta(days=40), "UTC")


def after(days: int) -> date:
    return DAY + timedelta(days=days)


def rows(*seen: Headline) -> list[SessionRow]:
    return session_table(JournalDays(seen), WINDOW).table.rows


def row_of(**members: Any) -> SessionRow:
    (row,) = rows(session(DAY, **members))
    return row


@pytest.mark.parametrize(
    ("dose_mg", "weight_kg", "told"),
    [
        (41, 82, 0.5),
        (0.1, 80, 0.001),
        (0.1, 80.1, 0.001),
        (56, 70.3, 0.797),
        (1.0005, 1, 1.001),
        (28.5, 100, 0.285),
        (0.25, 100, 0.003),
        (None, 80, None),
        (40, None, None),
    ],
)
def test_mg_per_kg_has_three_decimals_half_up(
    dose_mg: float | None, weight_kg: float | None, told: float | None
) -> None:
    assert mg_per_kg(dose_mg, weight_kg) == told


def test_doses_are_summed() -> None:
    doses = [
        {"at": "2026-03-10T10:00:00+00:00", "mg": 28},
        {"at": "2026-03-10T10:20:00+00:00", "mg": 28.25},
    ]
    assert row_of(doses=doses, weight_kg=70).dose_mg == 56.25


def test_only_sessions_with_a_dose_are_rows() -> None:
    for status in ("planned", "cancelled", "missed"):
        assert rows(session(DAY, status=status)) == []
    assert row_of(status="in_progress").status == "in_progress"


def test_vitals_before_the_dose_and_the_extremes_of_the_others() -> None:
    vitals = row_of(
        vitals=[
            {"phase": "pre", "systolic": 150, "diastolic": 95},
            {"at": "2026-03-10T09:50:00+00:00", "systolic": 124, "diastolic": 78},
            {"at": "2026-03-10T09:55:00+00:00", "pulse": 99},
            {"at": "2026-03-10T10:00:00+00:00", "systolic": 130, "pulse": 80, "spo2": 97},
            {"phase": "peak", "systolic": 141, "diastolic": 90, "spo2": 95},
            {"phase": "post", "systolic": 128, "diastolic": 80, "pulse": 70},
        ]
    ).vitals
    assert vitals is not None
    assert (vitals.systolic_pre, vitals.diastolic_pre) == (124, 78)
    assert (vitals.systolic_max, vitals.diastolic_max) == (141, 90)
    assert (vitals.pulse_max, vitals.spo2_min) == (80, 95)


def test_vitals_without_a_number_to_show_are_absent() -> None:
    assert row_of().vitals is None
    assert row_of(vitals=[{"phase": "pre", "pulse": 70}]).vitals is None


def test_effects_and_experience_as_they_were_told() -> None:
    row = row_of(
        adverse_effects=[{"code": "nausea", "severity": 2, "resolved": True}],
        experience={"comfort": -2},
    )
    assert [(each.code, each.severity) for each in row.adverse_effects or []] == [("nausea", 2)]
    assert row.experience is not None
    assert row.experience.model_dump(exclude_none=True) == {"comfort": -2}
    assert row_of().adverse_effects is None
    assert row_of().experience is None


def test_same_day_is_told_before_and_after_the_dose() -> None:
    seen = [mood(DAY, 3, hour=8), mood(DAY, 4, hour=10), mood(DAY, 7, hour=21)]
    (row,) = rows(session(DAY, hour=10), *seen, anxiety(DAY, 6, hour=9))
    told = [(each.metric, each.before_dose, each.after_dose) for each in row.same_day]
    assert told == [("mood", 3, 5.5), ("anxiety", 6, None)]
    assert row_of().same_day == []


def test_next_day_is_absent_when_it_holds_the_next_session() -> None:
    seen = [session(DAY), mood(after(1), 7), mood(after(1), 8, hour=21)]
    (row,) = rows(*seen)
    assert [(each.metric, each.value, each.n_entries) for each in row.next_day] == [
        ("mood", 7.5, 2)
    ]
    first, second = rows(*seen, session(after(1)))
    assert first.next_day == []
    assert second.next_day == []


def test_days_count_from_dosed_dates_outside_the_window_too() -> None:
    before = session(after(-100))
    planned = session(after(-5), status="planned")
    (row,) = rows(before, planned, session(DAY))
    assert row.days_since_previous == 100
    assert row_of().days_since_previous is None


def two_on_one_date() -> list[Headline]:
    morning, evening = session(DAY, hour=9), session(DAY, hour=18)
    days = [mood(after(day), 3 + (day > 0) * 4) for day in range(-4, 5) if day]
    return [evening, morning, session(after(20)), *days, mood(DAY, 4, hour=12)]


def test_two_sessions_on_one_date_are_two_rows_with_their_own_doses() -> None:
    first, second, third = rows(*two_on_one_date())
    assert (first.dose_at[11:13], second.dose_at[11:13]) == ("09", "18")
    assert first.days_since_previous is second.days_since_previous is None
    assert third.days_since_previous == 20
    assert first.durability == second.durability
    assert first.same_day[0].after_dose == second.same_day[0].before_dose == 4
    assert first.caveats == second.caveats == []


def test_two_sessions_on_one_date_are_one_date_everywhere_else() -> None:
    seen = two_on_one_date()
    morning = min((each for each in seen if each.kind == "session"), key=lambda s: s.instant)
    response = session_response(JournalDays(seen), WINDOW, Metric.MOOD).response
    assert response.n_sessions == 2
    assert response.lines[0].session_id == morning.id
    table = session_table(JournalDays(seen), WINDOW).table
    assert [group.n_sessions for group in table.groups] == [2]
    over = table.durability[0]
    assert over.n_ended + over.n_censored + over.n_no_relief + over.n_insufficient == 2
    days = daily_trend(JournalDays(seen), WINDOW, Metric.MOOD).days
    (row,) = [row for row in days if row.date == DAY]
    assert len(row.session_ids or []) == 2


def test_milligrams_are_never_pooled_over_substances_or_routes() -> None:
    seen = [session(after(day), dose_mg=40, weight_kg=80) for day in range(3)]
    seen += [session(after(9), substance="esketamine", route="intranasal")]
    seen += [session(after(12), route="im")]
    groups = session_table(JournalDays(seen), WINDOW).table.groups
    assert [(each.substance, each.route, each.n_sessions) for each in groups] == [
        ("ketamine_racemic", "iv_infusion", 3),
        ("esketamine", "intranasal", 1),
        ("ketamine_racemic", "im", 1),
    ]
    assert all(len(group.correlations) == 4 for group in groups)


def test_a_dose_that_never_varies_has_no_correlation() -> None:
    seen: list[Headline] = []
    for place in range(6):
        day = after(3 * place)
        seen += [session(day, dose_mg=40, weight_kg=80), mood(day + timedelta(days=1), place)]
    correlation = session_table(JournalDays(seen), WINDOW).table.groups[0].correlations[0]
    assert (correlation.status, correlation.n_sessions) == ("undefined", 6)
    assert correlation.rho is None


def test_minutes_since_dose_are_differences_of_instants() -> None:
    """The clock goes from 01:45 −05:00 to 03:15 −04:00 within half an hour."""
    zone: dict[str, Any] = {"time_zone": "America/New_York"}
    night = date(2026, 3, 8)
    at: dict[str, Any] = {"occurred_at": "2026-03-08T01:45:00-05:00", **zone}
    dose = made("session", night, **at, **GIVEN)
    points = [("2026-03-08T03:15:00-04:00", 6), ("2026-03-08T03:45:00-04:00", 1)]
    curve = [
        made("dissociation", night, **zone, occurred_at=text, intensity=value, session_id=dose.id)
        for text, value in points
    ]
    (row,) = session_table(JournalDays([dose, *curve]), Window(night, night, "UTC")).table.rows
    assert row.dissociation is not None
    assert row.dissociation.minute_of_peak == 30
    assert row.dissociation.time_to_baseline_minutes == 60


GIVEN: dict[str, Any] = {
    "status": "completed",
    "substance": "ketamine_racemic",
    "route": "iv_infusion",
}


def test_entries_before_the_dose_alone_make_no_curve() -> None:
    dose = session(DAY, hour=10)
    (row,) = rows(dose, dissociation(DAY, 2, hour=9.5, session_id=dose.id))
    assert row.dissociation is None


def test_thresholds_are_configuration_with_a_version() -> None:
    strict = THRESHOLDS.model_copy(update={"version": "9", "least_gain_points": 5.0})
    days = [mood(after(day), 3 + (day > 0) * 4) for day in range(-4, 5) if day]
    seen = [session(DAY), *days]
    usual = session_table(JournalDays(seen), WINDOW)
    changed = session_table(JournalDays(seen), WINDOW, strict)
    assert usual.table.rows[0].durability[0].status == "censored"
    assert changed.table.rows[0].durability[0].status == "no_relief"
    versions = [each.value for each in changed.method.parameters if "version" in each.name]
    assert versions == ["9"]

"""What stands in the cells of the session table."""

from collections.abc import Sequence

from app.trends.metrics import Metric
from app.trends.report.numerals import NOTHING, number, optional
from app.trends.report.wording import EFFECTS, RELIEF_WORDS, ROUTES, SUBSTANCES, in_words
from app.trends.schemas.session_row import (
    DissociationCourse,
    RowAdverseEffect,
    SessionDurability,
    SessionRow,
    SessionVitals,
)
from app.trends.statistics.dissociation_curve import DissociationStatus
from app.trends.statistics.durability import DurabilityStatus


def given(row: SessionRow) -> str:
    """Substance and route."""
    return f"{SUBSTANCES[row.substance]}, {ROUTES[row.route]}"


def dose(row: SessionRow) -> str:
    """`41 (0.5)`: milligrams, and milligrams a kilogram of body weight."""
    if row.dose_mg is None:
        return NOTHING
    if row.dose_mg_per_kg is None:
        return number(row.dose_mg)
    return f"{number(row.dose_mg)} ({number(row.dose_mg_per_kg, 3)})"


def pressures(vitals: SessionVitals | None) -> tuple[str, str]:
    """Blood pressure before the dose and the highest after it, `128/82`."""
    if vitals is None:
        return NOTHING, NOTHING
    before = _pressure(vitals.systolic_pre, vitals.diastolic_pre)
    return before, _pressure(vitals.systolic_max, vitals.diastolic_max)


def _pressure(systolic: int | None, diastolic: int | None) -> str:
    if systolic is None and diastolic is None:
        return NOTHING
    return f"{optional(systolic)}/{optional(diastolic)}"


def back_to_baseline(course: DissociationCourse | None) -> str:
    """Minutes, or why there are none."""
    if course is None:
        return NOTHING
    if course.status is DissociationStatus.CENSORED:
        return f"not back at {optional(course.unresolved_at_minute, 0)} min"
    if course.status is DissociationStatus.RESOLVED:
        return f"{optional(course.time_to_baseline_minutes, 0)} min"
    never = course.status is DissociationStatus.NEVER_ABOVE_THRESHOLD
    return "not raised" if never else "too few entries"


def adverse_effects(effects: Sequence[RowAdverseEffect] | None) -> list[str]:
    """`nausea 2`, `headache 1`, the severest first: a page too full counts the last ones only."""
    ranked = sorted(effects or (), key=lambda effect: -effect.severity)
    return [f"{_effect(each.code)} {each.severity}" for each in ranked]


def _effect(code: str) -> str:
    return EFFECTS.get(code) or in_words(code)


def next_day(row: SessionRow, metric: Metric) -> str:
    """The value of the day after."""
    found = [each.value for each in row.next_day if each.metric == metric]
    return number(found[0]) if found else NOTHING


def relief(row: SessionRow, metric: Metric) -> str:
    """`9 d`, `at least 3 d`, `none` or `too few days`."""
    told = next(each for each in row.durability if each.metric == metric)
    return _duration(told)


def _duration(told: SessionDurability) -> str:
    if told.status is DurabilityStatus.ENDED:
        return f"{optional(told.relief_days)} d"
    if told.status is DurabilityStatus.CENSORED:
        return f"at least {optional(told.at_least_days)} d"
    return RELIEF_WORDS[told.status]

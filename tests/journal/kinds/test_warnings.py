"""Warnings stand beside the saved entry, at the values they speak of."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from app.journal.kinds import KINDS, LinkedSession, WarningContext, read_draft, warnings
from tests.journal.kinds.journal_vectors import Members, example

START = datetime.fromisoformat(example("session")["occurred_at"])
OTHER = UUID("0197c0de-0ccc-7000-8000-000000000001")


def warned(
    kind: str, context: WarningContext | None = None, /, **members: object
) -> set[tuple[str, str]]:
    content = read_draft(example(kind, **members)).content
    told = warnings(content, context or WarningContext())
    return {(warning.code, warning.pointer) for warning in told}


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_odd_is_nothing_said(kind: str) -> None:
    assert warned(kind) == set()


@pytest.mark.parametrize(
    ("route", "dose_mg", "code"),
    [
        ("iv_infusion", 80.3, None),
        ("iv_infusion", 80.31, "dose_high_iv"),
        ("iv_push", 80.31, "dose_high_iv"),
        ("im", 160.6, None),
        ("im", 160.61, "dose_high_im"),
        ("oral", 562.1, None),
        ("oral", 562.11, "dose_high_oral"),
        ("sublingual", 562.11, "dose_high_oral"),
        ("sc", 2000, None),
        ("intranasal", 2000, None),
    ],
)
def test_a_dose_is_high_only_above_its_route_s_limit(
    route: str, dose_mg: float, code: str | None
) -> None:
    members = {"route": route, "dose_mg": dose_mg, "weight_kg": 80.3, "infusion_minutes": None}
    assert warned("session", None, **members) == ({(code, "/dose_mg")} if code else set())
    assert warned("session", None, **(members | {"weight_kg": None})) == set()


@pytest.mark.parametrize(("dose_mg", "odd"), [(28, False), (84, False), (30, True), (28.01, True)])
def test_the_device_gives_multiples_of_28_mg(dose_mg: float, *, odd: bool) -> None:
    members = {"substance": "esketamine", "route": "intranasal", "dose_mg": dose_mg}
    expected = {("dose_not_device_multiple", "/dose_mg")} if odd else set()
    assert warned("session", None, infusion_minutes=None, **members) == expected
    other = members | {"substance": "ketamine_racemic"}
    assert warned("session", None, infusion_minutes=None, **other) == set()


def test_supervision_none_is_worth_a_word() -> None:
    assert warned("session", supervision="none") == {("unsupervised", "/supervision")}
    assert warned("session", supervision="unknown") == set()


def test_monitoring_after_esketamine_lasts_two_hours() -> None:
    short: Members = {"substance": "esketamine", "monitoring_minutes": 119}
    assert warned("session", **short) == {("monitoring_short", "/monitoring_minutes")}
    assert warned("session", **(short | {"monitoring_minutes": 120})) == set()
    assert warned("session", **(short | {"monitoring_minutes": None})) == set()
    assert warned("session", monitoring_minutes=10) == set()


@pytest.mark.parametrize("sign", [1, -1])
def test_another_completed_session_within_12_hours_is_worth_a_word(sign: int) -> None:
    def near(hours: float, status: str = "completed") -> WarningContext:
        other = LinkedSession(OTHER, status, START + sign * timedelta(hours=hours))
        return WarningContext(other_sessions=[other])

    expected = {("sessions_close", "/occurred_at")}
    assert warned("session", near(12)) == expected
    assert warned("session", near(12.001)) == set()
    assert warned("session", near(1, "planned")) == set()
    held_only = ("vitals", "adverse_effects", "monitoring_minutes")
    missed = dict.fromkeys(held_only) | {"status": "missed"}
    assert warned("session", near(1), **missed) == set()


@pytest.mark.parametrize(("days", "odd"), [(13.999, True), (14, False), (0, True)])
def test_a_questionnaire_filled_in_too_soon_is_worth_a_word(days: float, *, odd: bool) -> None:
    filled = datetime.fromisoformat(example("assessment")["occurred_at"])
    context = WarningContext(previous_assessment_at=filled - timedelta(days=days))
    expected = {("recall_overlaps_previous", "/occurred_at")} if odd else set()
    assert warned("assessment", context) == expected
    total = {"instrument": "cadss-6", "answers": None, "total": 3}
    assert warned("assessment", context, **total) == set()

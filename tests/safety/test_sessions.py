"""Sedation, effects and supervision of a session: each number below, at and above."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.safety.journals import seen, session, urinary_session


@pytest.mark.parametrize(("value", "speaks"), [(0, True), (1, True), (2, True), (3, False)])
def test_sedation_is_deep_up_to_2(value: int, *, speaks: bool) -> None:
    found = seen(session(source="clinic", sedation_moaas=value))
    assert found == ({"sedation_deep": {"value": value, "threshold": 2}} if speaks else {})


@pytest.mark.parametrize("code", ["chest_pain", "breathing", "fainting", "seizure"])
@pytest.mark.parametrize("severity", [1, 2, 3])
def test_some_effects_speak_at_any_severity(code: str, severity: int) -> None:
    found = seen(session(adverse_effects=[{"code": code, "severity": severity}]))
    assert found == {"red_flag_effect": {"severity": severity, "effects": 1}}


@pytest.mark.parametrize("code", ["confusion", "blurred_vision", "headache"])
@pytest.mark.parametrize(("severity", "speaks"), [(2, False), (3, True)])
def test_some_effects_speak_when_severe_beside_raised_pressure(
    code: str, severity: int, *, speaks: bool
) -> None:
    effect = {"code": code, "severity": severity}
    raised = {"code": "raised_bp", "severity": 1}
    high = [{"phase": "peak", "systolic": 180}]
    assert ("red_flag_effect" in seen(session(adverse_effects=[effect, raised]))) is speaks
    assert ("red_flag_effect" in seen(session(adverse_effects=[effect], vitals=high))) is speaks
    assert seen(session(adverse_effects=[effect])) == {}


def test_other_severe_effects_say_nothing_beside_raised_pressure() -> None:
    effects = [{"code": "nausea", "severity": 3}, {"code": "raised_bp", "severity": 3}]
    assert seen(session(adverse_effects=effects)) == {}


@pytest.mark.parametrize(("days", "speaks"), [(0, True), (59, True), (60, True), (61, False)])
def test_urinary_effects_speak_up_to_60_days_apart(days: int, *, speaks: bool) -> None:
    one = urinary_session(1, month=3)
    other = urinary_session(1, month=3)
    moved = datetime(2026, 3, 1, 22, tzinfo=UTC) + timedelta(days=days)
    other = {**other, "occurred_at": moved.isoformat()}
    for body, beside in ((one, other), (other, one)):
        assert seen(body, beside) == ({"urinary": {"count": 2, "days": days}} if speaks else {})


def test_urinary_effects_count_sessions_and_the_nearest() -> None:
    others = [urinary_session(1), urinary_session(18), session()]
    assert seen(urinary_session(20), *others) == {"urinary": {"count": 3, "days": 2}}
    assert seen(session(), *others) == {}


@pytest.mark.parametrize("status", ["planned", "cancelled", "missed", "in_progress", "completed"])
@pytest.mark.parametrize("supervision", ["none", "unknown", "lay_sitter", "remote"])
def test_only_a_given_session_without_any_supervision_speaks(status: str, supervision: str) -> None:
    speaks = supervision == "none" and status in ("in_progress", "completed")
    found = seen(session(status=status, supervision=supervision))
    assert found == ({"unsupervised_session": {}} if speaks else {})

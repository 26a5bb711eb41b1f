"""Answers that ask for support: below, at and above the least answer; late saves."""

from datetime import timedelta

import pytest

from app.safety.rules import RuleContext, evaluate
from tests.safety.journals import DOSE, NOW, Members, entry, phq9, seen


@pytest.mark.parametrize(("answer", "speaks"), [(None, False), (0, False), (1, True), (3, True)])
def test_item_9_speaks_from_the_answer_1(answer: int | None, *, speaks: bool) -> None:
    for others in (None, 0, 3):
        body = phq9(answer, others) if (answer, others) != (None, None) else phq9(None, 1)
        assert ("self_harm_item" in seen(body)) is speaks


def test_item_9_of_another_instrument_says_nothing() -> None:
    answers = [{"item": number, "value": 3} for number in range(1, 21)]
    assert seen(entry("assessment", DOSE, instrument="pcl-5", answers=answers)) == {}


@pytest.mark.parametrize(
    "told",
    [
        ("mood", {"score": 5}),
        ("anxiety", {"level": 5}),
        ("flashback", {"report": "none_today"}),
        ("dissociation", {"spontaneous": True, "intensity": 2}),
    ],
)
def test_help_is_asked_for_in_each_core_kind(told: tuple[str, Members]) -> None:
    kind, members = told
    assert seen(entry(kind, DOSE, **members)) == {}
    assert seen(entry(kind, DOSE, help_wanted=True, **members)) == {"asked_for_help": {}}


def test_a_late_save_says_by_how_many_hours() -> None:
    body = entry("mood", NOW - timedelta(hours=5), score=2, help_wanted=True)

    def hours(late: timedelta) -> float | None:
        at = NOW - timedelta(hours=5) + late
        return evaluate(body, RuleContext(), at).signals[0].late_hours

    assert hours(timedelta(minutes=59)) is None
    assert hours(timedelta(hours=1)) is None
    assert hours(timedelta(hours=1, minutes=30)) == 1.5
    assert hours(timedelta(hours=36)) == 36
    assert hours(timedelta(minutes=-4)) is None

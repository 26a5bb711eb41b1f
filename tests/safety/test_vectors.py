"""Every vector of the safety signals, purely."""

import json
from datetime import date, datetime
from pathlib import Path

import pytest

from app.safety.rules import (
    DayWindow,
    RuleContext,
    Write,
    combined,
    context_needed,
    evaluate,
    review,
)
from tests.safety.journals import Members, saved

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "safety_signals.json").read_text())
CLOCK = datetime.fromisoformat(VECTORS["clock"])
CASES = [pytest.param(case, id=f"{case['id']} {case['title']}") for case in VECTORS["cases"]]


@pytest.mark.parametrize("case", CASES)
def test_the_signals_of_the_last_save_are_those_of_the_vector(case: Members) -> None:
    context = RuleContext([saved(given, CLOCK) for given in case["given"]])
    evaluation = evaluate(saved(case["body"], CLOCK), context, CLOCK)
    expected = {each["code"]: each for each in case["expected"]["signals"]}
    assert not evaluation.unavailable
    assert {each.code: each.level for each in evaluation.signals} == {
        code: each["level"] for code, each in expected.items()
    }
    for signal in evaluation.signals:
        wanted = expected[signal.code].get("facts")
        if wanted is not None:
            assert [fact.model_dump() for fact in signal.facts] == wanted


@pytest.mark.parametrize("case", CASES)
def test_what_the_save_asks_for_is_enough_to_see_the_same(case: Members) -> None:
    body = saved(case["body"], CLOCK)
    need = combined([context_needed(body)])
    loaded = [
        given
        for given in (saved(each, CLOCK) for each in case["given"])
        if given["id"] in need.session_ids or any(_lies_in(given, each) for each in need.windows)
    ]
    looked = review([Write(body["id"], None, body)], loaded, CLOCK)
    codes = [signal.code for signal in looked[body["id"]].evaluation.signals]
    assert sorted(codes) == sorted(each["code"] for each in case["expected"]["signals"])


def _lies_in(given: Members, window: DayWindow) -> bool:
    day = date.fromisoformat(given["local_date"])
    return bool(given["kind"] == window.kind) and window.first <= day <= window.last

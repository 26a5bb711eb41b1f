"""A whole journal of sixty days against the answer of every operation."""

import json
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest

from app.trends.answers.assessments import assessment_trend
from app.trends.answers.coverage import logging_coverage
from app.trends.answers.daily import daily_trend
from app.trends.answers.flashbacks import flashback_trend
from app.trends.answers.session_response import session_response
from app.trends.answers.session_table import session_table
from app.trends.answers.slope import slope_trend
from app.trends.answers.summary import trend_summary
from app.trends.answers.timeline import timeline
from app.trends.answers.weekday import weekday_pattern
from app.trends.metrics import Metric
from app.trends.schemas.envelope import TrendAnswer
from app.trends.series import JournalDays
from app.trends.window import Window
from tests.trends.journals import headline_of
from tests.trends.vectors import FOLDER, differences

JOURNEY = json.loads((FOLDER / "journey.json").read_text())
NOT_COMPARED = {"plain"}

Asked = dict[str, Any]
"""A query of the journey, text by text."""

DEFAULT_DAYS = {"getTrendSummary": 42, "getCoverage": 90}


def _metric(answer: Callable[..., TrendAnswer]) -> Callable[..., TrendAnswer]:
    def ask(journal: JournalDays, window: Window, asked: Asked) -> TrendAnswer:
        numbers = {name: int(asked[name]) for name in ("before", "after") if name in asked}
        return answer(journal, window, Metric(asked["metric"]), **numbers)

    return ask


def _flashbacks(journal: JournalDays, window: Window, asked: Asked) -> TrendAnswer:
    on = asked.get("compare_on")
    return flashback_trend(journal, window, date.fromisoformat(on) if on else None)


OPERATIONS: dict[str, Callable[..., TrendAnswer]] = {
    "getDailyTrend": _metric(daily_trend),
    "getTrendSummary": lambda journal, window, _: trend_summary(journal, window),
    "getSlope": _metric(slope_trend),
    "getSessionResponse": _metric(session_response),
    "getSessionTable": lambda journal, window, _: session_table(journal, window),
    "getFlashbackTrend": _flashbacks,
    "getAssessmentTrend": lambda journal, window, asked: assessment_trend(
        journal, window, asked["instrument"]
    ),
    "getWeekdayPattern": _metric(weekday_pattern),
    "getCoverage": lambda journal, window, _: logging_coverage(journal, window),
    "getTimeline": lambda journal, window, _: timeline(journal, window),
}


@pytest.fixture(scope="module")
def journey() -> JournalDays:
    """The journal of the journey."""
    return JournalDays(
        headline_of(each["entry"], datetime.fromisoformat(each["written_at"]))
        for each in JOURNEY["entries"]
    )


def window_of(asked: Asked, operation: str) -> Window:
    """The window of a query; without one it ends today, 8 April 2026."""
    last = date.fromisoformat(asked.get("to", "2026-04-08"))
    first = date.fromordinal(last.toordinal() - DEFAULT_DAYS.get(operation, 1) + 1)
    if "from" in asked:
        first = date.fromisoformat(asked["from"])
    return Window(first, last, JOURNEY["time_zone"])


def shown(answer: TrendAnswer) -> dict[str, Any]:
    """What a client reads, without what the journey does not compare."""
    found = json.loads(answer.model_dump_json(exclude_none=True))
    found["method"] = {"name": found["method"]["name"]}
    return {name: value for name, value in found.items() if name not in NOT_COMPARED}


@pytest.mark.parametrize(
    "case", JOURNEY["answers"], ids=lambda case: f"{case['operation']} {case['query']}"
)
def test_every_operation_answers_as_written(journey: JournalDays, case: Asked) -> None:
    asked, operation = case["query"], case["operation"]
    answer = OPERATIONS[operation](journey, window_of(asked, operation), asked)
    assert not differences(shown(answer), case["expected"])


def test_every_json_operation_is_asked() -> None:
    assert {case["operation"] for case in JOURNEY["answers"]} == set(OPERATIONS)

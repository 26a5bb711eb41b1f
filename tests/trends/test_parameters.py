"""Windows: defaults, limits, and the faults of what was asked."""

from datetime import UTC, date, datetime, timedelta

import pytest

from app.trends import questions
from app.trends.metrics import Metric
from app.trends.parameters import Today, WindowRule, check_inside, resolve_window
from app.trends.questions import Question
from app.trends.window import Window
from app.web.problems import InvalidRequest

TODAY = date(2026, 4, 8)
NINETY = WindowRule(90)


def today(latest: date | None = None) -> Today:
    return Today(TODAY, "UTC", latest)


def faults_of(rule: WindowRule, first: date | None, last: date | None) -> list[tuple[str, str]]:
    with pytest.raises(InvalidRequest) as refused:
        resolve_window(rule, today(), first, last)
    return [(fault.parameter or "", fault.code) for fault in refused.value.faults]


ALL = {
    "getDailyTrend": (questions.daily(Metric.MOOD), 90, 731),
    "getTrendSummary": (questions.summary(), 42, 731),
    "getSlope": (questions.slope(Metric.MOOD), 42, 731),
    "getSessionResponse": (questions.response(Metric.MOOD, 7, 14), 731, 3653),
    "getSessionTable": (questions.table(), 731, 3653),
    "getFlashbackTrend": (questions.flashbacks(None), 90, 731),
    "getAssessmentTrend": (questions.assessments("phq-9"), 731, 3653),
    "getWeekdayPattern": (questions.weekday(Metric.MOOD), 182, 731),
    "getCoverage": (questions.coverage(), 90, 731),
    "getTimeline": (questions.events(notes=True), 90, 3653),
}


@pytest.mark.parametrize(("name", "told"), ALL.items(), ids=ALL.keys())
def test_default_and_longest_windows(name: str, told: tuple[Question, int, int]) -> None:
    question, default, longest = told
    assert question.operation == name
    assert resolve_window(question.rule, today(), None, None).n_days == default
    first = TODAY - timedelta(days=longest - 1)
    assert resolve_window(question.rule, today(), first, None).n_days == longest
    too_early = first - timedelta(days=1)
    assert faults_of(question.rule, too_early, None) == [("from", "window_too_long")]


def test_default_end_is_today_in_the_profiles_zone() -> None:
    now = datetime(2026, 4, 8, 12, 30, tzinfo=UTC)
    assert Today.at(now, "Pacific/Kiritimati", None).day == date(2026, 4, 9)
    assert Today.at(now, "Pacific/Pago_Pago", None).day == date(2026, 4, 8)


@pytest.mark.parametrize(
    ("latest", "last"),
    [(None, 8), (date(2026, 3, 1), 8), (TODAY, 8), (date(2026, 4, 9), 9), (date(2026, 4, 10), 9)],
)
def test_default_end_is_tomorrow_once_an_entry_has_it(latest: date | None, last: int) -> None:
    window = resolve_window(NINETY, today(latest), None, None)
    assert window.last == date(2026, 4, last)
    assert window.n_days == 90


def test_default_start_counts_from_the_end_that_was_asked() -> None:
    assert resolve_window(NINETY, today(), None, date(2026, 2, 10)) == Window(
        date(2025, 11, 13), date(2026, 2, 10), "UTC"
    )


def test_a_range_that_ends_before_it_begins() -> None:
    assert faults_of(NINETY, date(2026, 4, 2), date(2026, 4, 1)) == [("from", "range_reversed")]
    assert resolve_window(NINETY, today(), TODAY, TODAY).n_days == 1


@pytest.mark.parametrize(("rule", "ahead"), [(NINETY, 1), (ALL["getTimeline"][0].rule, 366)])
def test_how_far_ahead_a_range_may_end(rule: WindowRule, ahead: int) -> None:
    furthest = TODAY + timedelta(days=ahead)
    assert resolve_window(rule, today(), TODAY, furthest).last == furthest
    too_far = furthest + timedelta(days=1)
    assert faults_of(rule, TODAY, too_far) == [("to", "in_future")]


def test_dates_before_any_entry_are_out_of_range() -> None:
    old = date(1, 1, 2)
    assert faults_of(NINETY, old, date(1900, 1, 1)) == [("from", "out_of_range")]
    assert faults_of(NINETY, None, date(1, 1, 5)) == [("to", "out_of_range")]
    assert resolve_window(NINETY, today(), None, date(1900, 1, 5)).first == date(1900, 1, 1)


def test_all_faults_are_told_at_once() -> None:
    far = TODAY + timedelta(days=9)
    assert faults_of(NINETY, far + timedelta(days=1), far) == [
        ("to", "in_future"),
        ("from", "range_reversed"),
    ]


def test_dates_of_parameters_lie_inside_the_window() -> None:
    window = Window(date(2026, 4, 1), date(2026, 4, 8), "UTC")
    for inside in (None, window.first, window.last):
        check_inside(window, inside, "compare_on")
    for outside in (date(2026, 3, 31), date(2026, 4, 9)):
        with pytest.raises(InvalidRequest) as refused:
            check_inside(window, outside, "compare_on")
        (fault,) = refused.value.faults
        assert (fault.parameter, fault.code) == ("compare_on", "out_of_range")

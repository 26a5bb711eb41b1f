"""The one sentence: as the contract words it, and never with a p, a cause or an advice."""

import re
from collections.abc import Sequence
from datetime import date, timedelta

import pytest

from app.trends import plain
from app.trends.answers.coverage import logging_coverage
from app.trends.answers.daily import daily_trend
from app.trends.answers.flashbacks import flashback_trend
from app.trends.answers.slope import slope_trend
from app.trends.answers.weekday import weekday_pattern
from app.trends.metrics import Metric, MetricUnit
from app.trends.series import JournalDays
from app.trends.statistics.flashback_rate import FlashbackRate, RateInterval
from app.trends.statistics.reliable_change import ChangeVerdict
from app.trends.statistics.slope_words import ChangeWords
from app.trends.statistics.theil_sen import TrendLine
from app.trends.statistics.weekday import WeekdayWords
from app.trends.window import Window
from tests.trends.journals import anxiety, daily_count, mood, none_today, random_journal, seeded
from tests.trends.questions_asked import ASKED

FIRST = date(2026, 3, 2)
N_JOURNALS = 10_000

FORBIDDEN = re.compile(
    r"\bp\b|\bz\b|null|nan|none|inf|because|due to|thanks|caus|effect|works?\b|should|must\b"
    r"|\btry\b|recommend|advi[cs]e|better|worse|good|bad|sorry|unfortunately|only|just|well done"
    r"|keep|risk|relapse|remission|respon|e-[0-9]",
    re.IGNORECASE,
)


def after(days: int) -> date:
    return FIRST + timedelta(days=days)


def line(slope: float, low: float, high: float) -> TrendLine:
    """A line by its slope and interval a week."""
    return TrendLine(slope / 7, 5, low / 7, high / 7, 0, 0)


def test_sentences_of_ten_thousand_journals_hold_nothing_forbidden() -> None:
    random = seeded(20260302)
    names = list(ASKED)
    for number in range(N_JOURNALS):
        n_days = random.choice([1, 7, 14, 30, 60])
        seen = random_journal(random, n_days, FIRST)
        window = Window(FIRST, after(n_days - 1), "UTC")
        sentence = ASKED[names[number % len(names)]](JournalDays(seen), window).plain
        assert not FORBIDDEN.search(sentence), sentence
        assert re.fullmatch(r"[A-Z0-9].*\.", sentence), sentence
        assert sentence.count(". ") == 0, sentence
        assert len(sentence) <= 120, sentence


def test_rise_names_its_interval() -> None:
    told = plain.slope(Metric.MOOD, ChangeWords.CLEAR_RISE, line(1.3, 0.9, 1.8), [1, 40], 42)
    assert told == "About 1.3 points higher each week (likely 0.9 to 1.8)."


def test_fall_names_its_interval_from_the_near_end() -> None:
    told = plain.slope(Metric.ANXIETY, ChangeWords.CLEAR_FALL, line(-0.5, -0.7, -0.2), [1, 40], 42)
    assert told == "About 0.5 points lower each week (likely 0.2 to 0.7)."


@pytest.mark.parametrize(
    ("metric", "counted"),
    [(Metric.NIGHTMARES, "nightmare"), (Metric.FLASHBACK_COUNT, "flashback")],
)
def test_counts_rise_and_fall_by_so_many_of_what_is_counted(metric: Metric, counted: str) -> None:
    told = plain.slope(metric, ChangeWords.CLEAR_RISE, line(0.04, 0.01, 1), [1, 40], 42)
    assert told == f"About 0.04 more {counted}s a day with each week (likely 0.01 to 1)."
    told = plain.slope(metric, ChangeWords.CLEAR_FALL, line(-1, -2, -0.5), [1, 40], 42)
    assert told == f"About 1 fewer {counted} a day with each week (likely 0.5 to 2)."


@pytest.mark.parametrize(
    ("days", "window_days", "sentence"),
    [
        (range(42), 42, "No clear change over these 42 days."),
        ([*range(15), *range(35, 42)], 42, "No clear change over these 42 days."),
        (range(41), 42, "No clear change over the 41 days from first to last entry."),
        (range(1, 42), 42, "No clear change over the 41 days from first to last entry."),
        (range(700, 721), 731, "No clear change over the 21 days from first to last entry."),
        (range(0, 43, 2), 731, "No clear change over the 43 days from first to last entry."),
    ],
)
def test_no_clear_change_is_said_of_the_days_that_were_looked_at(
    days: Sequence[int], window_days: int, sentence: str
) -> None:
    seen = [mood(after(day), 5 + place % 2) for place, day in enumerate(days)]
    window = Window(FIRST, after(window_days - 1), "UTC")
    assert slope_trend(JournalDays(seen), window, Metric.MOOD).plain == sentence


@pytest.mark.parametrize(
    ("days", "sentence"),
    [
        (range(9), "Not enough days yet: 9 of 14."),
        (range(20), "Too early to tell: the entries span 20 of 21 days."),
        (range(0, 42, 3), "Too many open days to tell: 14 of 40 are logged."),
    ],
)
def test_what_is_missing_for_words_is_said(days: range, sentence: str) -> None:
    seen = [mood(after(day), 5 + day % 2) for day in days]
    found = slope_trend(JournalDays(seen), Window(FIRST, after(41), "UTC"), Metric.MOOD)
    assert found.plain == sentence


def test_logged_days() -> None:
    seen = [mood(after(day), 5) for day in range(15)]
    assert logging_coverage(JournalDays(seen), Window(FIRST, after(19), "UTC")).plain == (
        "You logged 15 of 20 days."
    )


@pytest.mark.parametrize(
    ("metric", "sentence"),
    [
        (Metric.MOOD, "You logged 15 of 20 days."),
        (Metric.ANXIETY, "There is a value for anxiety on 1 of 20 days."),
        (Metric.ANXIETY_PEAK, "There is a value for anxiety peak on 0 of 20 days."),
        (Metric.FLASHBACK_COUNT, "There is a value for flashback count on 2 of 20 days."),
        (Metric.FLASHBACK_DISTRESS, "There is a value for flashback distress on 0 of 20 days."),
    ],
)
def test_days_of_a_metric_are_not_called_all_that_was_logged(metric: Metric, sentence: str) -> None:
    seen = [mood(after(day), 5) for day in range(15)]
    seen += [anxiety(after(3), 4), none_today(after(1)), none_today(after(2))]
    window = Window(FIRST, after(19), "UTC")
    assert daily_trend(JournalDays(seen), window, metric).plain == sentence


def test_who_logs_no_mood_is_not_told_to_have_logged_no_day() -> None:
    seen = [anxiety(after(day), 5) for day in range(20)]
    found = daily_trend(JournalDays(seen), Window(FIRST, after(19), "UTC"), Metric.MOOD)
    assert found.plain == "There is a value for mood on 0 of 20 days."


def test_one_day_is_no_number_of_days() -> None:
    assert plain.session_count(0, 1) == "No session on this day."
    assert plain.session_count(2, 1) == "2 sessions on this day."
    assert plain.session_count(1, 2) == "1 session in these 2 days."
    assert plain.timeline(1, 1, 1) == "1 event on this day."


def test_flashbacks_a_week() -> None:
    rate = FlashbackRate(4.5, RateInterval.GARWOOD, 2, 8, 1)
    assert plain.flashbacks(rate, 20, 7) == "About 4.5 flashbacks a week (could be 2 to 8)."
    found = flashback_trend(JournalDays([none_today(after(0))]), Window(FIRST, after(9), "UTC"))
    assert found.plain == "Not enough days yet: 1 of 7."


def test_one_of_a_thing_is_what_is_written_as_1() -> None:
    rate = FlashbackRate(0.98, RateInterval.GARWOOD, 0.2, 2.9, 1)
    assert plain.flashbacks(rate, 20, 7) == "About 1 flashback a week (could be 0.2 to 2.9)."
    assert plain.measured(1.04, "point") == "1 point"
    assert plain.measured(1.1, "point") == "1.1 points"
    assert plain.measured(0, "point") == "0 points"


def test_way_back_is_told_in_minutes_while_it_is_short() -> None:
    assert plain.back_to_usual(0.2) == "Back to usual after about 1 minute."
    assert plain.back_to_usual(85) == "Back to usual after about 85 minutes."
    assert plain.back_to_usual(122) == "Back to usual after about 2 hours."


def test_questionnaires() -> None:
    points = MetricUnit.POINTS
    assert plain.assessment([], points, None) == "No score in this time."
    assert plain.assessment([15], points, None) == "One score so far: 15."
    assert plain.assessment([15, 15], points, ChangeVerdict.NONE) == (
        "The last score equals the first."
    )
    assert plain.assessment([15, 8], points, ChangeVerdict.BETTER) == (
        "7 points lower than the first: bigger than the usual wobble of this questionnaire."
    )
    assert plain.assessment([15, 17], points, ChangeVerdict.NONE) == (
        "2 points higher than the first: within the usual wobble of this questionnaire."
    )
    assert plain.assessment([20, 21], MetricUnit.PERCENT, None) == (
        "1 percentage point higher than the first."
    )
    assert plain.assessment([40, 20], MetricUnit.PERCENT, None) == (
        "20 percentage points lower than the first."
    )


@pytest.mark.parametrize(
    ("medians", "sentence"),
    [
        ([5, 5, 6.5, 5, 5, 5, 2], "Highest on Wednesdays (6.5), lowest on Sundays (2)."),
        ([5, 6, 6, 5, 5, 5, 2], "Highest on Tuesdays and Wednesdays (6), lowest on Sundays (2)."),
        (
            [5, 5, 2, 5, 5, 5, 5],
            "Highest on Mondays, Tuesdays, Thursdays, Fridays, Saturdays and Sundays (5), "
            "lowest on Wednesdays (2).",
        ),
        ([0] * 7, "The weekdays differ, with the same middle value of 0."),
    ],
)
def test_weekdays(medians: list[float], sentence: str) -> None:
    assert plain.weekdays(WeekdayWords.CLEAR_PATTERN, medians, 4) == sentence


def test_all_seven_weekdays_fit_into_a_sentence() -> None:
    longest = [98.875, 98.875, 98.875, 99.875, 99.875, 99.875, 99.875]
    assert len(plain.weekdays(WeekdayWords.CLEAR_PATTERN, longest, 4)) <= 120


def test_weekdays_may_differ_without_a_highest() -> None:
    """Eight of 26 Mondays have flashbacks, and no other day has."""
    seen = [daily_count(after(day), 9 if day in range(7, 63, 7) else 0) for day in range(182)]
    window = Window(FIRST, after(181), "UTC")
    found = weekday_pattern(JournalDays(seen), window, Metric.FLASHBACK_COUNT)
    assert found.weekdays.words is WeekdayWords.CLEAR_PATTERN
    assert {each.median for each in found.weekdays.by_weekday} == {0}
    assert found.plain == "The weekdays differ, with the same middle value of 0."


@pytest.mark.parametrize(
    ("value", "text"),
    [
        *[(0, "0"), (-0.0001, "0"), (2, "2"), (10, "10"), (1.25, "1.2"), (0.095, "0.1")],
        *[(0.034, "0.03"), (0.0042, "0.004"), (-1.06, "-1.1"), (100.04, "100")],
    ],
)
def test_numbers_show_what_they_need(value: float, text: str) -> None:
    assert plain.number(value) == text

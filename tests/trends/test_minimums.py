"""Every minimum at one below, at, and one above."""
# ruff: noqa: FBT001 - whether something is shown is yes or no

from typing import Any

import pytest

from app.trends.answers.daily import daily_trend
from app.trends.answers.flashbacks import flashback_trend
from app.trends.answers.slope import fit, slope_trend
from app.trends.answers.summary import trend_summary
from app.trends.answers.weekday import weekday_pattern
from app.trends.metrics import Metric
from app.trends.schemas.flashbacks import FlashbackNumbers
from app.trends.series import JournalDays
from app.trends.statistics.instability import instability
from app.trends.statistics.slope_words import enough_for_words
from app.trends.statistics.weekday import KruskalWallis, WeekdayWords, weekday_words
from app.trends.window import Window
from tests.trends.around import NONE, SOME, after, around, moods, window
from tests.trends.journals import episode, none_today


@around(2)
def test_rolling_median_from_three_days(n: int, shown: bool) -> None:
    (row,) = daily_trend(JournalDays(moods(n)), Window(after(5), after(5), "UTC"), Metric.MOOD).days
    assert row.rolling_n == n
    assert (row.rolling_median_7 is not None) is shown


def test_rolling_median_forgets_after_seven_days() -> None:
    rows = daily_trend(JournalDays(moods(1)), window(8), Metric.MOOD).days
    assert [row.rolling_n for row in rows] == [1, 1, 1, 1, 1, 1, 1, 0]


@around(6)
def test_slope_from_seven_days(n: int, shown: bool) -> None:
    answer = slope_trend(JournalDays(moods(n, every=2)), window(30), Metric.MOOD)
    assert (answer.status == "ok") is shown
    assert (answer.slope.slope_per_week is not None) is shown
    assert (answer.slope.technical is not None) is shown


@around(9)
def test_slope_from_ten_calendar_days(n: int, shown: bool) -> None:
    days = [*range(7), n - 1]
    assert (fit(days, [float(day) for day in days]).line is not None) is shown


@pytest.mark.parametrize(
    ("n_days", "span_days", "enough"),
    [
        *[(13, 20, False), (14, 20, True), (15, 20, True)],
        *[(14, 19, False), (14, 21, True)],
        *[(23, 46, False), (23, 45, True), (23, 44, True)],
    ],
)
def test_words_from_fourteen_days_of_three_weeks_half_of_them_logged(
    n_days: int,
    span_days: int,
    enough: bool,
) -> None:
    assert enough_for_words(n_days, span_days) is enough


@around(4)
def test_instability_from_five_pairs(n: int, shown: bool) -> None:
    found = instability(list(range(n + 1)), [float(day % 3) for day in range(n + 1)])
    assert found.n_pairs == n
    assert {value is not None for value in (found.rmssd, found.sd, found.mad)} == {shown}


@around(2)
def test_weeks_of_the_summary_from_three_days(n: int, shown: bool) -> None:
    seen = [*moods(n), *moods(n, first=7)]
    found = trend_summary(JournalDays(seen), window(14)).metrics[0]
    assert (found.last_7.n_days, found.previous_7.n_days) == (n, n)
    assert (found.last_7.median is not None) is shown
    assert (found.previous_7.median is not None) is shown
    assert (found.difference is not None) is shown


def test_week_before_is_compared_even_when_the_window_is_one_week() -> None:
    seven = Window(after(7), after(13), "UTC")
    assert trend_summary(JournalDays(moods(14)), seven).metrics[0].previous_7.n_days == 7


def flashbacks_of(n_days: int, **asked: Any) -> FlashbackNumbers:
    seen = [none_today(after(n)) for n in range(n_days)]
    return flashback_trend(JournalDays(seen), window(30), **asked).flashbacks


@around(6)
def test_flashback_rate_from_seven_days(n: int, shown: bool) -> None:
    found = flashbacks_of(n)
    assert (found.total.rate_per_week == 0) is shown
    assert (found.total.ci95_per_week is not None) is shown
    assert (found.nightmares.rate_per_week is not None) is shown


@around(3)
def test_rate_of_one_week_from_four_days(n: int, shown: bool) -> None:
    week = flashbacks_of(n).weeks[0]
    assert week.observed_days == n
    assert (week.rate_per_week is not None) is shown
    assert (week.ci95_per_week is not None) is shown


@around(2)
def test_distress_from_three_days_and_by_code_from_three_episodes(n: int, shown: bool) -> None:
    seen = [episode(after(at), 5, trigger=["sound"], context="home") for at in range(n)]
    found = flashback_trend(JournalDays(seen), window(30)).flashbacks
    assert (found.distress.median == 5) is shown
    assert (found.by_trigger[0].distress_median == 5) is shown
    assert (found.by_context[0].distress_median == 5) is shown


@around(6)
def test_comparison_from_seven_days_on_each_side(n: int, shown: bool) -> None:
    on = after(14)
    for n_before, n_after in ((n, 8), (8, n)):
        seen = [episode(after(at)) for at in range(n_before)]
        seen += [episode(after(15 + at)) for at in range(n_after)]
        found = flashback_trend(JournalDays(seen), window(30), on).flashbacks.comparison
        assert found is not None
        assert (found.status == "ok") is shown
        assert (found.ratio is not None) is shown


@around(3)
def test_median_of_a_weekday_from_four_dates(n: int, shown: bool) -> None:
    found = weekday_pattern(JournalDays(moods(n, every=7)), window(60), Metric.MOOD).weekdays
    assert found.by_weekday[0].n_days == n
    assert (found.by_weekday[0].median is not None) is shown


@around(27)
def test_weekdays_are_tested_from_four_dates_of_each(n: int, shown: bool) -> None:
    answer = weekday_pattern(JournalDays(moods(n)), window(60), Metric.MOOD)
    assert (answer.status == "ok") is shown
    assert (answer.weekdays.technical is not None) is shown


@pytest.mark.parametrize(("p", "clear"), [(0.009, SOME), (0.01, NONE), (0.011, NONE)])
def test_a_pattern_over_the_week_is_clear_below_one_percent(p: float, clear: bool) -> None:
    assert (weekday_words(KruskalWallis(17, p)) == WeekdayWords.CLEAR_PATTERN) is clear

"""Every minimum at one below, at, and one above."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

import pytest

from app.journal.kinds import Headline
from app.trends.answers.daily import daily_trend
from app.trends.answers.flashbacks import flashback_trend
from app.trends.answers.session_response import session_response
from app.trends.answers.session_table import session_table
from app.trends.answers.slope import fit, slope_trend
from app.trends.answers.summary import trend_summary
from app.trends.answers.weekday import weekday_pattern
from app.trends.metrics import Metric
from app.trends.schemas.flashbacks import FlashbackNumbers
from app.trends.schemas.session_row import BeforeAfter, SessionDurability
from app.trends.schemas.session_table import DurabilityOverSessions, SessionCorrelation
from app.trends.statistics.before_after import compare, comparison_words
from app.trends.statistics.dissociation_curve import dissociation_curve
from app.trends.statistics.durability import DurabilityReason, DurabilityStatus, durability
from app.trends.statistics.instability import instability
from app.trends.statistics.kaplan_meier import kaplan_meier_median
from app.trends.statistics.slope_words import ChangeWords, enough_for_words
from app.trends.thresholds import THRESHOLDS
from app.trends.window import Window
from tests.trends.journals import dissociation, episode, mood, none_today, session

MONDAY = date(2026, 3, 2)
NONE, SOME_NUMBER = False, True


def after(days: int) -> date:
    return MONDAY + timedelta(days=days)


def window(n_days: int) -> Window:
    return Window(MONDAY, after(n_days - 1), "UTC")


def moods(n_days: int, first: int = 0, every: int = 1) -> list[Headline]:
    """A mood on `n_days` dates, never twice the same in a row."""
    return [mood(after(first + every * n), 3 + n % 2) for n in range(n_days)]


def around(below: int, step: int = 1) -> pytest.MarkDecorator:
    """One below a minimum, at it, and one above; only the first shows nothing."""
    told = [(below, NONE), (below + step, SOME_NUMBER), (below + 2 * step, SOME_NUMBER)]
    return pytest.mark.parametrize(("n", "shown"), told)


@around(2)
def test_rolling_median_from_three_days(n: int, shown: bool) -> None:  # noqa: FBT001
    (row,) = daily_trend(moods(n), Window(after(5), after(5), "UTC"), Metric.MOOD).days
    assert row.rolling_n == n
    assert (row.rolling_median_7 is not None) is shown


def test_rolling_median_forgets_after_seven_days() -> None:
    rows = daily_trend(moods(1), window(8), Metric.MOOD).days
    assert [row.rolling_n for row in rows] == [1, 1, 1, 1, 1, 1, 1, 0]


@around(6)
def test_slope_from_seven_days(n: int, shown: bool) -> None:  # noqa: FBT001
    answer = slope_trend(moods(n, every=2), window(30), Metric.MOOD)
    assert (answer.status == "ok") is shown
    assert (answer.slope.slope_per_week is not None) is shown
    assert (answer.slope.technical is not None) is shown


@around(9)
def test_slope_from_ten_calendar_days(n: int, shown: bool) -> None:  # noqa: FBT001
    days = [*range(7), n - 1]
    assert (fit(days, [float(day) for day in days]).line is not None) is shown


@pytest.mark.parametrize(
    ("n_days", "span_days", "enough"),
    [(13, 20, False), (14, 20, True), (15, 20, True)]
    + [(14, 19, False), (14, 21, True), (23, 46, False), (23, 45, True), (23, 44, True)],
)
def test_words_from_fourteen_days_of_three_weeks_half_of_them_logged(
    n_days: int,
    span_days: int,
    enough: bool,  # noqa: FBT001
) -> None:
    assert enough_for_words(n_days, span_days) is enough


@around(4)
def test_instability_from_five_pairs(n: int, shown: bool) -> None:  # noqa: FBT001
    found = instability(list(range(n + 1)), [float(day % 3) for day in range(n + 1)])
    assert found.n_pairs == n
    assert {value is not None for value in (found.rmssd, found.sd, found.mad)} == {shown}


@around(2)
def test_weeks_of_the_summary_from_three_days(n: int, shown: bool) -> None:  # noqa: FBT001
    seen = [*moods(n), *moods(n, first=7)]
    found = trend_summary(seen, window(14)).metrics[0]
    assert (found.last_7.n_days, found.previous_7.n_days) == (n, n)
    assert (found.last_7.median is not None) is shown
    assert (found.previous_7.median is not None) is shown
    assert (found.difference is not None) is shown


def test_week_before_is_compared_even_when_the_window_is_one_week() -> None:
    seven = Window(after(7), after(13), "UTC")
    assert trend_summary(moods(14), seven).metrics[0].previous_7.n_days == 7


def before_after(n_pre: int, n_post: int) -> BeforeAfter:
    seen = [*moods(n_pre, first=3), *[mood(after(11 + n), 8) for n in range(n_post)]]
    (row,) = session_table([*seen, session(after(10))], window(30)).table.rows
    found = row.before_after[0]
    assert (found.n_pre, found.n_post) == (n_pre, n_post)
    return found


@around(2)
def test_before_and_after_from_three_days_each(n: int, shown: bool) -> None:  # noqa: FBT001
    for found in (before_after(n, 5), before_after(5, n)):
        assert (found.status == "ok") is shown
        assert (found.nap is not None) is shown
        assert (found.technical is not None) is shown


@around(4)
def test_words_around_a_session_from_five_days_each(n: int, shown: bool) -> None:  # noqa: FBT001
    words = {before_after(n, 7).words, before_after(7, n).words}
    assert words == {ChangeWords.CLEAR_RISE if shown else ChangeWords.NOT_ENOUGH_DAYS}


def test_before_days_begin_a_week_before_and_after_days_end_a_week_after() -> None:
    seen = [*moods(31), session(after(15))]
    (row,) = session_table(seen, window(31)).table.rows
    assert (row.before_after[0].n_pre, row.before_after[0].n_post) == (7, 7)


@pytest.mark.parametrize(("points", "clear"), [(0.5, False), (1, True), (1.5, True)])
def test_clear_around_a_session_from_one_point(points: float, clear: bool) -> None:  # noqa: FBT001
    words = words_of([5] * 5, [5 + points] * 5)
    assert words == (ChangeWords.CLEAR_RISE if clear else ChangeWords.NO_CLEAR_CHANGE)


@pytest.mark.parametrize(("worse", "clear"), [(6, False), (5, True), (4, True)])
def test_clear_around_a_session_from_a_nap_of_nine_tenths(worse: int, clear: bool) -> None:  # noqa: FBT001
    """Of fifty pairs of days `worse` go down and the others up; and mirrored."""
    lower = [5.0 + n for n in range(worse)]
    before, later = [*[0.0] * 9, 20], [30.0] * (5 - len(lower)) if worse < 5 else []
    del before, later, lower
    rises = pairs_with(50 - worse, 50)
    assert words_for_nap(rises) == (ChangeWords.CLEAR_RISE if clear else ChangeWords.NO_CLEAR_CHANGE)

"""Minimums of what is told about sessions, at one below, at, and one above."""
# ruff: noqa: FBT001 - whether something is shown is yes or no

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from app.journal.kinds import Headline
from app.trends.answers.session_response import session_response
from app.trends.answers.session_table import session_table
from app.trends.metrics import Metric
from app.trends.schemas.session_row import BeforeAfter
from app.trends.schemas.session_table import DurabilityOverSessions, SessionCorrelation
from app.trends.series import JournalDays
from app.trends.statistics.before_after import compare, comparison_words
from app.trends.statistics.dissociation_curve import dissociation_curve
from app.trends.statistics.durability import (
    Durability,
    DurabilityReason,
    DurabilityStatus,
    durability,
)
from app.trends.statistics.kaplan_meier import kaplan_meier_median
from app.trends.statistics.slope_words import ChangeWords
from app.trends.thresholds import THRESHOLDS
from tests.trends.around import NONE, SOME, after, around, moods, window
from tests.trends.journals import dissociation, mood, session


def before_after(n_pre: int, n_post: int) -> BeforeAfter:
    seen = [*moods(n_pre, first=3), *[mood(after(11 + n), 8) for n in range(n_post)]]
    (row,) = session_table(JournalDays([*seen, session(after(10))]), window(30)).table.rows
    found = row.before_after[0]
    assert (found.n_pre, found.n_post) == (n_pre, n_post)
    return found


@around(2)
def test_before_and_after_from_three_days_each(n: int, shown: bool) -> None:
    for found in (before_after(n, 5), before_after(5, n)):
        assert (found.status == "ok") is shown
        assert (found.nap is not None) is shown
        assert (found.technical is not None) is shown


@around(4)
def test_words_around_a_session_from_five_days_each(n: int, shown: bool) -> None:
    words = {before_after(n, 7).words, before_after(7, n).words}
    assert words == {ChangeWords.CLEAR_RISE if shown else ChangeWords.NOT_ENOUGH_DAYS}


def test_before_days_begin_a_week_before_and_after_days_end_a_week_after() -> None:
    seen = [*moods(31), session(after(15))]
    (row,) = session_table(JournalDays(seen), window(31)).table.rows
    assert (row.before_after[0].n_pre, row.before_after[0].n_post) == (7, 7)


def words_of(difference: float, nap: float) -> ChangeWords:
    """Words for ten days on each side that differ by so much and so clearly."""
    found = compare([5.0] * 10, [5.0 + difference] * 10, 1)
    return comparison_words(
        replace(found, nap=nap),
        10,
        10,
        points=THRESHOLDS.clear_difference_points,
        nap=THRESHOLDS.clear_nap,
    )


@pytest.mark.parametrize(("points", "clear"), [(0.5, NONE), (1, SOME), (1.5, SOME)])
def test_clear_around_a_session_from_one_point(points: float, clear: bool) -> None:
    assert (words_of(points, nap=1) == ChangeWords.CLEAR_RISE) is clear
    assert (words_of(-points, nap=0) == ChangeWords.CLEAR_FALL) is clear


@pytest.mark.parametrize(("nap", "clear"), [(0.88, NONE), (0.9, SOME), (0.92, SOME)])
def test_clear_around_a_session_from_a_nap_of_nine_tenths(nap: float, clear: bool) -> None:
    assert (words_of(2, nap) == ChangeWords.CLEAR_RISE) is clear
    assert (words_of(2, 1 - nap) == ChangeWords.CLEAR_RISE) is clear


def follow(
    before: Sequence[float], later: Sequence[tuple[int, float]], following: int | None = None
) -> Durability:
    return durability(before, later, following, 1, THRESHOLDS.least_gain_points)


@around(2)
def test_durability_from_three_days_before(n: int, shown: bool) -> None:
    found = follow([3.0] * n, [(1, 6.0)])
    assert (found.baseline is not None) is shown
    assert (found.reason == DurabilityReason.FEW_BASELINE_DAYS) is not shown


@pytest.mark.parametrize(("offset", "shown"), [(2, SOME), (3, SOME), (4, NONE)])
def test_durability_wants_a_best_day_among_the_first_three(offset: int, shown: bool) -> None:
    found = follow([3.0] * 3, [(offset, 6.0)])
    assert (found.best_value is not None) is shown
    assert (found.reason == DurabilityReason.FEW_FOLLOW_UP_DAYS) is not shown


@pytest.mark.parametrize(("gain", "shown"), [(0.5, NONE), (1, SOME), (1.5, SOME)])
def test_relief_from_one_point(gain: float, shown: bool) -> None:
    found = follow([3.0] * 3, [(1, 3 + gain)])
    assert (found.status != DurabilityStatus.NO_RELIEF) is shown
    assert (found.threshold is not None) is shown


@pytest.mark.parametrize(("empty", "broken"), [(6, NONE), (7, NONE), (8, SOME)])
def test_a_gap_of_more_than_seven_days_ends_what_is_known(empty: int, broken: bool) -> None:
    bad = [(2 + empty, 3.0), (3 + empty, 3.0)]
    found = follow([3.0] * 3, [(1, 6.0), *bad])
    assert (found.reason == DurabilityReason.GAP) is broken
    assert (found.status == DurabilityStatus.ENDED) is not broken
    waiting = follow([3.0] * 3, [(1, 6.0)], following=2 + empty)
    assert (waiting.reason == DurabilityReason.GAP) is broken


def over_sessions(n: int) -> DurabilityOverSessions:
    """Sessions three weeks apart, each with three days of relief and an end."""
    seen: list[Headline] = []
    for place in range(n):
        day = 21 * place + 10
        values = [3, 3, 3, 8, 8, 8, 3, 3]
        days = [day - 3, day - 2, day - 1, *range(day + 1, day + 6)]
        seen += [mood(after(at), value) for at, value in zip(days, values, strict=True)]
        seen.append(session(after(day)))
    return session_table(JournalDays(seen), window(21 * n + 20)).table.durability[0]


@around(2)
def test_median_duration_from_three_that_ended(n: int, shown: bool) -> None:
    found = over_sessions(n)
    assert (found.n_ended, found.n_censored) == (n, 0)
    assert (found.median_ended_days == 4) is shown


@around(4)
def test_kaplan_meier_from_five_sessions(n: int, shown: bool) -> None:
    assert (kaplan_meier_median([4] * n, []) is not None) is shown
    assert (kaplan_meier_median([1, 1, 1], [1] * (n - 3)) is not None) is shown
    assert (over_sessions(n).kaplan_meier_median_days == 4) is shown


@around(2)
def test_area_under_the_curve_from_three_points(n: int, shown: bool) -> None:
    found = dissociation_curve([(30.0 * at, 2.0) for at in range(n)], 0, None, 1)
    assert (found.auc_points_minutes is not None) is shown


def correlation(n: int) -> SessionCorrelation:
    seen: list[Headline] = []
    for place in range(n):
        day = after(3 * place)
        seen += [
            session(day, dose_mg=40 + place, weight_kg=80),
            mood(day + timedelta(days=1), place % 5),
        ]
    (group,) = session_table(JournalDays(seen), window(3 * n + 3)).table.groups
    return group.correlations[0]


@around(5)
def test_correlation_from_six_sessions(n: int, shown: bool) -> None:
    found = correlation(n)
    assert found.n_sessions == n
    assert (found.status == "ok") is shown
    assert (found.rho is not None) is shown


@pytest.mark.parametrize(("n", "shown"), [(7, SOME), (8, SOME), (9, NONE)])
def test_exact_p_of_a_correlation_up_to_eight_sessions(n: int, shown: bool) -> None:
    assert (correlation(n).technical is not None) is shown


@around(3)
def test_quartiles_from_four_sessions(n: int, shown: bool) -> None:
    seen: list[Headline] = []
    for place in range(n):
        seen += [session(after(9 * place)), mood(after(9 * place + 1), place)]
    curve = session_response(JournalDays(seen), window(60), Metric.MOOD).response.curve
    point = next(each for each in curve if each.offset == 1)
    assert point.n_sessions == n
    assert (point.q1 is not None and point.q3 is not None) is shown


@pytest.mark.parametrize("minutes", [-121, -120, -119, 4319, 4320, 4321])
def test_dissociation_counts_from_two_hours_before_to_three_days_after(minutes: int) -> None:
    dose = session(after(0), hour=10)
    entry = dissociation(after(0), 5, hour=10 + minutes / 60, session_id=dose.id)
    live = dissociation(after(0), 3, hour=11, session_id=dose.id)
    (row,) = session_table(JournalDays([dose, entry, live]), window(10)).table.rows
    counted = -120 <= minutes <= 4320
    assert row.dissociation is not None
    assert row.dissociation.pre == (5 if counted and minutes <= 0 else 0)
    assert row.dissociation.n_points == (2 if counted and minutes > 0 else 1)
    assert ("outside_session_window" in row.caveats) is not counted

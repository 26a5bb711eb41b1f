"""Every caveat, set and unset."""

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random

import pytest

from app.journal.kinds import Headline
from app.trends.answers.assessments import assessment_trend
from app.trends.answers.daily import daily_trend
from app.trends.answers.flashbacks import flashback_trend
from app.trends.answers.session_response import session_response
from app.trends.answers.session_table import session_table
from app.trends.answers.slope import slope_trend
from app.trends.answers.summary import trend_summary
from app.trends.answers.timeline import timeline
from app.trends.answers.weekday import weekday_pattern
from app.trends.caveats import residual_caveats
from app.trends.metrics import Metric
from app.trends.schemas.envelope import Caveat, TrendAnswer
from app.trends.schemas.timeline import MOST_EVENTS
from app.trends.series import JournalDays
from app.trends.window import Window
from tests.trends.journals import (
    daily_count,
    dissociation,
    episode,
    made,
    mood,
    none_today,
    phq9,
    random_journal,
    seeded,
    session,
)

FIRST = date(2026, 3, 2)


def after(days: int) -> date:
    return FIRST + timedelta(days=days)


def window(n_days: int) -> Window:
    return Window(FIRST, after(n_days - 1), "UTC")


def moods(days: Sequence[int]) -> list[Headline]:
    return [mood(after(day), 3 + place % 2) for place, day in enumerate(days)]


def of_moods(days: Sequence[int], n_days: int) -> set[Caveat]:
    """The caveats of daily moods; those of summary, coverage and the rest follow the same rule."""
    daily = daily_trend(JournalDays(moods(days)), window(n_days), Metric.MOOD)
    assert set(trend_summary(JournalDays(moods(days)), window(n_days)).caveats) == set(
        daily.caveats
    )
    return set(daily.caveats)


@pytest.mark.parametrize(("n_days", "few"), [(13, {Caveat.FEW_DAYS}), (14, set()), (15, set())])
def test_few_days_below_fourteen(n_days: int, few: set[Caveat]) -> None:
    assert of_moods(range(n_days), n_days) == few


@pytest.mark.parametrize(("n_days", "low"), [(39, {Caveat.LOW_COVERAGE}), (40, set()), (41, set())])
def test_low_coverage_below_one_half(n_days: int, low: set[Caveat]) -> None:
    assert of_moods(range(0, 2 * n_days, 2), 80 if n_days < 41 else 82) == low


@pytest.mark.parametrize(("empty", "long"), [(7, set()), (8, {Caveat.LONG_GAP})])
def test_long_gap_of_more_than_seven_days_between_entries(empty: int, long: set[Caveat]) -> None:
    days = [*range(15), *range(15 + empty, 30 + empty)]
    assert of_moods(days, 30 + empty) == long


def test_empty_days_at_the_edges_are_no_gap() -> None:
    assert of_moods(range(9, 25), 32) == set()


def test_constant_wants_two_equal_values() -> None:
    for n, constant in ((1, False), (2, True)):
        seen = [mood(after(day), 4) for day in range(n)]
        found = daily_trend(JournalDays(seen), window(2), Metric.MOOD)
        assert (Caveat.CONSTANT in found.caveats) is constant
    assert Caveat.CONSTANT not in trend_summary(JournalDays(seen), window(2)).caveats


def test_autocorrelated_when_residuals_follow_each_other() -> None:
    waves = [mood(after(day), 5 + (day // 7) % 2) for day in range(28)]
    jumps = [mood(after(day), 5 + day % 2) for day in range(28)]
    found = slope_trend(JournalDays(waves), window(28), Metric.MOOD)
    assert Caveat.AUTOCORRELATED in found.caveats
    assert (
        Caveat.AUTOCORRELATED
        not in slope_trend(JournalDays(jumps), window(28), Metric.MOOD).caveats
    )


@pytest.mark.parametrize(
    ("lag1", "told"),
    [(None, set()), (0.19, set()), (0.2, {Caveat.AUTOCORRELATED}), (0.21, {Caveat.AUTOCORRELATED})],
)
def test_autocorrelated_from_one_fifth(lag1: float | None, told: set[Caveat]) -> None:
    assert residual_caveats(lag1) == told


@pytest.mark.parametrize("day", [-1, 0, 20, 21])
def test_sessions_inside_the_window(day: int) -> None:
    seen = JournalDays([*moods(range(21)), session(after(day))])
    planned = JournalDays([*moods(range(21)), session(after(day), status="planned")])
    for ask in (slope_trend, weekday_pattern):
        inside = Caveat.SESSIONS_INSIDE in ask(seen, window(21), Metric.MOOD).caveats
        assert inside is (0 <= day < 21)
        assert Caveat.SESSIONS_INSIDE not in ask(planned, window(21), Metric.MOOD).caveats


def test_mixed_reports_in_the_window_for_flashback_metrics() -> None:
    mixed = JournalDays([episode(after(3)), daily_count(after(4), 2)])
    reports = [episode(after(-1)), daily_count(after(4), 2), none_today(after(5))]
    apart = JournalDays(reports)
    for metric in Metric:
        told = metric in (Metric.FLASHBACK_COUNT, Metric.FLASHBACK_DISTRESS)
        for ask in (daily_trend, slope_trend, weekday_pattern, session_response):
            assert (Caveat.MIXED_REPORTS in ask(mixed, window(21), metric).caveats) is told
            assert Caveat.MIXED_REPORTS not in ask(apart, window(21), metric).caveats
    assert Caveat.MIXED_REPORTS in flashback_trend(mixed, window(21)).caveats
    assert Caveat.MIXED_REPORTS not in flashback_trend(apart, window(21)).caveats


def test_overdispersed_when_counts_scatter_more_than_chance() -> None:
    even = [daily_count(after(day), 1 + day % 2) for day in range(10)]
    wild = [daily_count(after(day), 9 * (day % 5 == 0)) for day in range(10)]
    assert Caveat.OVERDISPERSED not in flashback_trend(JournalDays(even), window(10)).caveats
    assert Caveat.OVERDISPERSED in flashback_trend(JournalDays(wild), window(10)).caveats


@pytest.mark.parametrize(("n", "few"), [(3, True), (4, False), (5, False)])
def test_few_sessions_below_four_with_a_value(n: int, few: bool) -> None:  # noqa: FBT001
    silent = session(after(300))
    seen = [*moods(range(30 * n)), *[session(after(30 * place + 9)) for place in range(n)], silent]
    found = session_response(JournalDays(seen), window(310), Metric.MOOD)
    assert found.response.n_sessions == n + 1
    assert (Caveat.FEW_SESSIONS in found.caveats) is few


@pytest.mark.parametrize(("apart", "overlap"), [(13, True), (14, True), (15, False)])
def test_response_overlaps_when_the_next_session_comes_within_its_days(
    apart: int,
    overlap: bool,  # noqa: FBT001
) -> None:
    seen = [session(after(0)), session(after(apart))]
    for days in (1, apart + 1):
        found = session_response(JournalDays(seen), window(days), Metric.MOOD, 7, 14)
        assert (Caveat.OVERLAPPING_SESSIONS in found.caveats) is overlap


@pytest.mark.parametrize(("apart", "near"), [(6, True), (7, True), (8, False)])
def test_rows_tell_of_neighbours_within_a_week(apart: int, near: bool) -> None:  # noqa: FBT001
    answer = session_table(JournalDays([session(after(0)), session(after(apart))]), window(20))
    first, second = (set(row.caveats) for row in answer.table.rows)
    assert first == ({Caveat.OVERLAPPING_SESSIONS} if near else set())
    assert second == ({Caveat.SESSION_IN_BASELINE} if near else set())
    assert first | second <= set(answer.caveats)


def test_recalled_entries_only_where_there_is_no_live_one() -> None:
    dose = session(after(0))
    recalled = dissociation(after(0), 6, hour=11, late=30, session_id=dose.id)
    live = dissociation(after(0), 2, hour=12, session_id=dose.id)
    (row,) = session_table(JournalDays([dose, recalled]), window(9)).table.rows
    assert row.caveats == [Caveat.RECALLED_ENTRIES]
    assert row.dissociation is not None
    assert row.dissociation.peak == 6
    (row,) = session_table(JournalDays([dose, recalled, live]), window(9)).table.rows
    assert row.caveats == []
    assert row.dissociation is not None
    assert row.dissociation.peak == 2


def test_outside_session_window() -> None:
    dose = session(after(0))
    late = dissociation(after(5), 6, session_id=dose.id)
    alone = dissociation(after(5), 6)
    assert session_table(JournalDays([dose, late]), window(9)).table.rows[0].caveats == [
        Caveat.OUTSIDE_SESSION_WINDOW
    ]
    assert session_table(JournalDays([dose, alone]), window(9)).table.rows[0].caveats == []


@pytest.mark.parametrize(("n", "shown"), [(5, False), (6, True)])
def test_not_cause_when_a_correlation_is_shown(n: int, shown: bool) -> None:  # noqa: FBT001
    seen: list[Headline] = []
    for place in range(n):
        dose = session(after(10 * place), dose_mg=40 + place, weight_kg=80)
        seen += [dose, mood(after(10 * place + 1), place % 5)]
    assert (Caveat.NOT_CAUSE in session_table(JournalDays(seen), window(80)).caveats) is shown


def test_prorated_when_a_shown_score_is() -> None:
    whole, part = phq9(after(5), 9), phq9(after(40), 9, skipped=(9,))
    both = assessment_trend(JournalDays([whole, part]), window(60), "phq-9")
    assert set(both.caveats) == {Caveat.PRORATED}
    assert not assessment_trend(JournalDays([whole, part]), window(30), "phq-9").caveats


@pytest.mark.parametrize(("hours", "overlap"), [(-0.5, True), (0, False), (0.5, False)])
def test_recall_overlaps_sooner_than_fourteen_times_24_hours(hours: float, overlap: bool) -> None:  # noqa: FBT001
    earlier, later = phq9(after(-10), 9, hour=12), phq9(after(4), 8, hour=12 + hours)
    found = assessment_trend(JournalDays([earlier, later]), window(30), "phq-9")
    assert (Caveat.RECALL_OVERLAP in found.caveats) is overlap
    (score,) = found.assessment.scores
    assert score.recall_overlaps_previous is overlap


def test_instruments_do_not_overlap_each_other() -> None:
    who = made("assessment", after(1), instrument="isi", total=9)
    assert not assessment_trend(JournalDays([who, phq9(after(2), 9)]), window(30), "phq-9").caveats


def test_assessments_carry_no_caveat_of_days() -> None:
    assert not assessment_trend(JournalDays([]), window(30), "phq-9").caveats


def test_truncated_shows_the_newest_events() -> None:
    seen = [mood(after(n // 20), 5, hour=n % 20, note="a line") for n in range(MOST_EVENTS + 1)]
    whole = timeline(JournalDays(seen[1:]), window(300))
    assert Caveat.TRUNCATED not in whole.caveats
    assert whole.plain == "5000 events in these 300 days."
    cut = timeline(JournalDays(seen), window(300))
    assert Caveat.TRUNCATED in cut.caveats
    assert cut.plain == "The newest 5000 of 5001 events in these 300 days."
    assert cut.events == whole.events


def test_every_caveat_is_met_here() -> None:
    told = set()
    for seed in range(40):
        told |= caveats_of(seeded(seed))
    rare = {Caveat.TRUNCATED, Caveat.CONSTANT, Caveat.LONG_GAP, Caveat.NOT_CAUSE}
    assert told | rare == set(Caveat)


def caveats_of(random: Random) -> set[Caveat]:
    """The caveats of every operation over some random weeks."""
    seen, weeks = random_journal(random, 90, FIRST), window(90)
    answers: list[TrendAnswer] = [
        slope_trend(JournalDays(seen), weeks, Metric.FLASHBACK_COUNT),
        session_response(JournalDays(seen), weeks, Metric.MOOD),
        session_table(JournalDays(seen), weeks),
        session_response(JournalDays(seen), Window(FIRST, after(9), "UTC"), Metric.MOOD),
        flashback_trend(JournalDays(seen), weeks),
        assessment_trend(JournalDays(seen), weeks, "phq-9"),
        daily_trend(JournalDays(seen), weeks, Metric.DISSOCIATION_PEAK),
    ]
    return {caveat for answer in answers for caveat in answer.caveats}

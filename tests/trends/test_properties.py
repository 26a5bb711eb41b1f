"""What holds of every journal."""

import json
import re
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from statistics import mean, variance
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from app.journal.kinds import AnxietyHeadline, DissociationHeadline, Headline, MoodHeadline
from app.trends import questions
from app.trends.answers.daily import daily_trend
from app.trends.answers.session_table import session_table
from app.trends.answers.slope import fit
from app.trends.metrics import METRICS, Metric
from app.trends.series import JournalDays
from app.trends.statistics.before_after import compare
from app.trends.statistics.flashback_rate import RateInterval, flashback_rate
from app.trends.window import Window
from tests.trends.journals import random_journal, seeded
from tests.trends.questions_asked import ASKED, all_answers, text_of
from tests.trends.vectors import differences

FIRST = date(2026, 1, 5)
SOME = settings(max_examples=25, deadline=None)
SEEDS = st.integers(min_value=0, max_value=10**6)


def journal(seed: int, n_days: int = 60) -> tuple[list[Headline], Window]:
    """A random journal and a window inside it."""
    window = Window(FIRST + timedelta(days=9), FIRST + timedelta(days=n_days - 8), "UTC")
    return random_journal(seeded(seed), n_days, FIRST), window


@SOME
@given(SEEDS)
def test_order_of_entries_does_not_matter(seed: int) -> None:
    seen, window = journal(seed)
    shuffled = seeded(seed + 1).sample(seen, len(seen))
    assert all_answers(seen, window) == all_answers(shuffled, window)


@SOME
@given(SEEDS)
def test_json_written_by_hand_is_that_of_the_model_to_the_byte(seed: int) -> None:
    seen, window = journal(seed)
    for metric in METRICS:
        question, days = questions.daily(metric), JournalDays(seen)
        assert question.json(days, window).decode() == text_of(question.answer(days, window))


@SOME
@given(SEEDS, st.integers(min_value=-3000, max_value=3000).map(lambda weeks: 7 * weeks))
def test_a_shift_by_whole_weeks_shifts_dates_and_nothing_else(seed: int, days: int) -> None:
    seen, window = journal(seed)
    step = timedelta(days=days)
    later = replace(window, first=window.first + step, last=window.last + step)
    moved = all_answers([shifted(each, step) for each in seen], later)
    for name, text in all_answers(seen, window).items():
        assert without_dates(moved[name]) == without_dates(text), name
        assert [written + step for written in dates_in(text)] == dates_in(moved[name]), name


@SOME
@given(SEEDS, st.integers(min_value=1, max_value=6))
def test_a_shift_by_a_few_days_moves_no_number_but_those_of_weekdays(seed: int, days: int) -> None:
    seen, window = journal(seed)
    step = timedelta(days=days)
    later = replace(window, first=window.first + step, last=window.last + step)
    moved = JournalDays(shifted(each, step) for each in seen)
    for name, ask in ASKED.items():
        if not name.startswith(("weekday", "flashbacks")):
            before, after = text_of(ask(JournalDays(seen), window)), text_of(ask(moved, later))
            assert without_dates(before) == without_dates(after), name


@SOME
@given(SEEDS, st.sampled_from(list(METRICS)))
def test_an_unlogged_day_never_creates_a_value(seed: int, metric: Metric) -> None:
    seen, window = journal(seed)
    logged = {each.local_date for each in seen if each.kind == METRICS[metric].kind}
    for row in daily_trend(JournalDays(seen), window, metric).days:
        if row.date not in logged:
            assert (row.value, row.n) == (None, 0)
        assert (row.value is None) == (row.n == 0)


@SOME
@given(SEEDS)
def test_a_mirrored_scale_turns_slopes_and_swaps_the_interval(seed: int) -> None:
    seen, window = journal(seed)
    days, values = JournalDays(seen).series(Metric.MOOD).inside(window.first_day, window.last_day)
    found, mirrored = fit(days, values), fit(days, [10 - value for value in values])
    assert found.status == mirrored.status
    if found.line is None or mirrored.line is None or found.test is None or mirrored.test is None:
        return
    assert mirrored.line.slope == pytest.approx(-found.line.slope)
    assert (mirrored.line.low, mirrored.line.high) == pytest.approx(
        (-found.line.high, -found.line.low)
    )
    assert mirrored.test.p_adjusted == pytest.approx(found.test.p_adjusted)


@SOME
@given(st.lists(st.integers(0, 20), min_size=6, max_size=14), st.integers(3, 11))
def test_a_mirrored_scale_keeps_nap_under_the_other_direction(halves: list[int], at: int) -> None:
    at = min(at, len(halves) - 3)
    before, after = [half / 2 for half in halves[:at]], [half / 2 for half in halves[at:]]
    found = compare(before, after, 1)
    mirrored = compare([10 - v for v in before], [10 - v for v in after], -1)
    assert mirrored.nap == found.nap
    assert mirrored.tau_u == pytest.approx(found.tau_u)
    assert mirrored.median_difference == -found.median_difference


@SOME
@given(SEEDS)
def test_mood_and_mirrored_anxiety_tell_the_same_story_of_a_session(seed: int) -> None:
    seen, window = journal(seed)
    moods = [each for each in seen if isinstance(each, MoodHeadline)]
    others = [each for each in seen if each.kind not in ("mood", "anxiety")]
    mirrored = [as_anxiety(mood) for mood in moods]
    for row in session_table(JournalDays([*others, *moods, *mirrored]), window).table.rows:
        mood, anxiety, _ = row.before_after
        assert (mood.nap, mood.n_pre, mood.n_post) == (anxiety.nap, anxiety.n_pre, anxiety.n_post)
        one, two = row.durability
        assert (one.status, one.relief_days, one.at_least_days, one.gain) == (
            two.status,
            two.relief_days,
            two.at_least_days,
            two.gain,
        )


def test_one_flashback_on_any_of_any_number_of_days_scatters_as_chance_does() -> None:
    random = seeded(7)
    for n_days in range(7, 732):
        counts = [0] * n_days
        counts[random.randrange(n_days)] = 1
        found = flashback_rate(counts)
        assert found is not None
        assert (found.dispersion_index, found.interval) == (1, RateInterval.GARWOOD), n_days


@SOME
@given(st.lists(st.integers(0, 100), min_size=7, max_size=60))
def test_scatter_is_judged_without_rounding(counts: list[int]) -> None:
    found = flashback_rate(counts)
    assert found is not None
    exact = [Fraction(count) for count in counts]
    dispersion = variance(exact) / mean(exact) if any(counts) else None
    assert found.dispersion_index == (None if dispersion is None else float(dispersion))
    scattered = dispersion is not None and dispersion > 1
    assert (found.interval is RateInterval.QUASI_POISSON) is scattered


@SOME
@given(SEEDS)
def test_dates_outside_the_reach_change_nothing(seed: int) -> None:
    """Only sessions may look further; a day's own answers end with its window."""
    seen, window = journal(seed)
    near = [each for each in seen if each.local_date >= window.first - timedelta(days=13)]
    inside = JournalDays(each for each in near if each.local_date <= window.last)
    whole = JournalDays(seen)
    for name, ask in ASKED.items():
        if not name.startswith(("response", "table", "assessments")):
            assert text_of(ask(whole, window)) == text_of(ask(inside, window)), name


@SOME
@given(SEEDS, st.sampled_from(["mood", "anxiety", "flashback", "session", "assessment"]))
def test_kinds_outside_a_scope_are_as_if_they_were_never_logged(seed: int, hidden: str) -> None:
    seen, window = journal(seed)
    shared = [each for each in seen if each.kind != hidden]
    answers = all_answers(shared, window)
    ids = {each.id for each in seen if each.kind == hidden}
    assert not any(entry_id in text for text in answers.values() for entry_id in ids)
    if hidden == "session":
        table = json.loads(answers["table"])["table"]
        assert (table["rows"], table["groups"]) == ([], [])


@SOME
@given(SEEDS)
def test_journals_keep_their_numbers_through_json(seed: int) -> None:
    seen, window = journal(seed)
    for name, text in all_answers(seen, window).items():
        assert "null" not in text, name
        assert "-0.0," not in text, name
        assert not differences(json.loads(text), json.loads(text))


def shifted(headline: Headline, step: timedelta) -> Headline:
    """The same entry so much later."""
    at = headline.instant + step
    moved = structs.replace(
        headline,
        instant=at,
        local_date=headline.local_date + step,
        occurred_at=at.isoformat(),
    )
    if isinstance(moved, DissociationHeadline) and moved.resolved_at is not None:
        return structs.replace(moved, resolved_at=moved.resolved_at + step)
    return moved


def as_anxiety(mood: MoodHeadline) -> AnxietyHeadline:
    """The same diary on the mirrored scale."""
    shared: dict[str, Any] = {
        name: getattr(mood, name)
        for name in ("revision", "instant", "local_date", "occurred_at", "retrospective")
    }
    return AnxietyHeadline(
        **shared, id=mood.id[::-1], has_note=False, level=10 - mood.score, peak=None
    )


DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def without_dates(text: str) -> str:
    return DATE.sub("day", text)


def dates_in(text: str) -> list[date]:
    return [date.fromisoformat(written) for written in DATE.findall(text)]

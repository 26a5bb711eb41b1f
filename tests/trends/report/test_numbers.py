"""The numbers in the text layer against the answers of the operations."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

import pytest

from app.journal.kinds import Headline
from app.trends.answers.assessments import assessment_trend
from app.trends.answers.coverage import logging_coverage
from app.trends.answers.daily import daily_trend
from app.trends.answers.flashbacks import flashback_trend
from app.trends.answers.session_response import session_response
from app.trends.answers.session_table import session_table
from app.trends.answers.slope import slope_trend
from app.trends.metrics import Metric
from app.trends.report.answers import INSTRUMENTS, report_answers
from app.trends.report.course import day_curve
from app.trends.report.directions import foot
from app.trends.report.footnotes import Footnotes
from app.trends.report.numerals import written_date
from app.trends.report.shared_kinds import KIND_TITLES, SharedKinds
from app.trends.report.weeks import Weeks, weeks
from app.trends.report.wording import CHANGE_WORDS, METRIC_NAMES
from app.trends.schemas.envelope import Caveat
from app.trends.schemas.session_row import SessionRow
from app.trends.schemas.slope import Slope
from app.trends.series import JournalDays
from app.trends.statistics.slope_words import ChangeWords
from app.trends.window import Window
from tests.trends.journals import mood
from tests.trends.report.pages import (
    JOURNEY_WINDOW,
    journey,
    printed,
    random_journal,
    text_of,
    window_of,
)

NUMBER = r"[+−]?\d+(?:\.\d+)?"


@dataclass(frozen=True)
class Printed:
    """A journal, and the words of its page."""

    seen: Sequence[Headline]
    window: Window
    text: str


@pytest.fixture(scope="module", params=["journey", "90 days", "200 days"])
def page(request: pytest.FixtureRequest) -> Printed:
    """The journal of the vectors, and two random ones."""
    if request.param == "journey":
        seen, window = journey(), JOURNEY_WINDOW
    else:
        n_days = int(request.param.removesuffix(" days"))
        seen, window = random_journal(n_days), window_of(n_days)
    return Printed(seen, window, text_of(printed(seen, window)))


def value_of(text: str) -> float:
    """A printed number; a sign it has, or none."""
    return float(text.replace("−", "-"))


def near(text: str, value: float, digits: int) -> bool:
    """Whether a printed number is `value` rounded."""
    return abs(value_of(text) - value) <= 0.5 / 10.0**digits + 1e-9


def test_logged_days_are_those_of_the_coverage(page: Printed) -> None:
    logging = logging_coverage(JournalDays(page.seen), page.window).logging
    told = re.findall(r"(\d+) of (\d+) days, (\d+) % longest gap (\d+) day", page.text)
    wanted = [logging.overall, *logging.kinds]
    assert [tuple(map(int, each)) for each in told] == [
        (days.observed_days, days.window_days, round(100 * days.coverage), days.longest_gap_days)
        for days in wanted
    ]


def test_the_ways_of_reporting_flashbacks_are_counted(page: Printed) -> None:
    reports = flashback_trend(JournalDays(page.seen), page.window).flashbacks.reports
    found = re.search(r"episodes on (\d+) .*?count on (\d+) .*?none that day on (\d+)", page.text)
    assert found
    days = reports.episode_days, reports.daily_count_days, reports.none_today_days
    assert tuple(map(int, found.groups())) == days


def test_the_sentence_on_flashbacks_is_that_of_the_answer(page: Printed) -> None:
    assert flashback_trend(JournalDays(page.seen), page.window).plain in page.text


def test_directions_slopes_and_intervals_are_those_of_the_slopes(page: Printed) -> None:
    foot = page.text.partition("Days with a value")[2]
    for metric in Metric:
        answer = slope_trend(JournalDays(page.seen), page.window, metric)
        row = re.search(
            rf"{METRIC_NAMES[metric]} (higher|lower) ([a-z ]+) ({NUMBER}|–) "
            rf"(?:({NUMBER}) to ({NUMBER})|–) (\d+) of (\d+) days",
            foot,
        )
        if not answer.n_days:
            assert METRIC_NAMES[metric].lower() in foot.partition("Without a value:")[2]
            continue
        assert row, metric
        better, words, slope, low, high, n_days, window_days = row.groups()
        assert (better, words) == (answer.better, CHANGE_WORDS[answer.slope.words])
        assert (int(n_days), int(window_days)) == (answer.n_days, page.window.n_days)
        if answer.slope.slope_per_week is None or answer.slope.ci95_per_week is None:
            assert slope == "–"
            continue
        told = [slope, low, high]
        values = [answer.slope.slope_per_week, *answer.slope.ci95_per_week]
        if low is None:
            assert values == [0, 0, 0]
            assert Caveat.CONSTANT not in answer.caveats
            told, values = told[:1], values[:1]
        for text, value in zip(told, values, strict=True):
            assert near(text, value, len(text.partition(".")[2]))


@pytest.mark.parametrize(
    ("ends", "told"),
    [
        ([-0.3, -0.004], "−0.300 to −0.004"),
        ([0.004, 0.3], "+0.004 to +0.300"),
        ([0.0003, 0.3], "+0.0003 to +0.3000"),
        ([-0.3, -0.005], "−0.30 to −0.01"),
        ([0, 0.3], "0.00 to +0.30"),
        ([0.01, 0.09], "+0.010 to +0.090"),
        ([0.01, 0.1], "+0.01 to +0.10"),
    ],
)
def test_an_interval_that_leaves_0_out_is_not_printed_as_one_that_touches_it(
    ends: list[float], told: str
) -> None:
    window = window_of(30)
    seen = [mood(day, 5) for day in map(date.fromordinal, window.days())]
    answers = report_answers(JournalDays(seen), window)
    slope = Slope(words=ChangeWords.CLEAR_FALL, slope_per_week=0.1, ci95_per_week=ends)
    slopes = [answer.model_copy(update={"slope": slope}) for answer in answers.slopes]
    found = foot(replace(answers, slopes=slopes), Footnotes(), SharedKinds(("mood",), window))
    assert not isinstance(found.directions, str)
    assert [direction.interval for direction in found.directions] == [told]


def test_sessions_stand_under_each_offset(page: Printed) -> None:
    chart = page.text.partition("C Days around")[2].partition("Last sessions")[0]
    for metric in (Metric.MOOD, Metric.ANXIETY):
        curve = session_response(JournalDays(page.seen), page.window, metric).response.curve
        assert " ".join(str(point.n_sessions) for point in curve) in chart
    assert " ".join(str(offset) for offset in range(-7, 15)).replace("-", "−") in chart


def test_the_last_eight_sessions_stand_in_the_table(page: Printed) -> None:
    rows = session_table(JournalDays(page.seen), page.window).table.rows
    table = page.text.partition("Last sessions")[2].partition("Questionnaires")[0]
    place = 0
    for row in rows[-8:]:
        place = table.index(written_date(row.date), place) + 1
        following = table.find(" 2026", place + 12)
        check_row(table[place - 1 : following if following > 0 else None], row)
    earlier = re.search(r"(\d+) earlier sessions? not listed", table)
    assert (int(earlier[1]) if earlier else 0) == max(len(rows) - 8, 0)


def check_row(text: str, row: SessionRow) -> None:
    """The cells of one row hold the answer's numbers."""
    for told in (*given_of(row), *course_of(row), *relief_of(row)):
        assert told in text
    for effect in row.adverse_effects or ():
        assert f"{effect.code} {effect.severity}" in text
    for day in row.next_day:
        assert re.search(rf"(?<!\d){day.value:g}(?![\d.])", text)


def given_of(row: SessionRow) -> Iterator[str]:
    """The dose and the pressures."""
    if row.dose_mg is not None:
        yield f" {row.dose_mg:g} "
    if row.dose_mg_per_kg is not None:
        yield f"({row.dose_mg_per_kg:g})"
    vitals = row.vitals
    if vitals is not None and vitals.systolic_pre is not None:
        yield f"{vitals.systolic_pre}/{vitals.diastolic_pre}"
    if vitals is not None and vitals.systolic_max is not None:
        yield f"{vitals.systolic_max}/{vitals.diastolic_max}"


def course_of(row: SessionRow) -> Iterator[str]:
    """Dissociation."""
    course = row.dissociation
    if course is not None:
        yield f" {course.peak:g} "
    if course is not None and course.status == "censored":
        yield f"not back at {round(course.unresolved_at_minute or 0)} min"
    if course is not None and course.status == "resolved":
        yield f"{round(course.time_to_baseline_minutes or 0)} min"


def relief_of(row: SessionRow) -> Iterator[str]:
    """How long changes lasted."""
    for told in row.durability:
        if told.relief_days is not None:
            yield f"{told.relief_days} d"
        elif told.at_least_days is not None:
            yield f"at least {told.at_least_days} d"


def test_durations_over_all_sessions_are_counted(page: Printed) -> None:
    for over in session_table(JournalDays(page.seen), page.window).table.durability:
        median = over.median_ended_days
        after = "" if median is None else f" (median {median:g} d)"
        assert (
            f"Relief in {over.metric}: ended {over.n_ended}{after}, end not seen "
            f"{over.n_censored}, none {over.n_no_relief}, too few days {over.n_insufficient}."
        ) in page.text


def test_the_last_three_scores_and_the_change_from_the_first(page: Printed) -> None:
    table = page.text.partition("Questionnaires")[2].partition("Directions")[0]
    for instrument in INSTRUMENTS:
        answer = assessment_trend(JournalDays(page.seen), page.window, instrument)
        if not answer.assessment.scores:
            continue
        _, _, row = table.partition(f"{instrument.upper()} (")
        told = re.findall(r"(\d+|incomplete)[a-z./ ]*, (\d+ \w+ \d{4})", row)
        scores = answer.assessment.scores[-3:]
        assert told[: len(scores)] == [
            (
                str(score.percent if answer.unit == "percent" else score.total)
                if score.status == "scored"
                else "incomplete",
                written_date(score.date),
            )
            for score in scores
        ]
        scored = [score for score in answer.assessment.scores if score.status == "scored"]
        if len(scored) > 1 and scored[-1].from_first:
            changed = re.search(rf"({NUMBER}) from (\d+) ", row)
            assert changed
            assert value_of(changed[1]) == scored[-1].from_first.change
        for constant in answer.assessment.constants:
            assert constant.citation in page.text


def test_chart_a_holds_each_logged_day_and_breaks_its_lines_at_gaps(page: Printed) -> None:
    for metric in (Metric.MOOD, Metric.ANXIETY):
        answer = daily_trend(JournalDays(page.seen), page.window, metric)
        curve = day_curve(answer)
        values = {place: row.value for place, row in enumerate(answer.days) if row.n}
        medians = {
            place: row.rolling_median_7
            for place, row in enumerate(answer.days)
            if row.rolling_median_7 is not None
        }
        assert dict(curve.dots) == values
        drawn = [point for stretch in curve.stretches for point in stretch]
        assert dict(drawn) == medians
        for stretch in curve.stretches:
            days = [day for day, _ in stretch]
            assert days == list(range(days[0], days[-1] + 1))


def test_chart_b_holds_each_week_of_the_answer(page: Printed) -> None:
    answers = report_answers(JournalDays(page.seen), page.window)
    drawn = weeks(answers, Footnotes(), SharedKinds(tuple(KIND_TITLES), page.window))
    assert isinstance(drawn, Weeks)
    told = flashback_trend(JournalDays(page.seen), page.window).flashbacks.weeks
    assert len(drawn.bars) == len(told)
    assert (drawn.bars[0].start, drawn.bars[-1].end) == (0, page.window.n_days)
    for bar, week in zip(drawn.bars, told, strict=True):
        assert bar.rate == week.rate_per_week
        assert (bar.low, bar.high) == tuple(week.ci95_per_week or (None, None))
        assert bar.unlogged == (week.observed_days == 0)
        assert bar.high is None or bar.high <= drawn.ticks[-1].at

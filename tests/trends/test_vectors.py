"""Every statistic against its vectors."""

import re
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from app.journal.kinds import headline
from app.trends.answers.weekday import by_weekday, judged
from app.trends.metrics import Metric
from app.trends.series import JournalDays, date_of
from app.trends.statistics.before_after import compare, comparison_words, enough_to_compare
from app.trends.statistics.central import median
from app.trends.statistics.coverage import coverage
from app.trends.statistics.dissociation_curve import dissociation_curve
from app.trends.statistics.durability import durability
from app.trends.statistics.flashback_rate import flashback_rate
from app.trends.statistics.instability import instability
from app.trends.statistics.kaplan_meier import kaplan_meier_median
from app.trends.statistics.mann_kendall import mann_kendall
from app.trends.statistics.rank_correlation import MINIMUM_SESSIONS, rank_correlation
from app.trends.statistics.rate_ratio import MINIMUM_DAYS, Exposure, rate_ratio
from app.trends.statistics.reliable_change import reliable_change
from app.trends.statistics.rolling_median import rolling_medians
from app.trends.statistics.session_aligned import Neighbours, aligned_curve, aligned_line
from app.trends.statistics.slope_words import ChangeWords, slope_words
from app.trends.statistics.theil_sen import enough_for_line, trend_line
from app.trends.thresholds import THRESHOLDS
from tests.trends.vectors import FOLDER, Case, cases, day, days_of, differences, name_of

SIGNS = {"higher": 1, "lower": -1}


def every(name: str) -> pytest.MarkDecorator:
    """One test a case of a vector file."""
    return pytest.mark.parametrize("case", cases(name), ids=name_of)


def told(members: dict[str, Any]) -> dict[str, Any]:
    """Members that are there, as an answer would show them."""
    return {name: value for name, value in members.items() if value is not None}


@every("theil_sen")
def test_line_of_days(case: Case) -> None:
    days, values = days_of(case["input"]["daily"])
    if case["expected"].get("status") == "insufficient_data":
        assert not enough_for_line(days)
        return
    line = trend_line(days, values)
    found = {
        "n_days": len(days),
        "span_days": days[-1] - days[0],
        "slope_per_week": line.slope * 7,
        "intercept": line.intercept,
        "ci95_per_week": [line.low * 7, line.high * 7],
    }
    assert enough_for_line(days)
    assert not differences(found, case["expected"])


@every("mann_kendall")
def test_trend_test_adjusted_for_autocorrelation(case: Case) -> None:
    days, values = days_of(case["input"]["daily"])
    found = mann_kendall(days, values, trend_line(days, values))
    assert not differences(told(asdict(found)), case["expected"])


@every("slope_words")
def test_words_follow_uncertainty(case: Case) -> None:
    given = case["input"]
    words = slope_words(
        given["n_days"], given["span_days"], given["p_adjusted"], tuple(given["ci95_per_week"])
    )
    assert words == case["expected"]["words"]


@every("rolling_median")
def test_rolling_median(case: Case) -> None:
    window = case["input"]["window"]
    values = {day(text): value for text, value in case["input"]["daily"]}
    rows = rolling_medians(values, day(window["from"]), day(window["to"]))
    found = [
        told({"date": expected["date"], "rolling_n": n, "rolling_median_7": middle})
        for expected, (n, middle) in zip(case["expected"]["days"], rows, strict=True)
    ]
    assert not differences(found, case["expected"]["days"])


@every("instability")
def test_instability(case: Case) -> None:
    found = instability(*days_of(case["input"]["daily"]))
    assert not differences(told(asdict(found)), case["expected"])


@every("coverage")
def test_coverage_and_streaks(case: Case) -> None:
    window = case["input"]["window"]
    days = [day(text) for text in case["input"]["dates"]]
    found = coverage(days, day(window["from"]), day(window["to"]))
    assert not differences({**asdict(found), "coverage": found.coverage}, case["expected"])


@every("before_after")
def test_days_before_and_after_a_session(case: Case) -> None:
    given = case["input"]
    session, after_last = day(given["session"]), day(given["session"]) + 7
    if "next_session" in given:
        after_last = min(after_last, day(given["next_session"]) - 1)
    values = {day(text): value for text, value in given["daily"]}
    before = [value for at, value in values.items() if session - 7 <= at < session]
    after = [value for at, value in values.items() if session < at <= after_last]
    found: Case = {"n_pre": len(before), "n_post": len(after)}
    if not enough_to_compare(before, after):
        found |= {"status": "insufficient_data", "words": ChangeWords.NOT_ENOUGH_DAYS}
        assert not differences(found, case["expected"])
        return
    comparison = compare(before, after, SIGNS[given["better"]])
    words = comparison_words(
        comparison,
        len(before),
        len(after),
        points=THRESHOLDS.clear_difference_points,
        nap=THRESHOLDS.clear_nap,
    )
    numbers = told(asdict(comparison))
    technical = {name: numbers.pop(name) for name in TECHNICAL if name in numbers}
    found |= {"status": "ok", "words": words, **numbers, "technical": technical}
    assert not differences(found, case["expected"])


TECHNICAL = ("tau", "tau_u", "baseline_s", "nap_se", "mean_difference", "hedges_g")


@every("durability")
def test_durability_after_a_session(case: Case) -> None:
    given = case["input"]
    session = day(given["session"])
    offsets = {day(text) - session: value for text, value in given["daily"]}
    following = day(given["next_session"]) - session if "next_session" in given else None
    found = durability(
        [value for offset, value in offsets.items() if -7 <= offset < 0],
        [(offset, value) for offset, value in offsets.items() if offset > 0],
        following,
        SIGNS[given["better"]],
        THRESHOLDS.least_gain_points,
    )
    assert not differences(told(asdict(found)), case["expected"])


@every("kaplan_meier")
def test_median_with_unseen_ends(case: Case) -> None:
    found = kaplan_meier_median(case["input"]["relief_days"], case["input"]["at_least_days"])
    assert not differences(told({"kaplan_meier_median_days": found}), case["expected"])


@every("dissociation_curve")
def test_dissociation_curve(case: Case) -> None:
    given = case["input"]
    found = dissociation_curve(
        [tuple(point) for point in given["points"]],
        given["pre"],
        given.get("resolved_at_minute"),
        THRESHOLDS.dissociation_floor_points,
    )
    assert not differences(told(asdict(found)), case["expected"])


@every("flashback_rate")
def test_flashback_rate(case: Case) -> None:
    found = flashback_rate(case["input"]["daily_counts"])
    if found is None:
        assert case["expected"] == {"status": "insufficient_data"}
        return
    numbers = told(asdict(found))
    numbers["ci95_per_week"] = [numbers.pop("low"), numbers.pop("high")]
    assert not differences(numbers, case["expected"])


@every("rate_ratio")
def test_rate_ratio(case: Case) -> None:
    before, after = Exposure(**case["input"]["before"]), Exposure(**case["input"]["after"])
    if min(before.observed_days, after.observed_days) < MINIMUM_DAYS:
        assert case["expected"] == {"status": "insufficient_data"}
    elif not before.count:
        assert case["expected"] == {"status": "undefined"}
    else:
        found = rate_ratio(before, after)
        numbers = {
            "status": "ok",
            "ratio": found.ratio,
            "ci95": [found.low, found.high],
            "technical": {"p": found.p},
        }
        assert not differences(numbers, case["expected"])


@every("rank_correlation")
def test_rank_correlation(case: Case) -> None:
    x, y = case["input"]["x"], case["input"]["y"]
    found: Case = {"status": "insufficient_data", "n_sessions": len(x)}
    if len(x) >= MINIMUM_SESSIONS:
        correlation = rank_correlation(x, y)
        found["status"] = "ok" if correlation else "undefined"
        if correlation:
            found["rho"] = correlation.rho
        if correlation and correlation.p_permutation is not None:
            found["technical"] = {"p_permutation": correlation.p_permutation}
    assert not differences(found, case["expected"])


@every("reliable_change")
def test_reliable_change(case: Case) -> None:
    given = case["input"]
    change = given["second"] - given["first"]
    found = reliable_change(change, given["sd"], given["reliability"])
    if found is None:
        assert case["expected"] == {"status": "undefined"}
        return
    numbers = {"status": "ok", **asdict(found), "reliable": found.reliable}
    assert not differences(numbers, case["expected"])


@every("weekday")
def test_days_of_the_week(case: Case) -> None:
    groups = by_weekday(*days_of(case["input"]["daily"]))
    status, words, test = judged(groups)
    weekdays = [
        told({"weekday": i + 1, "n_days": len(g), "median": median(g) if len(g) > 3 else None})
        for i, g in enumerate(groups)
    ]
    found: Case = {"status": status, "words": words, "by_weekday": weekdays}
    if test:
        found["technical"] = asdict(test)
    assert not differences(found, case["expected"])


@every("daily_value")
def test_value_of_a_day(case: Case) -> None:
    entries = [
        headline({"id": str(place), "retrospective": False, **entry}, 1)
        for place, entry in enumerate(case["input"]["entries"])
    ]
    series = JournalDays(entries).series(Metric(case["input"]["metric"]))
    found = [
        {"date": date_of(at).isoformat(), "value": seen.value, "n": seen.n}
        for at, seen in sorted(series.days.items())
    ]
    assert not differences(found, case["expected"]["days"])


@every("session_aligned")
def test_days_laid_over_each_other(case: Case) -> None:
    given = case["input"]
    values = {day(text): value for text, value in given["daily"]}
    dosed = [None, *(day(text) for text in given["sessions"]), None]
    lines = [
        aligned_line(
            Neighbours(at, dosed[i], dosed[i + 2]), values, given["before"], given["after"]
        )
        for i, at in enumerate(dosed[1:-1])
        if at is not None
    ]
    curve = aligned_curve(lines, given["before"], given["after"])
    assert not differences([told(asdict(point)) for point in curve], case["expected"]["curve"])


def test_every_vector_file_is_read_here() -> None:
    read = set(re.findall(r'^@every\("(\w+)"\)', Path(__file__).read_text(), re.MULTILINE))
    assert {file.stem for file in FOLDER.glob("*.json")} - {"journey"} == read

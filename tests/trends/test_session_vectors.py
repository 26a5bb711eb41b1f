"""The statistics of sessions against their vectors."""

from dataclasses import asdict

from app.trends.statistics.before_after import compare, comparison_words, enough_to_compare
from app.trends.statistics.dissociation_curve import dissociation_curve
from app.trends.statistics.durability import durability
from app.trends.statistics.kaplan_meier import kaplan_meier_median
from app.trends.statistics.rank_correlation import MINIMUM_SESSIONS, rank_correlation
from app.trends.statistics.reliable_change import reliable_change
from app.trends.statistics.session_aligned import Neighbours, aligned_curve, aligned_line
from app.trends.statistics.slope_words import ChangeWords
from app.trends.thresholds import THRESHOLDS
from tests.trends.vectors import Case, day, differences, every, told

SIGNS = {"higher": 1, "lower": -1}


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

"""Every statistic against its vectors."""

import re
from dataclasses import asdict
from pathlib import Path

from app.journal.kinds import headline
from app.trends.answers.weekday import by_weekday, judged
from app.trends.metrics import Metric
from app.trends.series import JournalDays, date_of
from app.trends.statistics.central import median
from app.trends.statistics.coverage import coverage
from app.trends.statistics.flashback_rate import flashback_rate
from app.trends.statistics.instability import instability
from app.trends.statistics.mann_kendall import mann_kendall
from app.trends.statistics.rate_ratio import MINIMUM_DAYS, Exposure, rate_ratio
from app.trends.statistics.rolling_median import rolling_medians
from app.trends.statistics.slope_words import slope_words
from app.trends.statistics.theil_sen import enough_for_line, trend_line
from tests.trends.vectors import (
    FOLDER,
    Case,
    day,
    days_of,
    differences,
    every,
    told,
)


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
        for expected, n, middle in zip(case["expected"]["days"], *rows, strict=True)
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
    seen = series.columns
    found = [
        {"date": date_of(at).isoformat(), "value": value, "n": n}
        for at, value, n in zip(seen.days, seen.values, seen.counts, strict=True)
    ]
    assert not differences(found, case["expected"]["days"])


def test_every_vector_file_is_read_here() -> None:
    written = "".join(file.read_text() for file in Path(__file__).parent.glob("test_*vectors.py"))
    read = set(re.findall(r'^@every\("(\w+)"\)', written, re.MULTILINE))
    assert {file.stem for file in FOLDER.glob("*.json")} - {"journey"} == read

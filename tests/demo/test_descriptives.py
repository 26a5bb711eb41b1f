"""The numbers of synthetic diaries are those of the rules, and of published diaries."""

from collections import defaultdict
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import fmean, median, pstdev, stdev

import numpy as np
import pytest

from app.demo.calendar import NOON
from app.demo.course import Session, gain_at
from app.demo.day import EVENING
from app.demo.written import Draft
from tests.demo.diaries import DAYS, LAST_DAY, SEEDS, at, by_day, diary_of, drafts, lag_one

CORE = ("mood", "anxiety", "flashback")
FIRST = LAST_DAY - timedelta(days=DAYS - 1)


def test_mood_spreads_and_holds_on_like_published_ratings() -> None:
    """Around the treatment, which no published diary holds."""
    spreads, holds = [], []
    for seed in SEEDS:
        diary = diary_of(seed)
        around = {
            day: value - gain_at(diary.sessions, diary.person, day, EVENING)
            for day, value in by_day(diary, "mood", "score").items()
        }
        spreads.append(stdev(around.values()))
        holds.append(lag_one(around))
    assert 1.6 <= median(spreads) <= 2.0
    assert 0.1 <= median(holds) <= 0.4


def test_mood_and_anxiety_go_against_each_other() -> None:
    together = []
    for seed in SEEDS:
        moods = by_day(diary_of(seed), "mood", "score")
        anxieties = by_day(diary_of(seed), "anxiety", "level")
        pairs = np.array([(moods[day], anxieties[day]) for day in moods])
        together.append(float(np.corrcoef(pairs.T)[0, 1]))
    assert -0.8 <= median(together) <= -0.4


def test_fewer_days_are_logged_as_weeks_go_by() -> None:
    early, late = [], []
    for seed in SEEDS:
        numbers = [(day - FIRST).days for day in by_day(diary_of(seed), "mood", "score")]
        early.append(sum(number < 14 for number in numbers) / 14)
        late.append(sum(number >= 70 for number in numbers) / 50)
    assert 0.70 <= fmean(early) <= 0.85
    assert 0.42 <= fmean(late) <= 0.60


def test_hard_days_are_logged_less_often() -> None:
    seen = defaultdict(list)
    for seed in SEEDS:
        diary = diary_of(seed)
        days = by_day(diary, "mood", "score")
        for number in range(DAYS):
            day = FIRST + timedelta(days=number)
            seen[diary.levels.mood(day, EVENING) < 3].append(day in days)
    assert fmean(seen[True]) < fmean(seen[False]) - 0.03


def test_a_tenth_is_written_the_next_day_and_a_few_days_have_two() -> None:
    late, twice, halves = [], [], []
    for seed in SEEDS:
        ratings: dict[object, int] = defaultdict(int)
        for written in diary_of(seed).entries:
            draft = written.draft
            if draft["kind"] in CORE:
                late.append(written.written_at - at(draft) > timedelta(hours=24))
                assert written.written_at.date() - at(draft).date() == timedelta(days=late[-1])
            if draft["kind"] == "mood":
                ratings[at(draft).date()] += 1
                halves.append(draft["score"] % 1 == 0.5)
        twice += [count == 2 for count in ratings.values()]
    assert 0.07 <= fmean(late) <= 0.13
    assert 0.03 <= fmean(twice) <= 0.07
    assert 0.06 <= fmean(halves) <= 0.10


def test_flashback_counts_are_skewed_and_reported_in_three_ways() -> None:
    told = drafts("flashback")
    counts: dict[object, int] = defaultdict(int)
    for seed in SEEDS:
        for written in diary_of(seed).entries:
            if written.draft["kind"] == "flashback":
                day = (seed, at(written.draft).date())
                none = written.draft["report"] == "none_today"
                counts[day] += 0 if none else written.draft.get("count", 1)
    values = list(counts.values())
    assert fmean(((value - fmean(values)) / pstdev(values)) ** 3 for value in values) > 1
    assert pstdev(values) ** 2 > 1.3 * fmean(values)
    assert {each["report"] for each in told} == {"episode", "daily_count", "none_today"}


def test_dissociation_peaks_early_and_is_gone_in_about_ninety_five_minutes() -> None:
    doses = {each["id"]: at(each) for each in drafts("session")}
    peaks: dict[str, tuple[float, float]] = {}
    back: list[float] = []
    for each in drafts("dissociation"):
        minutes = (at(each) - doses[each["session_id"]]).total_seconds() / 60
        first_peak = peaks.get(each["session_id"], (0.0, 0.0))
        peaks[each["session_id"]] = max(first_peak, (each["intensity"], minutes))
        if "resolved_at" in each:
            resolved = datetime.fromisoformat(each["resolved_at"])
            back.append((resolved - doses[each["session_id"]]).total_seconds() / 60)
    assert len(back) == len(doses)
    assert 85 <= median(back) <= 106
    assert 0.25 <= pstdev([float(np.log(each)) for each in back]) <= 0.5
    assert 0.01 <= fmean(each > 240 for each in back) <= 0.05
    assert 4 <= median(peak for peak, _ in peaks.values()) <= 6.5
    assert fmean(35 <= minutes <= 50 for _, minutes in peaks.values()) > 0.95


def test_each_session_has_entries_before_it_soon_after_in_the_evening_and_next_morning() -> None:
    doses = {each["id"]: at(each) for each in drafts("session")}
    hours: dict[str, list[float]] = defaultdict(list)
    for each in drafts("dissociation"):
        since = at(each) - doses[each["session_id"]]
        hours[each["session_id"]].append(since / timedelta(hours=1))
    for felt in hours.values():
        assert sorted(felt) == felt
        assert felt[0] < 0 < felt[1] < 1 < felt[2] < 3.5
        assert 8 < felt[-2] < 12
        assert 20 < felt[-1] < 24


def test_blood_pressure_starts_and_rises_as_published() -> None:
    readings = [each["vitals"] for each in drafts("session")]
    before = [pre["systolic"] for pre, _ in readings]
    rises = [peak["systolic"] - pre["systolic"] for pre, peak in readings]
    assert 122 <= fmean(before) <= 128
    assert 10 <= stdev(before) <= 14
    assert 17 <= fmean(rises) <= 23
    assert 75 <= fmean(pre["diastolic"] for pre, _ in readings) <= 81


def test_doses_are_those_of_practice() -> None:
    for each in drafts("session"):
        if each["substance"] == "esketamine":
            assert each["dose_mg"] in (56, 84)
            assert "infusion_minutes" not in each
        else:
            assert 0.49 <= each["dose_mg"] / each["weight_kg"] <= 0.76
            assert each["infusion_minutes"] == 40


def test_a_gain_begins_four_hours_after_the_dose_and_halves_with_the_half_life() -> None:
    person = diary_of(1).person
    session = Session(FIRST, 600, 1, "induction", 38.0, gain=2.0, worse_next_day=False)
    assert gain_at([session], person, FIRST, 600 + 239) == 0
    assert gain_at([session], person, FIRST, 600 + 240) == 2
    later = FIRST + timedelta(days=7)
    assert gain_at([session], person, later, NOON) == pytest.approx(
        2 * 2 ** (-7 / person.half_life)
    )
    assert gain_at([session] * 5, person, FIRST, 1000) == 4


def test_responders_get_better_and_others_stay_where_they_were() -> None:
    changes = defaultdict(list)
    for seed in SEEDS:
        diary = diary_of(seed)
        days = by_day(diary, "mood", "score")
        before = [value for day, value in days.items() if day < diary.sessions[0].day]
        after = [
            value for day, value in days.items() if 14 <= (day - diary.sessions[0].day).days < 35
        ]
        changes[diary.person.responder].append(fmean(after) - fmean(before))
    assert median(changes[True]) > 1.5
    assert -0.7 < median(changes[False]) < 0.7


def test_questionnaires_come_on_time_and_follow_the_person() -> None:
    for seed in SEEDS:
        told = drafts("assessment", [seed])
        for instrument, every in {"phq-9": 14, "gad-7": 14, "pcl-5": 30}.items():
            days = [at(each).date() for each in told if each["instrument"] == instrument]
            gaps = {(later - day).days for day, later in pairwise(days)}
            assert gaps == {every}
    first = [totals(seed)[0] for seed in SEEDS]
    low_moods = [10 - diary_of(seed).person.mood for seed in SEEDS]
    assert float(np.corrcoef(first, low_moods)[0, 1]) > 0.6


def totals(seed: int) -> list[int]:
    """The sums of this diary's PHQ-9 answers."""
    told = [each for each in drafts("assessment", [seed]) if each["instrument"] == "phq-9"]
    return [sum(answer["value"] for answer in each["answers"]) for each in told]


def test_no_text_of_a_person_stands_in_the_diary() -> None:
    def texts(draft: Draft) -> set[str]:
        return {"note", "tags", "intention", "help_wanted"} & set(draft)

    assert not any(texts(each.draft) for seed in SEEDS for each in diary_of(seed).entries)

"""The synthetic diary obeys the rules of the journal and looks like published diaries."""

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from functools import cache
from statistics import median
from uuid import UUID

import numpy as np
import pytest

from app.demo.diary import Diary, synthetic_diary
from app.journal.kinds import LinkedSession, RuleContext, judge, read_draft

LAST_DAY = date(2026, 11, 22)
SEEDS = range(40)


@cache
def diary_of(seed: int) -> Diary:
    return synthetic_diary(seed, LAST_DAY)


@pytest.mark.parametrize("seed", range(15))
def test_every_entry_is_accepted_when_it_is_written(seed: int) -> None:
    sessions: dict[str, LinkedSession] = {}
    for written in diary_of(seed).entries:
        draft = read_draft(written.draft)
        session = sessions.get(str(written.draft.get("session_id")))
        now = written.written_at.astimezone(UTC)
        assert judge(draft.content, RuleContext(now, session)) == []
        if draft.content.kind == "session":
            key = str(draft.id)
            sessions[key] = LinkedSession(UUID(key), "completed", draft.content.instant)


def test_the_same_seed_gives_the_same_diary() -> None:
    again = synthetic_diary(3, LAST_DAY)
    assert again.entries == diary_of(3).entries
    assert synthetic_diary(4, LAST_DAY).entries != again.entries


@pytest.mark.parametrize("seed", SEEDS)
def test_there_are_sessions_a_clock_change_and_a_trip(seed: int) -> None:
    diary = diary_of(seed)
    assert len(diary.sessions) >= 8
    offsets = defaultdict(set)
    for written in diary.entries:
        at = datetime.fromisoformat(written.draft["occurred_at"])
        offsets[written.draft["time_zone"]].add(at.utcoffset())
    assert len(offsets[diary.places.home]) == 2
    away = offsets[diary.places.away]
    shifts = [
        abs(there - here) for there in away if there for here in offsets[diary.places.home] if here
    ]
    assert not away or max(shifts) >= timedelta(hours=5)


def test_ratings_spread_and_hold_on_like_published_ones() -> None:
    spreads, holds, shares = [], [], []
    for seed in SEEDS:
        days = _by_day(diary_of(seed))
        values = list(days.values())
        spreads.append(float(np.std(values, ddof=1)))
        pairs = [
            (value, days[day + timedelta(days=1)])
            for day, value in days.items()
            if day + timedelta(days=1) in days
        ]
        holds.append(float(np.corrcoef(np.array(pairs).T)[0, 1]))
        shares.append(len(days) / 120)
    assert 1.5 <= median(spreads) <= 2.1
    assert 0.1 <= median(holds) <= 0.5
    assert 0.5 <= median(shares) <= 0.75


def test_flashback_counts_are_skewed_and_zero_is_said() -> None:
    counts, none_today = [], 0
    for seed in SEEDS:
        for written in diary_of(seed).entries:
            if written.draft["kind"] == "flashback":
                counts.append(written.draft.get("count", 1))
                none_today += written.draft["report"] == "none_today"
    assert none_today > 100
    assert np.mean(counts) > np.median(counts)


def _by_day(diary: Diary) -> dict[date, float]:
    days: dict[date, list[float]] = defaultdict(list)
    for written in diary.entries:
        if written.draft["kind"] == "mood":
            days[date.fromisoformat(written.draft["occurred_at"][:10])].append(
                written.draft["score"]
            )
    return {day: median(values) for day, values in sorted(days.items())}


def test_ten_years_are_made_in_seconds() -> None:
    diary = synthetic_diary(1, LAST_DAY, days=3650, a_day=2)
    assert len(diary.entries) > 10_000

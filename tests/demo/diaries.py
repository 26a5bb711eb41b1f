"""Diaries that several tests look at, made once."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import cache
from statistics import fmean

import numpy as np

from app.demo.diary import Diary, synthetic_diary
from app.demo.written import Draft

LAST_DAY = date(2026, 11, 22)
DAYS = 120
SEEDS = range(60)


@cache
def diary_of(seed: int) -> Diary:
    return synthetic_diary(seed, LAST_DAY, DAYS)


def drafts(kind: str, seeds: Sequence[int] = SEEDS) -> list[Draft]:
    return [
        written.draft
        for seed in seeds
        for written in diary_of(seed).entries
        if written.draft["kind"] == kind
    ]


def at(draft: Draft) -> datetime:
    return datetime.fromisoformat(draft["occurred_at"])


def by_day(diary: Diary, kind: str, member: str) -> dict[date, float]:
    """The mean of a day's answers."""
    days: dict[date, list[float]] = defaultdict(list)
    for written in diary.entries:
        if written.draft["kind"] == kind:
            days[at(written.draft).date()].append(written.draft[member])
    return {day: fmean(values) for day, values in sorted(days.items())}


def lag_one(days: Mapping[date, float]) -> float:
    """The correlation of days with the day before, over pairs where both are there."""
    one = timedelta(days=1)
    pairs = [(value, days[day + one]) for day, value in days.items() if day + one in days]
    return float(np.corrcoef(np.array(pairs).T)[0, 1])

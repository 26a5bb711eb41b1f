"""Where the synthetic patient is on each day, and which days are written down at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.random import Generator

AWAY = {
    "America/New_York": "Europe/Berlin",
    "Australia/Sydney": "Europe/London",
    "Europe/Berlin": "America/New_York",
    "Africa/Cairo": "America/New_York",
    "America/Santiago": "Asia/Tokyo",
    "Africa/Casablanca": "Asia/Tokyo",
}
"""Homes whose clocks change at different times of the year, and a place hours from each."""

TRIP_DAYS = 6
SEEN_AT_FIRST, SEEN_LATER, LATER_DAY = 0.80, 0.55, 56
STAYS_AS_IT_WAS = 0.35
LOW_MOOD, MISSING_WHEN_LOW = 3.0, 1.3
LONG_GAPS, SHORTEST_GAP, LONGEST_GAP = 3, 3, 6
LATE_SHARE_OF_DAYS = 0.6
NOON = 12 * 60


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """The home zone, and a trip of `TRIP_DAYS` days to one at least five hours away."""

    home: str
    away: str
    trip_from: date

    def zone(self, day: date) -> str:
        """The zone of a day."""
        return self.away if self.is_away(day) else self.home

    def is_away(self, day: date) -> bool:
        """Whether a day belongs to the trip."""
        return timedelta(0) <= day - self.trip_from < timedelta(days=TRIP_DAYS)


def whereabouts(days: Sequence[date], random: Generator) -> Whereabouts:
    """A home whose clocks change within `days`, where there is one, and a trip late in them.

    Nowhere here do clocks change from the end of April to early September, so 120 days that lie
    between (they end within two weeks around the end of August) have a trip but no change.
    """
    home = next((home for home in AWAY if clock_changes(home, days)), next(iter(AWAY)))
    start = int(len(days) * LATE_SHARE_OF_DAYS) + int(random.integers(0, 10))
    return Whereabouts(home, AWAY[home], days[min(start, len(days) - 1)])


def clock_changes(zone: str, days: Sequence[date]) -> bool:
    """Whether noon of some of the days has another offset than noon of others."""
    return len({local(day, NOON, zone).utcoffset() for day in days}) > 1


def logged_days(moods: Sequence[float], trip_at: int, random: Generator) -> list[bool]:
    """Which days have entries: a two-state chain, fewer in hard times, with three long gaps.

    Day `trip_at` is logged whatever happens, so that the trip shows in the diary.
    """
    logged: list[bool] = []
    for number, mood in enumerate(moods):
        settled = min(number / LATER_DAY, 1.0)
        seen = SEEN_AT_FIRST + (SEEN_LATER - SEEN_AT_FIRST) * settled
        missing = (1 - seen) * (MISSING_WHEN_LOW if mood < LOW_MOOD else 1.0)
        again = bool(logged) and random.random() < STAYS_AS_IT_WAS
        logged.append(logged[-1] if again else bool(random.random() >= missing))
    for number in _long_gaps(len(moods), random):
        logged[number] = False
    logged[trip_at] = True
    return logged


def _long_gaps(count: int, random: Generator) -> list[int]:
    """Days of three gaps of three to six days, each in a stretch of its own, none at the start."""
    before = count // 6
    stretch = (count - before) // LONG_GAPS
    if stretch <= LONGEST_GAP:
        return []
    starts = [
        before + stretch * each + int(random.integers(0, stretch - LONGEST_GAP))
        for each in range(LONG_GAPS)
    ]
    lengths = random.integers(SHORTEST_GAP, LONGEST_GAP + 1, LONG_GAPS)
    return [
        start + day for start, length in zip(starts, lengths, strict=True) for day in range(length)
    ]


def local(day: date, minutes: float, zone: str) -> datetime:
    """So many minutes after midnight by the clocks of a zone; a skipped hour becomes the next."""
    moment = datetime.combine(day, time()) + timedelta(minutes=round(float(minutes)))
    there = moment.replace(tzinfo=ZoneInfo(zone))
    # Through UTC and back: an instant that the clocks skip comes out as one that exists.
    return there.astimezone(ZoneInfo("UTC")).astimezone(ZoneInfo(zone))


def minutes_later(moment: datetime, minutes: float) -> datetime:
    """An instant so many minutes later, as the same zone writes it."""
    zone = moment.tzinfo
    later = moment.astimezone(ZoneInfo("UTC")) + timedelta(minutes=float(np.round(minutes)))
    return later.astimezone(zone)

"""Where the synthetic patient is on each day, and which days are written down at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.random import Generator

HOMES = ("America/New_York", "Australia/Sydney", "Europe/Berlin")
AWAY = {
    "America/New_York": "Europe/Berlin",
    "Australia/Sydney": "Europe/London",
    "Europe/Berlin": "America/New_York",
}
TRIP_DAYS = 6
SEEN_AT_FIRST, SEEN_LATER, LATER_DAY = 0.80, 0.55, 56
STAYS_AS_IT_WAS = 0.35
LOW_MOOD, MISSING_WHEN_LOW = 3.0, 1.3
LONG_GAPS = 3


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """The home zone, and a trip to one at least five hours away."""

    home: str
    away: str
    trip_from: date

    def zone(self, day: date) -> str:
        """The zone of a day."""
        travelling = timedelta(0) <= day - self.trip_from < timedelta(days=TRIP_DAYS)
        return self.away if travelling else self.home


def whereabouts(days: Sequence[date], random: Generator) -> Whereabouts:
    """A home whose clocks change within `days`, if there is one, and a trip late in them."""
    changing = [home for home in HOMES if _offsets(home, days) > 1]
    home = (changing or [HOMES[0]])[0]
    start = int(len(days) * 0.6) + int(random.integers(0, 10))
    return Whereabouts(home, AWAY[home], days[min(start, len(days) - 1)])


def logged_days(moods: Sequence[float], random: Generator) -> list[bool]:
    """Which days have entries: a two-state chain, fewer in hard times, with three long gaps."""
    count = len(moods)
    logged: list[bool] = []
    for number, mood in enumerate(moods):
        settled = min(number / LATER_DAY, 1.0)
        seen = SEEN_AT_FIRST + (SEEN_LATER - SEEN_AT_FIRST) * settled
        missing = (1 - seen) * (MISSING_WHEN_LOW if mood < LOW_MOOD else 1.0)
        again = bool(logged) and random.random() < STAYS_AS_IT_WAS
        logged.append(logged[-1] if again else bool(random.random() >= missing))
    for start in random.integers(count // 6, max(count - 7, count // 6 + 1), LONG_GAPS):
        length = int(random.integers(3, 7))
        logged[int(start) : int(start) + length] = [False] * len(
            logged[int(start) : int(start) + length]
        )
    return logged


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


def _offsets(zone: str, days: Sequence[date]) -> int:
    place = ZoneInfo(zone)
    noons = (datetime.combine(day, time(12)).replace(tzinfo=place) for day in days)
    return len({noon.utcoffset() for noon in noons})

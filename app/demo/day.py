"""What is written down on one logged day: ratings in the evening, and flashbacks."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

import numpy as np
from numpy.random import Generator

from app.demo.calendar import Whereabouts, local, minutes_later
from app.demo.identifiers import Ids
from app.demo.levels import Levels
from app.demo.written import Draft, Written

EVENING, LAST_MINUTE = 20 * 60, 22 * 60
BETWEEN_RATINGS = 300
HALF_POINTS = 0.08
TWICE, NEXT_DAY, SAYS_FLASHBACKS = 0.05, 0.10, 0.90
DISPERSION, MOST_FLASHBACKS = 1.8, 20
TOLD_SINGLY, AS_A_COUNT, NIGHTMARE = 2, 0.4, 0.2

Choice = TypeVar("Choice")


@dataclass(frozen=True, slots=True)
class DayWriter:
    """Writes days of one diary; `ratings` is how often mood and anxiety are rated a day."""

    levels: Levels
    places: Whereabouts
    ids: Ids
    random: Generator
    ratings: int

    def write(self, day: date) -> Iterator[Written]:
        """All of a day. A tenth of the days is written on the evening after."""
        late = self.random.random() < NEXT_DAY
        evening = local(day, LAST_MINUTE, self.places.zone(day))
        next_evening = minutes_later(evening, 24 * 60 + self.random.uniform(5, 50))
        for draft in self._drafts(day):
            at = datetime.fromisoformat(draft["occurred_at"])
            yield Written(draft, next_evening if late else minutes_later(at, 1))

    def _drafts(self, day: date) -> Iterator[Draft]:
        twice = self.ratings == 1 and self.random.random() < TWICE
        times = 2 if twice else self.ratings
        minutes = EVENING + self.random.uniform(0, 100)
        for earlier in range(times - 1, 0, -1):
            minute = max(minutes - BETWEEN_RATINGS * earlier, self.random.uniform(360, 480))
            yield from self._ratings(day, minute, whole_day=False)
        yield from self._ratings(day, minutes, whole_day=True)
        if self.random.random() < SAYS_FLASHBACKS:
            yield from self._flashbacks(day, minutes)

    def _ratings(self, day: date, minute: float, *, whole_day: bool) -> Iterator[Draft]:
        feeling = self.levels.mood(day, minute)
        mood = self._answer(feeling + self.random.normal(0, 0.3))
        energy = self._answer(feeling + self.random.normal(0, 1))
        level = self._answer(self.levels.anxiety(day, minute) + self.random.normal(0, 0.3))
        scope: Draft = {"scope": "day"} if whole_day else {}
        above = float(self.random.integers(0, 3))
        peak: Draft = {"peak": min(level + above, 10.0)} if whole_day else {}
        yield self._draft("mood", day, minute, {"score": mood, "energy": energy, **scope})
        yield self._draft("anxiety", day, minute, {"level": level, **scope, **peak})

    def _flashbacks(self, day: date, evening: float) -> Iterator[Draft]:
        """A negative binomial count, told as single episodes, as a daily count, or as none."""
        chance = DISPERSION / (DISPERSION + self.levels.flashbacks(day))
        count = min(int(self.random.negative_binomial(DISPERSION, chance)), MOST_FLASHBACKS)
        if count == 0:
            yield self._draft("flashback", day, evening, {"report": "none_today"})
        elif count > TOLD_SINGLY or self.random.random() < AS_A_COUNT:
            yield self._draft("flashback", day, evening, self._daily_count(day, count))
        else:
            for _ in range(count):
                minute = self.random.uniform(8 * 60, 21 * 60)
                yield self._draft("flashback", day, minute, self._episode(day, minute))

    def _daily_count(self, day: date, count: int) -> Draft:
        return {
            "report": "daily_count",
            "count": count,
            "worst_distress": self._distress(day, EVENING),
            "nightmares": int(self.random.random() < NIGHTMARE),
        }

    def _episode(self, day: date, minute: float) -> Draft:
        return {
            "report": "episode",
            "distress": self._distress(day, minute),
            "presence": self._one_of(0, 1, 1, 2),
            "duration_band": self._one_of("seconds", "under_5", "5_15"),
            "trigger": [self._one_of("sound", "media", "person", "place", "none_noticed")],
            "context": self._one_of("home", "work", "outdoors", "transport"),
        }

    def _distress(self, day: date, minute: float) -> float:
        mood = self.levels.mood(day, minute)
        return self._answer(7.5 - 0.3 * mood + self.random.normal(0, 1))

    def _answer(self, value: float) -> float:
        """On 0 to 10, as people answer: whole points, now and then a half."""
        half = self.random.random() < HALF_POINTS
        answer = np.floor(np.clip(value, 0, 9.99)) + 0.5 if half else np.round(value)
        return float(np.clip(answer, 0, 10))

    def _one_of(self, *choices: Choice) -> Choice:
        return choices[int(self.random.integers(len(choices)))]

    def _draft(self, kind: str, day: date, minute: float, content: Draft) -> Draft:
        zone = self.places.zone(day)
        at = local(day, minute, zone)
        shared = {"occurred_at": at.isoformat(), "time_zone": zone}
        return {"id": self.ids.new(at), "kind": kind, **content, **shared}

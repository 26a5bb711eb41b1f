"""How the person feels: a wobble from day to day around what the treatment makes of the days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from app.demo.calendar import NOON
from app.demo.course import Session, gain_at
from app.demo.person import DAYS_A_WEEK, Person

DAY_TO_DAY, DAILY_SD, CROSS = 0.30, 1.8, -0.5
WEEKEND = 5
WEEKEND_MOOD, WEEKEND_FLASHBACKS = 0.4, 0.85
WORSE = 1.5
ANXIETY_OF_GAIN, FLASHBACKS_OF_GAIN = 0.7, 0.25


@dataclass(frozen=True, slots=True)
class Levels:
    """Mood and anxiety on 0 to 10, and the expected flashbacks of a day."""

    person: Person
    sessions: Sequence[Session]
    first: date
    wobble: NDArray[np.float64]
    worse_days: frozenset[date]

    def mood(self, day: date, minute: float) -> float:
        """Mood at a minute after midnight."""
        weekend = WEEKEND_MOOD if day.weekday() >= WEEKEND else 0.0
        return _on_scale(self.person.mood + weekend + self._lift(day, minute) + self._of(day)[0])

    def anxiety(self, day: date, minute: float) -> float:
        """Anxiety at a minute after midnight."""
        relief = ANXIETY_OF_GAIN * self._lift(day, minute)
        return _on_scale(self.person.anxiety - relief + self._of(day)[1])

    def flashbacks(self, day: date) -> float:
        """The mean of the day's count."""
        gain = gain_at(self.sessions, self.person, day, NOON)
        weekend = WEEKEND_FLASHBACKS if day.weekday() >= WEEKEND else 1.0
        mean = self.person.flashbacks_a_week / DAYS_A_WEEK
        return float(mean * weekend * np.exp(-FLASHBACKS_OF_GAIN * gain))

    def _lift(self, day: date, minute: float) -> float:
        gain = gain_at(self.sessions, self.person, day, minute)
        return gain - (WORSE if day in self.worse_days else 0.0)

    def _of(self, day: date) -> NDArray[np.float64]:
        wobble: NDArray[np.float64] = self.wobble[(day - self.first).days]
        return wobble


def levels_of(
    person: Person, sessions: Sequence[Session], calendar: Sequence[date], random: Generator
) -> Levels:
    """An autoregressive wobble of order 1 whose daily standard deviation is `DAILY_SD`."""
    spread = DAILY_SD * np.sqrt(1 - DAY_TO_DAY**2)
    covariance = spread**2 * np.array([[1, CROSS], [CROSS, 1]])
    steps = random.multivariate_normal([0, 0], covariance, len(calendar))
    steps[0] *= DAILY_SD / spread
    for number in range(1, len(steps)):
        steps[number] += DAY_TO_DAY * steps[number - 1]
    worse = frozenset(each.day + timedelta(days=1) for each in sessions if each.worse_next_day)
    return Levels(person, sessions, calendar[0], steps, worse)


def _on_scale(value: float) -> float:
    return float(np.clip(value, 0, 10))

"""The course of treatment, and what each session does to the days after it."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from operator import attrgetter

import numpy as np
from numpy.random import Generator

from app.demo.calendar import Whereabouts
from app.demo.person import Person

FIRST_SESSION_DAY = 14
INDUCTION_GAPS = (3, 4)
MOST_GAIN = 4.0
GAIN_AFTER_MINUTES = 240
FADED = timedelta(days=100)
"""Ten of the longest half-lives: less than a thousandth of a gain is left."""
WORSE_NEXT_DAY = 0.1
MG_PER_KG = 0.5
ESKETAMINE_MG = (56.0, 84.0)
A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Session:
    """One session: its day and minute of the first dose, and the mood points it gains (or loses).

    `minute` counts from midnight by the clocks at home; `number` from 1.
    """

    day: date
    minute: int
    number: int
    phase: str
    dose_mg: float
    gain: float
    worse_next_day: bool


def a_course(
    person: Person, first: date, last: date, places: Whereabouts, random: Generator
) -> list[Session]:
    """Twice a week for three to four weeks, then every one to four weeks, until `last`.

    No session falls on the trip: the appointment moves to the days after it.
    """
    induction = int(random.integers(6, 9))
    sessions: list[Session] = []
    day = _appointment(first + timedelta(days=FIRST_SESSION_DAY), places)
    while day <= last:
        number = len(sessions) + 1
        phase = "induction" if number <= induction else "maintenance"
        sessions.append(_session(person, day, number, phase, random))
        if number < induction:
            day += timedelta(days=INDUCTION_GAPS[number % 2])
        else:
            day += timedelta(days=7 * int(random.integers(1, 5)))
        day = _appointment(day, places)
    return sessions


def _appointment(day: date, places: Whereabouts) -> date:
    """The day itself, or the first on which neither it nor the next morning is away from home."""
    while places.is_away(day) or places.is_away(day + A_DAY):
        day += A_DAY
    return day


def _session(person: Person, day: date, number: int, phase: str, random: Generator) -> Session:
    gain = random.uniform(1, 3.5) if person.responder else random.normal(0, 0.4)
    return Session(
        day=day,
        minute=10 * 60 + 5 * int(random.integers(0, 12)),
        number=number,
        phase=phase,
        dose_mg=_dose(person, number, random),
        gain=float(gain),
        worse_next_day=bool(random.random() < WORSE_NEXT_DAY),
    )


def _dose(person: Person, number: int, random: Generator) -> float:
    """Racemic 0.5 mg/kg with titration up to half as much again; esketamine in whole devices."""
    if person.treatment == "esketamine":
        return ESKETAMINE_MG[0] if number == 1 else float(random.choice(ESKETAMINE_MG))
    titration = 1 + min(number - 1, 5) * random.uniform(0, 0.1)
    return round(person.weight_kg * MG_PER_KG * titration, 1)


def gain_at(sessions: Sequence[Session], person: Person, day: date, minute: float) -> float:
    """Mood points, −4 to 4, that the sessions so far add at a minute of a day.

    A session counts from four hours after its dose, and halves with each half-life of the person.
    """
    by_day = attrgetter("day")
    recent = sessions[
        bisect_left(sessions, day - FADED, key=by_day) : bisect_right(sessions, day, key=by_day)
    ]
    gained = sum(
        each.gain * 2 ** (-(day - each.day).days / person.half_life)
        for each in recent
        if each.day < day or minute >= each.minute + GAIN_AFTER_MINUTES
    )
    return float(np.clip(gained, -MOST_GAIN, MOST_GAIN))

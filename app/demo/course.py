"""The course of treatment, and what each session does to the days after it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.random import Generator

from app.demo.person import Person

FIRST_SESSION_DAY = 14
INDUCTION_GAPS = (3, 4)
MOST_GAIN = 4.0
WORSE_NEXT_DAY = 0.1
MG_PER_KG = 0.5
ESKETAMINE_MG = (56.0, 84.0)


@dataclass(frozen=True, slots=True)
class Session:
    """One session: its day, its number, the milligrams, and the mood points it gains (or loses)."""

    day: date
    number: int
    phase: str
    dose_mg: float
    gain: float
    worse_next_day: bool


def a_course(person: Person, first: date, last: date, random: Generator) -> list[Session]:
    """Twice a week for three to four weeks, then every one to four weeks, until `last`."""
    induction = int(random.integers(6, 9))
    sessions: list[Session] = []
    day = first + timedelta(days=FIRST_SESSION_DAY)
    while day <= last:
        number = len(sessions) + 1
        phase = "induction" if number <= induction else "maintenance"
        sessions.append(_session(person, day, number, phase, random))
        if number < induction:
            day += timedelta(days=INDUCTION_GAPS[number % 2])
        else:
            day += timedelta(days=7 * int(random.integers(1, 5)))
    return sessions


def _session(person: Person, day: date, number: int, phase: str, random: Generator) -> Session:
    gain = random.uniform(1, 3.5) if person.responder else random.normal(0, 0.4)
    return Session(
        day=day,
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


def gain_on(sessions: Sequence[Session], person: Person, day: date) -> float:
    """Mood points that the sessions so far add on a day: they halve with each half-life."""
    gains = [
        each.gain * np.exp2(-(day - each.day).days / person.half_life)
        for each in sessions
        if each.day <= day
    ]
    return float(np.clip(sum(gains), -MOST_GAIN, MOST_GAIN))

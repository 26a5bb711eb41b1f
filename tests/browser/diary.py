"""A seeded, synthetic diary: the patient behind the Bundles that the viewer is tested with."""

from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np
from numpy.random import Generator

ZONE = "America/New_York"
OFFSET = "-04:00"
TRIGGERS = ("sleep", "sound", "person", "place", "media")
CONTEXTS = ("home", "bed", "transport", "work")
NOTES = ("Slept badly, quiet day.", "Walked by the river.", "Therapy at noon, tired after.")


@dataclass(frozen=True)
class Session:
    """One dosed session and the course of dissociation after it, minutes and points."""

    number: int
    day: date
    dose_mg: float
    weight_kg: float
    course: tuple[tuple[int, float], ...]
    pressure_before: tuple[int, int]
    pressure_highest: tuple[int, int]


@dataclass(frozen=True)
class Assessment:
    """One filled-in questionnaire."""

    instrument: str
    day: date
    total: int
    prorated: bool = False


@dataclass
class Diary:
    """Values by local date; a date that was not logged is not a key."""

    first: date
    last: date
    mood: dict[date, float] = field(default_factory=dict)
    anxiety: dict[date, float] = field(default_factory=dict)
    flashbacks: dict[date, int] = field(default_factory=dict)
    triggers: dict[date, str] = field(default_factory=dict)
    contexts: dict[date, str] = field(default_factory=dict)
    notes: dict[date, str] = field(default_factory=dict)
    sessions: list[Session] = field(default_factory=list)
    assessments: list[Assessment] = field(default_factory=list)

    @property
    def days(self) -> list[date]:
        """Every calendar date of the diary."""
        return [self.first + timedelta(n) for n in range((self.last - self.first).days + 1)]


def a_diary(*, days: int = 120, sessions: int = 9, seed: int = 7) -> Diary:
    """A diary of `days` days up to 31 May 2026 with `sessions` sessions."""
    last = date(2026, 5, 31)
    diary = Diary(first=last - timedelta(days - 1), last=last)
    chance = np.random.default_rng(seed)
    diary.sessions = _sessions(diary, sessions, chance)
    level = _write_days(diary, chance)
    _write_assessments(diary, level, chance)
    return diary


def _sessions(diary: Diary, count: int, chance: Generator) -> list[Session]:
    """Twice a week at first, then ever rarer, all inside the diary."""
    weights = np.minimum(np.arange(1, count + 1) * 1.0, 6)
    places = np.cumsum(weights) / (weights.sum() + 3) * (len(diary.days) - 12) + 8
    return [_session(n + 1, diary.days[int(place)], chance) for n, place in enumerate(places)]


def _session(number: int, day: date, chance: Generator) -> Session:
    peak = float(np.clip(round(chance.normal(6.5, 1.5) * 2) / 2, 2, 10))
    back = int(chance.lognormal(np.log(95), 0.35))
    tail = 2.5 if number % 5 == 4 else 0.0
    course = ((-15, 0.0), (40, peak), (max(back, 60), max(tail, 0.5)), (260, tail))
    before = (int(chance.normal(125, 8)), int(chance.normal(78, 5)))
    highest = (
        before[0] + int(abs(chance.normal(20, 6))),
        before[1] + int(abs(chance.normal(12, 4))),
    )
    return Session(number, day, 41.0 + 4.1 * (number % 3), 82.0, course, before, highest)


def _relief(diary: Diary, day: date) -> float:
    since = [(day - one.day).days for one in diary.sessions if one.day <= day]
    return min(4.0, sum(2.4 * float(0.5 ** (days / 7)) for days in since))


def _write_days(diary: Diary, chance: Generator) -> dict[date, float]:
    level: dict[date, float] = {}
    wobble, observed = 0.0, True
    gap_from = diary.first + timedelta(len(diary.days) // 2)
    for day in diary.days:
        wobble = 0.3 * wobble + float(chance.normal(0, 1.1))
        relief = _relief(diary, day)
        level[day] = float(np.clip(3.6 + 0.8 * relief + wobble, 0, 10))
        observed = chance.random() < (0.88 if observed else 0.6)
        if observed and not gap_from <= day < gap_from + timedelta(9):
            _write_day(diary, day, level[day], relief, chance)
    return level


def _write_day(diary: Diary, day: date, mood: float, relief: float, chance: Generator) -> None:
    diary.mood[day] = round(mood * 2) / 2
    if chance.random() < 0.92:
        anxiety = float(np.clip(8.2 - 0.7 * mood + chance.normal(0, 0.8), 0, 10))
        diary.anxiety[day] = round(anxiety * 2) / 2
    if chance.random() < 0.9:
        diary.flashbacks[day] = int(chance.poisson(1.1 * np.exp(-0.25 * relief)))
    if diary.flashbacks.get(day) == 1:
        diary.triggers[day] = str(chance.choice(TRIGGERS))
        diary.contexts[day] = str(chance.choice(CONTEXTS))
    if chance.random() < 0.08:
        diary.notes[day] = str(chance.choice(NOTES))


def _write_assessments(diary: Diary, level: dict[date, float], chance: Generator) -> None:
    for index, day in enumerate(diary.days[3::14]):
        low = 10 - level[day] + chance.normal(0, 0.7)
        phq = int(np.clip(2.3 * low, 0, 27))
        gad = int(np.clip(1.9 * low, 0, 21))
        diary.assessments.append(Assessment("phq-9", day, phq, prorated=index == 3))
        diary.assessments.append(Assessment("gad-7", day, gad))
        if index % 2 == 0:
            pcl = int(np.clip(6.6 * low + chance.normal(0, 2), 0, 80))
            diary.assessments.append(Assessment("pcl-5", day, pcl))

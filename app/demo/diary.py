"""The diary of a synthetic patient: the same seed gives the same entries."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.random import Generator

from app.demo.calendar import TRIP_DAYS, Whereabouts, logged_days, whereabouts
from app.demo.course import Session, a_course
from app.demo.day import EVENING, DayWriter
from app.demo.identifiers import Ids
from app.demo.levels import Levels, levels_of
from app.demo.person import Person, a_person
from app.demo.questionnaires import questionnaires
from app.demo.sessions import session_entries
from app.demo.written import Written

FOLLOW_UP = timedelta(days=2)
"""The last session leaves room for what is felt after it."""


@dataclass(frozen=True, slots=True)
class Diary:
    """Everything the patient wrote, in the order of writing: a session before its entries."""

    person: Person
    sessions: Sequence[Session]
    places: Whereabouts
    levels: Levels
    entries: Sequence[Written]


def synthetic_diary(seed: int, last_day: date, days: int = 120, a_day: int = 1) -> Diary:
    """A diary of `days` local dates that ends on `last_day`; `a_day` times mood and anxiety.

    Both are 1 or more. What was written late was written on the evening after `last_day` at most.
    """
    random = np.random.default_rng(seed)
    calendar = [last_day - timedelta(days=days - 1 - number) for number in range(days)]
    person = a_person(random)
    places = whereabouts(calendar, random)
    sessions = a_course(person, calendar[0], last_day - FOLLOW_UP, places, random)
    levels = levels_of(person, sessions, calendar, random)
    ids = Ids(random)
    entries = list(_daily(DayWriter(levels, places, ids, random, a_day), calendar))
    for session in sessions:
        entries += session_entries(person, session, places.home, ids, random)
    entries += questionnaires(levels, calendar, places, ids, random)
    entries.sort(key=lambda each: (each.written_at, each.draft["kind"] != "session"))
    return Diary(person, sessions, places, levels, entries)


def _daily(writer: DayWriter, calendar: Sequence[date]) -> Iterator[Written]:
    for day in _logged(writer.levels, writer.places, calendar, writer.random):
        yield from writer.write(day)


def _logged(
    levels: Levels, places: Whereabouts, calendar: Sequence[date], random: Generator
) -> list[date]:
    """The days that are written down."""
    moods = [levels.mood(day, EVENING) for day in calendar]
    trip_at = (places.trip_from - calendar[0]).days + TRIP_DAYS // 2
    logged = logged_days(moods, min(trip_at, len(calendar) - 1), random)
    return [day for day, is_logged in zip(calendar, logged, strict=True) if is_logged]

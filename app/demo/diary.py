"""The diary of a synthetic patient: the same seed gives the same entries."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from numpy.random import Generator

from app.demo.calendar import Whereabouts, local, logged_days, minutes_later, whereabouts
from app.demo.course import Session, a_course, gain_on
from app.demo.identifiers import Ids
from app.demo.person import Person, a_person
from app.demo.questionnaires import questionnaires
from app.demo.sessions import session_entries

Draft = dict[str, Any]  # JSON, as POST /v1/entries takes it
DAY_TO_DAY, DAILY_SD, CROSS = 0.30, 1.8, -0.5
WEEKEND = 5
WEEKEND_MOOD, WEEKEND_FLASHBACKS = 0.4, 0.85
DISPERSION = 1.8
WORSE = 1.5
FOLLOW_UP = timedelta(days=2)
"""The last session leaves room for what is felt after it."""


@dataclass(frozen=True, slots=True)
class Written:
    """A draft and the instant at which the patient wrote it down."""

    draft: Draft
    written_at: datetime


@dataclass(slots=True)
class Diary:
    """Everything the patient wrote, in the order of writing."""

    person: Person
    sessions: list[Session]
    places: Whereabouts
    entries: list[Written] = field(default_factory=list)


def synthetic_diary(seed: int, last_day: date, days: int = 120, a_day: int = 1) -> Diary:
    """A diary of `days` local dates that ends on `last_day`; `a_day` times mood and anxiety."""
    random = np.random.default_rng(seed)
    calendar = [last_day - timedelta(days=days - 1 - number) for number in range(days)]
    person = a_person(random)
    places = whereabouts(calendar, random)
    sessions = a_course(person, calendar[0], last_day - FOLLOW_UP, random)
    diary = Diary(person, sessions, places)
    ids = Ids(random)
    moods, anxieties = _levels(person, sessions, calendar, random)
    logged = logged_days(moods, random)
    for number, day in enumerate(calendar):
        if logged[number]:
            level = (moods[number], anxieties[number])
            diary.entries += _day(diary, ids, day, level, a_day, random)
    for session in sessions:
        diary.entries += [
            Written(draft, written_at)
            for draft, written_at in session_entries(person, session, places, ids, random)
        ]
    for draft, at in questionnaires(person, sessions, calendar, places, ids, random):
        diary.entries.append(Written(draft, minutes_later(at, 3)))
    diary.entries.sort(key=lambda each: (each.written_at, each.draft["kind"] != "session"))
    return diary


def halves(value: float) -> float:
    """On 0 to 10, mostly whole points, as people answer."""
    return float(np.clip(round(value), 0, 10))


def _levels(
    person: Person, sessions: Sequence[Session], calendar: Sequence[date], random: Generator
) -> tuple[list[float], list[float]]:
    """Mood and anxiety of each day: an autoregressive wobble around what the course makes of it."""
    spread = DAILY_SD * np.sqrt(1 - DAY_TO_DAY**2)
    steps = random.multivariate_normal(
        [0, 0], spread**2 * np.array([[1, CROSS], [CROSS, 1]]), len(calendar)
    )
    wobble = np.zeros(2)
    moods, anxieties = [], []
    worse = {each.day + timedelta(days=1) for each in sessions if each.worse_next_day}
    for day, step in zip(calendar, steps, strict=True):
        wobble = DAY_TO_DAY * wobble + step
        gain = gain_on(sessions, person, day) - (WORSE if day in worse else 0)
        weekend = WEEKEND_MOOD if day.weekday() >= WEEKEND else 0
        moods.append(float(np.clip(person.mood + gain + weekend + wobble[0], 0, 10)))
        anxieties.append(float(np.clip(person.anxiety - 0.7 * gain + wobble[1], 0, 10)))
    return moods, anxieties


def _day(
    diary: Diary,
    ids: Ids,
    day: date,
    level: tuple[float, float],
    a_day: int,
    random: Generator,
) -> Iterator[Written]:
    """The entries of one logged day, by the clocks of the place."""
    zone = diary.places.zone(day)
    times = 2 if a_day == 1 and random.random() < 0.05 else a_day  # noqa: PLR2004 - 5 % of days
    for number in range(times):
        start = 20 * 60 - 300 * (times - 1 - number)
        at = local(day, start + random.uniform(0, 100), zone)
        late = random.random() < 0.10  # noqa: PLR2004 - a tenth is written the next day
        written = minutes_later(at, 14 * 60 if late else 1)
        for draft in _ratings(level, at, zone, ids, random, whole_day=number == times - 1):
            yield Written(draft, written)
    if random.random() < 0.9:  # noqa: PLR2004 - not every logged day tells of flashbacks
        for draft in _flashbacks(diary, day, level[0], ids, random):
            at = datetime.fromisoformat(draft["occurred_at"])
            yield Written(draft, max(minutes_later(at, 1), local(day, 21 * 60 + 45, zone)))


def _ratings(
    level: tuple[float, float],
    at: datetime,
    zone: str,
    ids: Ids,
    random: Generator,
    *,
    whole_day: bool,
) -> Iterator[Draft]:
    shared = {"occurred_at": at.isoformat(), "time_zone": zone}
    scope = {"scope": "day"} if whole_day else {}
    half = 0.5 if random.random() < 0.08 else 0.0  # noqa: PLR2004 - 8 % are half points
    mood = min(halves(level[0] + random.normal(0, 0.3)) + half, 10.0)
    anxiety = halves(level[1] + random.normal(0, 0.3))
    energy = halves(level[0] + random.normal(0, 1))
    yield {"id": ids.new(at), "kind": "mood", "score": mood, "energy": energy, **scope, **shared}
    peak = {"peak": min(anxiety + float(random.integers(0, 3)), 10.0)} if whole_day else {}
    yield {"id": ids.new(at), "kind": "anxiety", "level": anxiety, **peak, **scope, **shared}


def _flashbacks(
    diary: Diary, day: date, mood: float, ids: Ids, random: Generator
) -> Iterator[Draft]:
    """A negative binomial count, told as single episodes, as a daily count, or as none today."""
    zone = diary.places.zone(day)
    gain = gain_on(diary.sessions, diary.person, day)
    mean = diary.person.flashbacks_a_week / 7 * np.exp(-0.25 * gain)
    mean *= WEEKEND_FLASHBACKS if day.weekday() >= WEEKEND else 1
    count = int(min(random.negative_binomial(DISPERSION, DISPERSION / (DISPERSION + mean)), 20))
    distress = halves(7.5 - 0.3 * mood + random.normal(0, 1))
    if count == 0 or count > 2 or random.random() < 0.4:  # noqa: PLR2004 - mixed reports
        at = local(day, 21 * 60 + 30, zone)
        report: Draft = {"report": "none_today"}
        if count:
            nightmares = int(random.random() < 0.2)  # noqa: PLR2004 - one night in five
            report = {"report": "daily_count", "count": count, "worst_distress": distress}
            report["nightmares"] = nightmares
        yield _flashback(report, at, zone, ids)
        return
    for _ in range(count):
        at = local(day, random.uniform(8 * 60, 21 * 60), zone)
        episode: Draft = {
            "report": "episode",
            "distress": distress,
            "presence": int(random.choice([0, 1, 1, 2])),
            "duration_band": str(random.choice(["seconds", "under_5", "5_15"])),
            "trigger": [str(random.choice(["sound", "media", "person", "place", "none_noticed"]))],
            "context": str(random.choice(["home", "work", "outdoors", "transport"])),
        }
        yield _flashback(episode, at, zone, ids)


def _flashback(report: Draft, at: datetime, zone: str, ids: Ids) -> Draft:
    shared = {"occurred_at": at.isoformat(), "time_zone": zone}
    return {"id": ids.new(at), "kind": "flashback", **report, **shared}

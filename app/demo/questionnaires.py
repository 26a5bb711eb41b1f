"""Questionnaires: PHQ-9 and GAD-7 every two weeks, PCL-5 monthly, following the person's level."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.random import Generator

from app.demo.calendar import Whereabouts, local, minutes_later
from app.demo.course import gain_at
from app.demo.identifiers import Ids
from app.demo.levels import ANXIETY_OF_GAIN, Levels
from app.demo.written import Draft, Written

FIRST_ON = 2
FROM_MINUTE = 18 * 60
SELF_HARM_ITEM = 9


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """Items, the highest answer, days between two, and how much of it low mood explains (0–1)."""

    items: int
    most: int
    every: int
    low_mood: float


QUESTIONNAIRES = {
    "phq-9": Questionnaire(9, 3, 14, 1.0),
    "gad-7": Questionnaire(7, 3, 14, 0.0),
    "pcl-5": Questionnaire(20, 4, 30, 0.5),
}


def questionnaires(
    levels: Levels, calendar: Sequence[date], places: Whereabouts, ids: Ids, random: Generator
) -> Iterator[Written]:
    """Every questionnaire of the calendar."""
    for instrument, form in QUESTIONNAIRES.items():
        for day in calendar[FIRST_ON :: form.every]:
            minute = FROM_MINUTE + int(random.integers(0, 60))
            at = local(day, minute, places.zone(day))
            draft: Draft = {
                "id": ids.new(at),
                "kind": "assessment",
                "occurred_at": at.isoformat(),
                "time_zone": places.zone(day),
                "instrument": instrument,
                "answers": _answers(instrument, _burden(levels, form, day), random),
            }
            yield Written(draft, minutes_later(at, 3))


def _burden(levels: Levels, form: Questionnaire, day: date) -> float:
    """The share of the highest score; the wobble of single days is left to the answers' noise."""
    gain = gain_at(levels.sessions, levels.person, day, FROM_MINUTE)
    low_mood = 10 - levels.person.mood - gain
    anxiety = levels.person.anxiety - ANXIETY_OF_GAIN * gain
    burden = form.low_mood * low_mood + (1 - form.low_mood) * anxiety
    return float(np.clip(burden / 10, 0.05, 0.95))


def _answers(instrument: str, burden: float, random: Generator) -> list[dict[str, int]]:
    form = QUESTIONNAIRES[instrument]
    values = random.binomial(form.most, burden, form.items)
    if instrument == "phq-9":
        # Invented distress of this kind would show help lines that nobody asked for.
        values[SELF_HARM_ITEM - 1] = 0
    return [{"item": number, "value": int(value)} for number, value in enumerate(values, start=1)]

"""Questionnaires: PHQ-9 and GAD-7 every two weeks, PCL-5 monthly, following the person's level."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

import numpy as np
from numpy.random import Generator

from app.demo.calendar import Whereabouts, local
from app.demo.course import Session, gain_on
from app.demo.identifiers import Ids
from app.demo.person import Person

Draft = dict[str, Any]  # JSON, as POST /v1/entries takes it
ITEMS = {"phq-9": (9, 3), "gad-7": (7, 3), "pcl-5": (20, 4)}
EVERY = {"phq-9": 14, "gad-7": 14, "pcl-5": 30}
SELF_HARM_ITEM = 9


def questionnaires(
    person: Person,
    sessions: Sequence[Session],
    calendar: Sequence[date],
    places: Whereabouts,
    ids: Ids,
    random: Generator,
) -> Iterator[tuple[Draft, datetime]]:
    """Each questionnaire with the instant it was filled in."""
    for instrument, every in EVERY.items():
        for day in calendar[2::every]:
            zone = places.zone(day)
            at = local(day, 18 * 60 + int(random.integers(0, 60)), zone)
            relief = 0.7 * gain_on(sessions, person, day)
            burden = float(np.clip((person.anxiety - relief) / 10, 0.05, 0.95))
            yield (
                {
                    "id": ids.new(at),
                    "kind": "assessment",
                    "occurred_at": at.isoformat(),
                    "time_zone": zone,
                    "instrument": instrument,
                    "answers": _answers(instrument, burden, random),
                },
                at,
            )


def _answers(instrument: str, burden: float, random: Generator) -> list[dict[str, int]]:
    items, most = ITEMS[instrument]
    values = random.binomial(most, burden, items)
    if instrument == "phq-9":
        values[SELF_HARM_ITEM - 1] = 0
    return [{"item": number, "value": int(value)} for number, value in enumerate(values, start=1)]

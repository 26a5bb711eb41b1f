"""How detached one felt around a dose: a peak, and an even way back."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.random import Generator

from app.demo.calendar import minutes_later
from app.demo.person import Person
from app.demo.written import Draft

PEAK, HABIT, HABIT_SESSIONS = 6.0, 0.95, 10
STILL_RAISED, RAISED_FROM = 0.02, 240
BEFORE, EVENING, NEXT_MORNING = -20, 560, 1320
BASELINE = 1.0
FADES = 120


@dataclass(frozen=True, slots=True)
class Curve:
    """Minutes since the dose at the peak and back at 1 or less, and the intensity of the peak.

    Minutes are whole, as people write them: so no entry falls between a time and its rounding.
    """

    peak_at: int
    peak: float
    back_at: int

    def intensity(self, minutes: int) -> float:
        """On 0 to 10 in half points, above 1 from the peak until `back_at`."""
        times = [0, self.peak_at, self.back_at, self.back_at + FADES]
        felt = round(2 * float(np.interp(minutes, times, [0, self.peak, BASELINE, 0]))) / 2
        return max(felt, BASELINE + 0.5) if self.peak_at <= minutes < self.back_at else felt


def dissociation_entries(
    person: Person, number: int, dose_at: datetime, random: Generator
) -> Iterator[Draft]:
    """Before the dose, at the peak, at two hours, in the evening and on the next morning.

    What is still above 1 at four hours is written down then too. The first entry that is back at
    1 or less says since when. Drafts lack `id`, `session_id` and `time_zone`.
    """
    curve = a_curve(person, number, random)
    moments = [BEFORE, curve.peak_at, round(random.normal(125, 12)), EVENING, NEXT_MORNING]
    if curve.back_at > RAISED_FROM:
        moments.insert(3, RAISED_FROM)
    resolved: Draft = {
        "resolved": True,
        "resolved_at": minutes_later(dose_at, curve.back_at).isoformat(),
    }
    for minutes in moments:
        is_back = minutes >= curve.back_at
        yield {
            "kind": "dissociation",
            "occurred_at": minutes_later(dose_at, minutes).isoformat(),
            "intensity": curve.intensity(minutes),
            **(resolved if is_back else {}),
        }
        if is_back:
            resolved = {"resolved": True}


def a_curve(person: Person, number: int, random: Generator) -> Curve:
    """The curve of a person's session: peaks get lower over the first ten sessions."""
    peak = PEAK * HABIT ** min(number - 1, HABIT_SESSIONS) + random.normal(0, 0.7)
    peak_at = int(random.integers(35, 51))
    back_at = person.dissociation_minutes * float(random.lognormal(0, 0.15))
    if random.random() < STILL_RAISED:
        back_at = random.uniform(RAISED_FROM + 20, EVENING - 60)
    back_at = min(max(back_at, peak_at + 10), EVENING - 60)
    return Curve(peak_at, float(np.clip(peak, 2, 10)), round(back_at))

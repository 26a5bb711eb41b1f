"""Who the synthetic patient is: drawn once, after published descriptives of daily ratings."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.random import Generator

Treatment = Literal["ketamine_racemic", "esketamine"]
RESPONDERS, RACEMIC = 0.6, 0.6
FLASHBACK_MEDIAN, FLASHBACK_SIGMA = 6.0, 0.7
DAYS_A_WEEK = 7


@dataclass(frozen=True, slots=True)
class Person:
    """Baselines on 0 to 10, flashbacks a week, and how the treatment works for this person.

    `half_life` of a gain is in days; `dissociation_minutes` is the median time until intensity is
    back at 1 or less.
    """

    mood: float
    anxiety: float
    flashbacks_a_week: float
    responder: bool
    half_life: float
    treatment: Treatment
    weight_kg: float
    dissociation_minutes: float


def a_person(random: Generator) -> Person:
    """Draw a person."""
    return Person(
        mood=float(np.clip(random.normal(4.2, 1.0), 1.5, 7)),
        anxiety=float(np.clip(random.normal(5.5, 1.2), 2, 8.5)),
        flashbacks_a_week=float(random.lognormal(np.log(FLASHBACK_MEDIAN), FLASHBACK_SIGMA)),
        responder=bool(random.random() < RESPONDERS),
        half_life=float(random.uniform(4, 10)),
        treatment="ketamine_racemic" if random.random() < RACEMIC else "esketamine",
        weight_kg=float(round(np.clip(random.normal(76, 12), 45, 130), 1)),
        dissociation_minutes=float(random.lognormal(np.log(95), 0.32)),
    )

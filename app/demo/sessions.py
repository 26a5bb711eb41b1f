"""What is written down about a session: the session itself, and how detached one felt after it."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import numpy as np
from numpy.random import Generator

from app.demo.calendar import Whereabouts, local, minutes_later
from app.demo.course import Session
from app.demo.identifiers import Ids
from app.demo.person import Person

Draft = dict[str, Any]  # JSON, as POST /v1/entries takes it
PEAK, HABIT, STILL_RAISED = 6.0, 0.95, 0.02
EVENING, NEXT_MORNING = 600, 1320
ROUTES = {"ketamine_racemic": "iv_infusion", "esketamine": "intranasal"}


def session_entries(
    person: Person, session: Session, places: Whereabouts, ids: Ids, random: Generator
) -> Iterator[tuple[Draft, datetime]]:
    """The session and its dissociation entries, each with the instant it was written down.

    The session comes first: what was felt before the dose is linked to it afterwards.
    """
    zone = places.zone(session.day)
    dose_at = local(session.day, 10 * 60 + 5 * int(random.integers(0, 12)), zone)
    session_id = ids.new(dose_at)
    told_at = minutes_later(dose_at, 1)
    yield _session(person, session, session_id, dose_at, zone, random), told_at
    peak_at = float(random.uniform(35, 50))
    peak = float(np.clip(PEAK * HABIT ** (session.number - 1) + random.normal(0, 0.7), 1, 10))
    back = person.dissociation_minutes * float(random.lognormal(0, 0.15))
    raised = random.random() < STILL_RAISED
    soon, later = random.normal(115, 15), random.normal(230, 15)
    for minutes in (-20.0, peak_at, soon, later, EVENING, NEXT_MORNING):
        intensity = _intensity(minutes, peak_at, peak, back, raised=raised)
        at = minutes_later(dose_at, minutes)
        yield (
            {
                "id": ids.new(at),
                "kind": "dissociation",
                "occurred_at": at.isoformat(),
                "time_zone": zone,
                "session_id": session_id,
                "intensity": intensity,
                **({"resolved": True} if intensity <= 1 and minutes > peak_at else {}),
            },
            max(minutes_later(at, 1), minutes_later(told_at, 1)),
        )


def _intensity(minutes: float, peak_at: float, peak: float, back: float, *, raised: bool) -> float:
    """Nothing before the dose, the peak, and an even way back to 1 at `back` minutes."""
    if minutes < 0:
        return 0.0
    if raised and minutes <= EVENING:
        return max(2.0, round(peak * 0.4))
    way = np.interp(minutes, [0, peak_at, max(back, peak_at + 10), EVENING], [0, peak, 1, 0])
    return float(round(float(way)))


def _session(
    person: Person,
    session: Session,
    session_id: str,
    dose_at: datetime,
    zone: str,
    random: Generator,
) -> Draft:
    systolic, diastolic = random.normal(125, 12), random.normal(78, 9)
    rise = max(random.normal(20, 9), 0), max(random.normal(13, 6), 0)
    infusion = {"infusion_minutes": 40} if person.treatment == "ketamine_racemic" else {}
    return {
        "id": session_id,
        "kind": "session",
        "occurred_at": dose_at.isoformat(),
        "time_zone": zone,
        "status": "completed",
        "substance": person.treatment,
        "route": ROUTES[person.treatment],
        "dose_mg": session.dose_mg,
        "weight_kg": person.weight_kg,
        **infusion,
        "phase": session.phase,
        "session_number": session.number,
        "setting": "clinic",
        "supervision": "in_person",
        "monitoring_minutes": 120,
        "vitals": [
            _reading("pre", systolic, diastolic, random),
            _reading("peak", systolic + rise[0], diastolic + rise[1], random),
        ],
        **_effects(random),
        "escort_home": True,
    }


def _reading(phase: str, systolic: float, diastolic: float, random: Generator) -> Draft:
    high = int(np.clip(systolic, 90, 210))
    return {
        "phase": phase,
        "systolic": high,
        "diastolic": int(np.clip(diastolic, 50, high - 10)),
        "pulse": int(np.clip(random.normal(76, 9), 50, 130)),
        "spo2": int(random.integers(95, 100)),
    }


def _effects(random: Generator) -> Draft:
    if random.random() < 0.6:  # noqa: PLR2004 - most sessions pass without
        return {}
    code = str(random.choice(["nausea", "dizziness", "headache", "sedation"]))
    return {"adverse_effects": [{"code": code, "severity": 1, "resolved": True}]}

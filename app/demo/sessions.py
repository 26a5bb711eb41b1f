"""What is written down about a session: the session itself, and what belongs to it."""

from collections.abc import Iterator
from datetime import datetime

import numpy as np
from numpy.random import Generator

from app.demo.calendar import local, minutes_later
from app.demo.course import Session
from app.demo.dissociation import dissociation_entries
from app.demo.identifiers import Ids
from app.demo.person import Person
from app.demo.written import Draft, Written

LEAVES_AFTER = 130
ROUTES = {"ketamine_racemic": "iv_infusion", "esketamine": "intranasal"}
NO_EFFECT = 0.6
EFFECTS = ("nausea", "dizziness", "headache", "sedation")


def session_entries(
    person: Person, session: Session, zone: str, ids: Ids, random: Generator
) -> Iterator[Written]:
    """The session and its dissociation entries; `zone` is where it takes place.

    The session reaches the journal on leaving the clinic, and what was felt till then just after.
    """
    dose_at = local(session.day, session.minute, zone)
    draft = _session(person, session, ids.new(dose_at), dose_at, random)
    draft["time_zone"] = zone
    told_at = minutes_later(dose_at, LEAVES_AFTER)
    yield Written(draft, told_at)
    for felt in dissociation_entries(person, session.number, dose_at, random):
        at = datetime.fromisoformat(felt["occurred_at"])
        linked = {"id": ids.new(at), **felt, "session_id": draft["id"], "time_zone": zone}
        yield Written(linked, max(minutes_later(at, 1), minutes_later(told_at, 1)))


def _session(
    person: Person, session: Session, session_id: str, dose_at: datetime, random: Generator
) -> Draft:
    systolic, diastolic = random.normal(125, 12), random.normal(78, 9)
    rise = max(random.normal(20, 9), 0), max(random.normal(13, 6), 0)
    infusion = {"infusion_minutes": 40} if person.treatment == "ketamine_racemic" else {}
    return {
        "id": session_id,
        "kind": "session",
        "occurred_at": dose_at.isoformat(),
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
    if random.random() < NO_EFFECT:
        return {}
    code = EFFECTS[int(random.integers(len(EFFECTS)))]
    return {"adverse_effects": [{"code": code, "severity": 1, "resolved": True}]}

"""What trends need of a treatment session."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from app.journal.kinds.headlines import Headline, Payload, headline_start
from app.journal.kinds.instants import instant_of


@dataclass(frozen=True, slots=True, kw_only=True)
class VitalReading:
    """`at` in UTC; pressures in mmHg, pulse a minute, `spo2` in percent."""

    at: datetime | None
    phase: str | None
    systolic: int | None
    diastolic: int | None
    pulse: int | None
    spo2: int | None


@dataclass(frozen=True, slots=True)
class Experience:
    """`intensity` and `insight` 0 to 10, `comfort` −5 to 5 and better high."""

    intensity: float | None
    comfort: int | None
    insight: float | None


@dataclass(frozen=True, slots=True)
class AdverseEffect:
    """`severity` 1 to 3."""

    code: str
    severity: int


class SessionHeadline(Headline, frozen=True, kw_only=True):
    """`dose_mg` in milligrams, the sum of the doses where only those were given."""

    kind: ClassVar[str] = "session"

    status: str
    substance: str
    route: str
    dose_mg: float | None
    weight_kg: float | None
    phase: str | None
    session_number: int | None
    setting: str | None
    supervision: str | None
    vitals: tuple[VitalReading, ...]
    experience: Experience | None
    adverse_effects: tuple[AdverseEffect, ...]


def session_headline(payload: Payload, revision: int) -> SessionHeadline:
    """What trends need of an opened session."""
    effects = payload.get("adverse_effects", ())
    return SessionHeadline(
        **headline_start(payload, revision),
        status=payload["status"],
        substance=payload["substance"],
        route=payload["route"],
        dose_mg=_dose_mg(payload),
        weight_kg=payload.get("weight_kg"),
        phase=payload.get("phase"),
        session_number=payload.get("session_number"),
        setting=payload.get("setting"),
        supervision=payload.get("supervision"),
        vitals=tuple(_reading(vital) for vital in payload.get("vitals", ())),
        experience=_experience(payload),
        adverse_effects=tuple(AdverseEffect(e["code"], e["severity"]) for e in effects),
    )


def _dose_mg(payload: Payload) -> float | None:
    if "dose_mg" in payload:
        return float(payload["dose_mg"])
    doses = payload.get("doses")
    return round(sum(dose["mg"] for dose in doses), 2) if doses else None


def _reading(vital: Payload) -> VitalReading:
    at = vital.get("at")
    return VitalReading(
        at=instant_of(at) if at else None,
        phase=vital.get("phase"),
        systolic=vital.get("systolic"),
        diastolic=vital.get("diastolic"),
        pulse=vital.get("pulse"),
        spo2=vital.get("spo2"),
    )


def _experience(payload: Payload) -> Experience | None:
    told = payload.get("experience")
    if told is None:
        return None
    return Experience(told.get("intensity"), told.get("comfort"), told.get("insight"))

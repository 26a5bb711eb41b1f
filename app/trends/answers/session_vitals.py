"""The readings of one session: before the dose, and the extremes of the others."""

from collections.abc import Iterable

from app.journal.kinds import SessionHeadline, VitalReading
from app.trends.schemas.session_row import SessionVitals


def session_vitals(session: SessionHeadline) -> SessionVitals | None:
    """None when no number is left to show."""
    before = [reading for reading in session.vitals if _before_dose(reading, session)]
    others = [reading for reading in session.vitals if not _before_dose(reading, session)]
    pressures = [each for each in before if each.systolic is not None or each.diastolic is not None]
    vitals = SessionVitals(
        systolic_pre=pressures[-1].systolic if pressures else None,
        diastolic_pre=pressures[-1].diastolic if pressures else None,
        systolic_max=max(_told(each.systolic for each in others), default=None),
        diastolic_max=max(_told(each.diastolic for each in others), default=None),
        pulse_max=max(_told(each.pulse for each in others), default=None),
        spo2_min=min(_told(each.spo2 for each in others), default=None),
    )
    return vitals if any(value is not None for _, value in vitals) else None


def _before_dose(reading: VitalReading, session: SessionHeadline) -> bool:
    """Phase pre, or no phase and taken before the dose."""
    if reading.phase is not None:
        return reading.phase == "pre"
    return reading.at is not None and reading.at < session.instant


def _told(values: Iterable[int | None]) -> list[int]:
    return [value for value in values if value is not None]

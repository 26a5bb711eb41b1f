"""Rules on the vital signs of a session, in mmHg and percent."""

from collections.abc import Iterable, Sequence

from app.safety.rules.context import RuleContext
from app.safety.rules.entries import Reading, RuleEntry
from app.safety.rules.signals import Facts, facts
from app.safety.rules.thresholds import THRESHOLDS


def bp_high_pre(session: RuleEntry, _: RuleContext) -> Facts | None:
    """A pressure from before the dose lies above the numbers."""
    numbers = THRESHOLDS.bp_high_pre
    high = [
        reading
        for reading in _before(session)
        if (reading.systolic or 0) > numbers.systolic_above
        or (reading.diastolic or 0) > numbers.diastolic_above
    ]
    if not high:
        return None
    worst = _worst(high)
    return facts(systolic=worst.systolic, diastolic=worst.diastolic)


def bp_high(session: RuleEntry, _: RuleContext) -> Facts | None:
    """A pressure reaches the numbers, or rose by as much since the last from before the dose.

    The facts are of the highest such reading; a rise adds the pressures it rose from.
    """
    before = _before(session)
    pre = Reading(
        systolic=_last(reading.systolic for reading in before),
        diastolic=_last(reading.diastolic for reading in before),
    )
    risen = [each for each in session.readings if each not in before and _rose(pre, each)]
    found = [reading for reading in session.readings if _reaches(reading)] + risen
    if not found:
        return None
    worst = _worst(found)
    told = facts(systolic=worst.systolic, diastolic=worst.diastolic)
    if worst in risen:
        told += facts(pre_systolic=pre.systolic, pre_diastolic=pre.diastolic)
    return told


def spo2_low(session: RuleEntry, _: RuleContext) -> Facts | None:
    """Oxygen saturation was very low once, or low twice."""
    numbers = THRESHOLDS.spo2_low
    values = [reading.spo2 for reading in session.readings if reading.spo2 is not None]
    low = [value for value in values if value < numbers.twice_below]
    twice = 2
    if not low or (min(low) >= numbers.once_below and len(low) < twice):
        return None
    return facts(lowest=min(low), **{f"count_below_{numbers.twice_below}": len(low)})


def _before(session: RuleEntry) -> list[Reading]:
    """Readings from before the dose, earliest first; those without a time stand last."""
    found = [
        reading
        for reading in session.readings
        if reading.phase == "pre"
        or (reading.phase is None and reading.at is not None and reading.at < session.instant)
    ]
    return sorted(found, key=lambda reading: (reading.at is None, reading.at or session.instant))


def _last(numbers: Iterable[int | None]) -> int | None:
    given = [number for number in numbers if number is not None]
    return given[-1] if given else None


def _reaches(reading: Reading) -> bool:
    numbers = THRESHOLDS.bp_high
    systolic, diastolic = reading.systolic or 0, reading.diastolic or 0
    return systolic >= numbers.systolic or diastolic >= numbers.diastolic


def _rose(pre: Reading, reading: Reading) -> bool:
    numbers = THRESHOLDS.bp_high
    return (
        _difference(pre.systolic, reading.systolic) >= numbers.systolic_rise
        or _difference(pre.diastolic, reading.diastolic) >= numbers.diastolic_rise
    )


def _difference(before: int | None, after: int | None) -> int:
    return 0 if before is None or after is None else after - before


def _worst(readings: Sequence[Reading]) -> Reading:
    return max(readings, key=lambda reading: (reading.systolic or 0, reading.diastolic or 0))

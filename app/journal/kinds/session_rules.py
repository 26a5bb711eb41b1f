"""The rules of a treatment session: what belongs to which status, times, doses and readings."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from app.faults import Fault
from app.journal.kinds.instants import instant_of
from app.journal.kinds.rules import EntryWarning, LinkedSession, is_before
from app.journal.kinds.session_shapes import SessionDose, SessionVital
from app.journal.kinds.thresholds import THRESHOLDS

LONGEST_SESSION = timedelta(hours=24)
READINGS = ("systolic", "diastolic", "pulse", "spo2", "resp_rate")


def time_conflicts(start: datetime, ended_at: str | None) -> Iterator[Fault]:
    """The end lies from the first dose to 24 hours after it."""
    if ended_at is None:
        return
    if is_before(ended_at, start):
        yield Fault("ended_before_start", "This lies before the start.", "/ended_at")
    elif instant_of(ended_at) - start > LONGEST_SESSION:
        yield Fault("session_too_long", "A session lasts at most 24 hours.", "/ended_at")


def dose_conflicts(
    start: datetime, doses: Sequence[SessionDose], dose_mg: float | None
) -> Iterator[Fault]:
    """The first dose is the start, the others follow in order, their sum is the whole dose."""
    times = [instant_of(dose.at) for dose in doses]
    if times[0] != start:
        message = "The first dose is at the time of the session."
        yield Fault("first_dose_mismatch", message, "/doses/0/at")
    for place in range(1, len(times)):
        if times[place] <= times[place - 1]:
            message = "Doses follow one another in time."
            yield Fault("dose_out_of_order", message, f"/doses/{place}/at")
    total = sum(exact(dose.mg) for dose in doses)
    if dose_mg is not None and abs(total - exact(dose_mg)) > Decimal("0.01"):
        message = "This is not the sum of the doses."
        yield Fault("dose_sum_mismatch", message, "/dose_mg")


def vital_conflicts(vitals: Sequence[SessionVital]) -> Iterator[Fault]:
    """Each reading has a time or a phase, a number, and pressures in their order."""
    for place, vital in enumerate(vitals):
        if vital.at is None and vital.phase is None:
            message = "A reading needs a time or a phase."
            yield Fault("vital_without_time", message, f"/vitals/{place}")
        if all(getattr(vital, name) is None for name in READINGS):
            message = "A reading needs a number."
            yield Fault("vital_without_value", message, f"/vitals/{place}")
        if vital.systolic and vital.diastolic and vital.diastolic >= vital.systolic:
            message = "The diastolic pressure is below the systolic one."
            pointer = f"/vitals/{place}/diastolic"
            yield Fault("diastolic_not_below_systolic", message, pointer)


def dose_warnings(
    route: str, substance: str, dose_mg: float | None, weight_kg: float | None
) -> Iterator[EntryWarning]:
    """A dose above the usual for its route, or not one the esketamine device can give."""
    if dose_mg is None:
        return
    limit = THRESHOLDS.dose_limits.get(route)
    if limit and weight_kg and exact(dose_mg) > Decimal(limit.mg_per_kg) * exact(weight_kg):
        message = f"This is more than {limit.mg_per_kg} mg per kg. Is it right?"
        yield EntryWarning(limit.code, message, "/dose_mg")
    device = substance == "esketamine" and route == "intranasal"
    if device and exact(dose_mg) % THRESHOLDS.device_mg:
        message = f"The device gives multiples of {THRESHOLDS.device_mg} mg. Is this right?"
        yield EntryWarning("dose_not_device_multiple", message, "/dose_mg")


def closeness_warnings(start: datetime, others: Sequence[LinkedSession]) -> Iterator[EntryWarning]:
    """Another completed session begins within 12 hours."""
    completed = [other.instant for other in others if other.status == "completed"]
    if any(abs(start - other) <= THRESHOLDS.sessions_apart for other in completed):
        message = "Another session lies within 12 hours. Is it the same one?"
        yield EntryWarning("sessions_close", message, "/occurred_at")


def exact(number: float) -> Decimal:
    """The decimal that the client wrote: the shortest that reads as this double."""
    return Decimal(repr(number))

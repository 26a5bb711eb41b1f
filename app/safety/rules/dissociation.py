"""Rules on dissociation after a session. Spontaneous entries have no dose to count from."""

from datetime import timedelta

from app.safety.rules.context import RuleContext
from app.safety.rules.entries import RuleEntry
from app.safety.rules.signals import Facts, facts
from app.safety.rules.thresholds import THRESHOLDS


def dissociation_persistent(entry: RuleEntry, context: RuleContext) -> Facts | None:
    """The latest entry of a session, hours after the dose, is still above the usual level.

    Every entry that is the latest when it is saved speaks for itself, so one on the next day
    raises the signal again.
    """
    numbers = THRESHOLDS.dissociation_persistent
    session = _dosed_session(entry, context)
    course = context.course_of(entry)
    if session is None or entry.intensity is None or not course.is_latest(entry):
        return None
    if entry.instant - session.instant < timedelta(minutes=numbers.minutes):
        return None
    pre = course.level_up_to(session.instant, entry)
    threshold = max(pre, numbers.floor) + numbers.above
    if entry.intensity <= threshold and entry.resolved is not False:
        return None
    minutes = _minutes(entry, session)
    return facts(intensity=entry.intensity, minutes=minutes, pre=pre, threshold=threshold)


def dissociation_distress(entry: RuleEntry, context: RuleContext) -> Facts | None:
    """Strong distress, long after the dose or after the patient could have gone home."""
    numbers = THRESHOLDS.dissociation_distress
    session = _dosed_session(entry, context)
    if session is None or entry.distress is None or entry.distress < numbers.distress:
        return None
    discharge = session.discharge_ready_at
    late = entry.instant - session.instant > timedelta(minutes=numbers.minutes)
    if not late and (discharge is None or entry.instant <= discharge):
        return None
    minutes = _minutes(entry, session)
    return facts(distress=entry.distress, minutes=minutes, threshold=numbers.distress)


def _dosed_session(entry: RuleEntry, context: RuleContext) -> RuleEntry | None:
    session = context.session_of(entry)
    return session if session and session.dosed else None


def _minutes(entry: RuleEntry, session: RuleEntry) -> float:
    return round((entry.instant - session.instant) / timedelta(minutes=1), 1)

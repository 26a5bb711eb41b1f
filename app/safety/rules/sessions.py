"""Rules on how a session went: sedation, adverse effects, supervision."""

from app.safety.rules.context import RuleContext
from app.safety.rules.entries import Effect, RuleEntry
from app.safety.rules.signals import Facts, facts
from app.safety.rules.thresholds import THRESHOLDS
from app.safety.rules.vitals import bp_high

ALWAYS_RED = frozenset({"chest_pain", "breathing", "fainting", "seizure"})
RED_WITH_PRESSURE = frozenset({"confusion", "blurred_vision", "headache"})


def sedation_deep(session: RuleEntry, _: RuleContext) -> Facts | None:
    """The clinic's record gives a deep sedation."""
    threshold, value = THRESHOLDS.sedation_deep.moaas_at_most, session.sedation_moaas
    return None if value is None or value > threshold else facts(value=value, threshold=threshold)


def red_flag_effect(session: RuleEntry, context: RuleContext) -> Facts | None:
    """An effect that can need quick help, alone or severe beside a raised blood pressure."""
    pressure = session.has_effect("raised_bp") or bp_high(session, context) is not None
    red = [effect for effect in session.effects if _is_red(effect, pressure=pressure)]
    if not red:
        return None
    return facts(severity=max(effect.severity for effect in red), effects=len(red))


def urinary(session: RuleEntry, context: RuleContext) -> Facts | None:
    """Urinary effects in two sessions that lie close together.

    `count` sessions, this one included; `days` to the nearest of the others.
    """
    if not _is_urinary(session):
        return None
    days = THRESHOLDS.urinary.days
    near = context.others_by_day(session, _is_urinary, days, days)
    if not near:
        return None
    nearest = min(abs((day - session.local_date).days) for day in near)
    return facts(count=sum(near.values()) + 1, days=nearest)


def unsupervised_session(session: RuleEntry, _: RuleContext) -> Facts | None:
    """Something was given and nobody supervised it."""
    return () if session.dosed and session.supervision == "none" else None


def _is_urinary(session: RuleEntry) -> bool:
    return session.has_effect("urinary")


def _is_red(effect: Effect, *, pressure: bool) -> bool:
    severe = effect.severity >= THRESHOLDS.red_flag_effect.severe
    return effect.code in ALWAYS_RED or (pressure and severe and effect.code in RED_WITH_PRESSURE)

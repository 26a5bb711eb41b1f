"""The rule on flashbacks in which contact with the surroundings was lost."""

from app.safety.rules.context import RuleContext
from app.safety.rules.entries import RuleEntry
from app.safety.rules.signals import Facts, facts
from app.safety.rules.thresholds import THRESHOLDS


def presence_lost(flashback: RuleEntry, context: RuleContext) -> Facts | None:
    """Contact was lost in this flashback, and on enough dates of the days that end with its."""
    numbers = THRESHOLDS.presence_lost
    if not _is_lost(flashback):
        return None
    others = context.others_by_day(flashback, _is_lost, numbers.days - 1, 0)
    dates = {*others, flashback.local_date}
    if len(dates) < numbers.dates:
        return None
    return facts(dates=len(dates), threshold=numbers.dates)


def _is_lost(flashback: RuleEntry) -> bool:
    return flashback.presence == THRESHOLDS.presence_lost.presence

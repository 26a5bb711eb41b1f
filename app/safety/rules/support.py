"""Rules for which people who listen are the answer."""

from app.safety.rules.context import RuleContext
from app.safety.rules.entries import RuleEntry
from app.safety.rules.signals import Facts, facts
from app.safety.rules.thresholds import THRESHOLDS


def self_harm_item(entry: RuleEntry, _: RuleContext) -> Facts | None:
    """Item 9 of a phq-9 was answered with 1 or more, whatever the total or the gaps."""
    numbers = THRESHOLDS.self_harm_item
    if entry.instrument != "phq-9":
        return None
    value = next((each.value for each in entry.answers if each.item == numbers.item), None)
    if value is None or value < numbers.least_answer:
        return None
    return facts(item=numbers.item, value=value, threshold=numbers.least_answer)


def asked_for_help(entry: RuleEntry, _: RuleContext) -> Facts | None:
    """The patient pressed "I need help now"."""
    return () if entry.help_wanted else None

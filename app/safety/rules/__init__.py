"""The safety rules: deterministic, versioned, pure. Structured fields only, never a text."""

from app.safety.rules.catalogue import PLACES, RULES
from app.safety.rules.context import RuleContext
from app.safety.rules.evaluation import (
    NOTHING_HOLDS,
    Changes,
    Evaluation,
    evaluate,
    reconcile,
)
from app.safety.rules.needs import ContextNeed, DayWindow, combined, context_needed
from app.safety.rules.review import Looked, review
from app.safety.rules.rule import Rule
from app.safety.rules.signals import RaisedSignal, SignalFact, StoredSignal
from app.safety.rules.write import Write

__all__ = [
    "NOTHING_HOLDS",
    "PLACES",
    "RULES",
    "Changes",
    "ContextNeed",
    "DayWindow",
    "Evaluation",
    "Looked",
    "RaisedSignal",
    "Rule",
    "RuleContext",
    "SignalFact",
    "StoredSignal",
    "Write",
    "combined",
    "context_needed",
    "evaluate",
    "reconcile",
    "review",
]

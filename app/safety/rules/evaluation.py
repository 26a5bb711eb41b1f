"""Evaluating the rules on one entry, and comparing the outcome with the signals it has."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.journal.kinds import Payload
from app.safety.rules.catalogue import BOTH_SIDES, LOOKS_BESIDE, RULES
from app.safety.rules.context import RuleContext
from app.safety.rules.entries import RuleEntry, rule_entry
from app.safety.rules.messages import message, message_key
from app.safety.rules.rule import Rule
from app.safety.rules.signals import Facts, RaisedSignal, StoredSignal, late_hours


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What holds for an entry, and the codes of the rules that could not tell."""

    signals: tuple[RaisedSignal, ...] = ()
    failed: frozenset[str] = frozenset()

    @property
    def unavailable(self) -> bool:
        """Whether a rule failed, so that even less than usual follows from its silence."""
        return bool(self.failed)


NOTHING_HOLDS = Evaluation()
"""The evaluation of most entries, and of every deleted one."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What to do with an entry's signals; `superseded` already have that status."""

    new: tuple[RaisedSignal, ...]
    superseded: tuple[StoredSignal, ...]
    kept: tuple[StoredSignal, ...]


def evaluate(
    payload: Payload, context: RuleContext, now: datetime, rules: Sequence[Rule] = RULES
) -> Evaluation:
    """All rules on one opened payload, saved at `now` (aware). Never raises."""
    try:
        entry = rule_entry(payload)
    except Exception:  # a signal never blocks a save
        return Evaluation(failed=frozenset(rule.code for rule in rules))
    signals, failed = [], set()
    for rule in rules:
        if entry.kind not in rule.kinds:
            continue
        try:
            found = rule.condition(entry, context)
            if found is not None:
                signals.append(_raised(rule, entry, found, now))
        except Exception:  # nor does one rule silence the others
            failed.add(rule.code)
    return Evaluation(tuple(signals), frozenset(failed)) if signals or failed else NOTHING_HOLDS


def reconcile(
    existing: Sequence[StoredSignal], evaluation: Evaluation, *, beside: bool = False
) -> Changes:
    """What an entry's stored signals become after it was evaluated again.

    A live signal with the same code and facts is kept as the patient left it, one that no longer
    holds is superseded, and where a rule failed everything stays. `beside` tells that not this
    entry was written but another that it is judged with: only rules that look at others count
    then, and one about both raises nothing here and keeps what it raised while it holds at all.
    """
    found = {_key(signal, beside=beside): signal for signal in evaluation.signals}
    kept, superseded = [], []
    for signal in existing:
        if not signal.live:
            continue
        key = _key(signal, beside=beside)
        untouched = signal.code in evaluation.failed or (beside and signal.code not in LOOKS_BESIDE)
        if untouched or key in found:
            found.pop(key, None)
            kept.append(signal)
        else:
            superseded.append(signal.superseded())
    quiet = BOTH_SIDES if beside else frozenset()
    new = tuple(signal for signal in found.values() if signal.code not in quiet)
    return Changes(new, tuple(superseded), tuple(kept))


def _key(signal: RaisedSignal | StoredSignal, *, beside: bool) -> tuple[str, Facts]:
    by_code_alone = beside and signal.code in BOTH_SIDES
    return signal.code, () if by_code_alone else signal.facts


def _raised(rule: Rule, entry: RuleEntry, found: Facts, now: datetime) -> RaisedSignal:
    return RaisedSignal(
        code=rule.code,
        level=rule.level,
        entry_id=UUID(entry.id),
        rule_version=rule.version,
        facts=found,
        late_hours=late_hours(entry.instant, now),
        message_key=message_key(rule.code),
        message=message(rule.code),
    )

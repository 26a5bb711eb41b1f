"""The review of a write: what was written, and what stands beside it, evaluated again."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from app.journal.kinds import Payload
from app.safety.rules.beside import Beside
from app.safety.rules.catalogue import RULES
from app.safety.rules.context import RuleContext
from app.safety.rules.evaluation import NOTHING_HOLDS, Evaluation, evaluate
from app.safety.rules.rule import Rule
from app.safety.rules.write import Write


class Looked(NamedTuple):
    """An evaluated entry; `beside` when not it was written but one that it is judged with."""

    evaluation: Evaluation
    beside: bool


def review(
    writes: Sequence[Write],
    others: Iterable[Payload],
    now: datetime,
    rules: Sequence[Rule] = RULES,
) -> dict[str, Looked]:
    """Every entry whose signals may have changed, by id; the written ones first. Never raises.

    `others` are the loaded live entries; those that were written may be among them in an older
    state. Where it cannot be told what stands beside a write, its evaluation is unavailable.
    """
    payloads = _as_written(writes, others)
    context = RuleContext(payloads.values())
    looked: dict[str, Looked] = {}
    for write in writes:
        evaluation = NOTHING_HOLDS
        if write.after is not None:
            evaluation = evaluate(write.after, context, now, rules)
        looked[write.entry_id] = Looked(evaluation, beside=False)
    beside, untold = _beside(writes, context)
    for entry_id in untold:
        found = looked[entry_id].evaluation
        looked[entry_id] = Looked(replace(found, failed=found.failed | {"beside"}), beside=False)
    looking_beside = [rule for rule in rules if rule.looks_beside]
    for entry_id in sorted(beside - looked.keys()):
        evaluation = evaluate(payloads[entry_id], context, now, looking_beside)
        looked[entry_id] = Looked(evaluation, beside=True)
    return looked


def _as_written(writes: Sequence[Write], others: Iterable[Payload]) -> dict[str, Payload]:
    """The live entries after the writes, by id."""
    payloads = {payload["id"]: payload for payload in others}
    for write in writes:
        payloads.pop(write.entry_id, None)
        if write.after is not None:
            payloads[write.entry_id] = write.after
    return payloads


def _beside(writes: Sequence[Write], context: RuleContext) -> tuple[set[str], set[str]]:
    """Ids of the entries whose signals look at what was written; and of writes that hide theirs."""
    beside, found, untold = Beside(), set[str](), set[str]()
    for write in writes:
        try:
            beside.add(write)
        except Exception:  # a signal never blocks a save
            untold.add(write.entry_id)
    for kind, written in sorted(beside.writes.items()):
        try:
            found.update(beside.of_kind(kind, context))
        except Exception:  # nor does a broken neighbour
            untold |= written
    return found, untold

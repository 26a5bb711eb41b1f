"""The review of a write: what was written, and what stands beside it, evaluated again."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import chain
from typing import NamedTuple

from app.journal.kinds import Payload
from app.journal.kinds.instants import written_date
from app.safety.rules.catalogue import RULES
from app.safety.rules.context import RuleContext
from app.safety.rules.evaluation import NOTHING_HOLDS, Evaluation, evaluate
from app.safety.rules.needs import dose_moved, names_urinary
from app.safety.rules.rule import Rule
from app.safety.rules.thresholds import THRESHOLDS

LOOKING = {
    "dissociation": ("dissociation",),
    "flashback": ("flashback",),
    "session": ("dissociation", "session"),
}
"""The kinds whose signals may look at an entry of a kind."""


class Write(NamedTuple):
    """One entry that was written: `before` is None when it is new, `after` when it is deleted.

    `returned` tells of a new one that it was there before and was lost.
    """

    entry_id: str
    before: Payload | None
    after: Payload | None
    returned: bool = False


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
    beside: set[str] = set()
    for write in writes:
        evaluation = NOTHING_HOLDS
        if write.after is not None:
            evaluation = evaluate(write.after, context, now, rules)
        try:
            beside.update(_beside(write, context))
        except Exception:  # a signal never blocks a save
            evaluation = replace(evaluation, failed=evaluation.failed | {"beside"})
        looked[write.entry_id] = Looked(evaluation, beside=False)
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


def _beside(write: Write, context: RuleContext) -> Iterator[str]:
    """Ids of the entries whose signals look at the one that was written."""
    states = [state for state in (write.before, write.after) if state is not None]
    kinds = {kind for state in states for kind in LOOKING.get(state["kind"], ())}
    if not kinds:
        return
    for payload in chain.from_iterable(map(context.payloads_of, sorted(kinds))):
        if any(_looks_at(payload, state) for state in states) or _is_of_moved(payload, write):
            yield payload["id"]


def _looks_at(payload: Payload, state: Payload) -> bool:
    if payload["kind"] != state["kind"]:
        return False
    if state["kind"] == "dissociation":
        session_id = state.get("session_id")
        return session_id is not None and payload.get("session_id") == session_id
    if state["kind"] == "flashback":
        numbers = THRESHOLDS.presence_lost
        both = payload.get("presence") == state.get("presence") == numbers.presence
        return both and 0 <= _days_after(payload, state) < numbers.days
    if state["kind"] == "session":
        both = names_urinary(payload) and names_urinary(state)
        return both and abs(_days_after(payload, state)) <= THRESHOLDS.urinary.days
    return False


def _days_after(payload: Payload, state: Payload) -> int:
    return (written_date(payload["occurred_at"]) - written_date(state["occurred_at"])).days


def _is_of_moved(payload: Payload, write: Write) -> bool:
    """Whether it is an entry of a session that returned, or whose dose was moved in any way."""
    if payload["kind"] != "dissociation" or payload.get("session_id") != write.entry_id:
        return False
    return dose_moved(write.after, write.before, returned=write.returned)

"""Nothing that goes wrong inside a rule reaches a save, and the order of entries says nothing."""

import random
from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from app.safety.rules import (
    RULES,
    Rule,
    RuleContext,
    StoredSignal,
    Write,
    evaluate,
    reconcile,
    review,
)
from app.safety.rules.entries import RuleEntry
from app.safety.rules.signals import Facts
from app.safety.rules.thresholds import RuleNumbers
from tests.safety.journals import (
    NOW,
    Members,
    dissociation,
    entry,
    flashback,
    phq9,
    session,
    signal_ids,
    the_session,
    urinary_session,
)

CODES = [rule.code for rule in RULES]
KINDS = frozenset({"mood", "anxiety", "flashback", "dissociation", "session", "assessment"})
NUMBERS = RuleNumbers(version=1, awaits_sign_off=())

mistakes = st.sampled_from([KeyError, ValueError, TypeError, ZeroDivisionError, RecursionError])
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


def broken(rule: Rule, mistake: type[Exception]) -> Rule:
    """The rule with a condition that fails."""

    def fails(_: RuleEntry, __: RuleContext) -> Facts | None:
        raise mistake

    return Rule(rule.code, rule.level, rule.kinds, NUMBERS, fails, rule.looks_beside)


def rich_session() -> Members:
    """A session for which many rules speak."""
    return session(
        supervision="none",
        source="clinic",
        sedation_moaas=1,
        vitals=[{"phase": "pre", "systolic": 150}, {"phase": "peak", "systolic": 200, "spo2": 80}],
        adverse_effects=[{"code": "seizure", "severity": 1}, {"code": "urinary", "severity": 1}],
    )


@given(st.sets(st.sampled_from(CODES)), mistakes)
def test_a_rule_that_fails_silences_no_other(bad: set[str], mistake: type[Exception]) -> None:
    rules = [broken(rule, mistake) if rule.code in bad else rule for rule in RULES]
    context = RuleContext([urinary_session(10)])
    body = rich_session()
    whole = evaluate(body, context, NOW)
    assert len(whole.signals) == 7
    part = evaluate(body, context, NOW, rules)
    failed = {rule.code for rule in RULES if rule.code in bad and "session" in rule.kinds}
    assert part.failed == failed
    assert part.unavailable is bool(failed)
    assert part.signals == tuple(each for each in whole.signals if each.code not in bad)


@given(st.sets(st.sampled_from(CODES)), mistakes)
def test_where_a_rule_fails_its_signals_stay_as_they_were(
    bad: set[str], mistake: type[Exception]
) -> None:
    context, ids = RuleContext([urinary_session(10)]), signal_ids()
    raised = evaluate(rich_session(), context, NOW).signals
    stored = [each.stored(next(ids), NOW) for each in raised]
    rules = [broken(rule, mistake) if rule.code in bad else rule for rule in RULES]
    changes = reconcile(stored, evaluate(session(), context, NOW, rules))
    assert {each.code for each in changes.kept} == bad & {each.code for each in stored}
    assert not changes.new


@settings(max_examples=300)
@given(st.sampled_from(sorted(KINDS)), st.dictionaries(st.text(max_size=12), json_values))
def test_a_payload_of_any_shape_blocks_nothing(kind: str, members: Members) -> None:
    for odd in ({"kind": kind}, {**phq9(1), **members, "kind": kind, "id": "odd"}):
        found = evaluate(odd, RuleContext([odd]), NOW)
        assert isinstance(found.unavailable, bool)


BREAKING = st.sampled_from(
    ["session_id", "occurred_at", "presence", "adverse_effects", "status", "intensity", "id"]
)


@given(BREAKING, json_values, BREAKING, json_values)
def test_a_broken_neighbour_blocks_nothing(
    name: str, value: object, other_name: str, other: object
) -> None:
    entries = [the_session(), dissociation(300, 8), flashback(16), urinary_session(3)]
    odd = [
        {**each, name: value, other_name: other, "id": f"odd-{n}"} for n, each in enumerate(entries)
    ]
    for body in (*entries, dissociation(301, 9), urinary_session(9)):
        before = {**body, "status": "planned"}
        looked = review([Write(body["id"], before, body)], [*entries, *odd], NOW)
        assert not looked[body["id"]].beside


def test_a_broken_session_makes_only_the_rules_that_need_it_unavailable() -> None:
    body = dissociation(300, 9, help_wanted=True)
    odd = {"kind": "session", "id": body["session_id"]}
    found = evaluate(body, RuleContext([odd]), NOW)
    assert found.failed == {"dissociation_persistent", "dissociation_distress"}
    assert [each.code for each in found.signals] == ["asked_for_help"]
    assert not evaluate(flashback(16), RuleContext([odd]), NOW).unavailable


def test_beside_a_closed_entry_nothing_is_said_of_persistence_whatever_became_of_the_session() -> (
    None
):
    body = dissociation(300, 9)
    closed = {"kind": "dissociation", "id": "odd"}
    for sessions in ([], [the_session(status="cancelled")], [the_session()]):
        found = evaluate(body, RuleContext([closed, *sessions]), NOW)
        assert found.failed == {"dissociation_persistent"}


def test_a_broken_session_silences_no_entry_of_another() -> None:
    odd = {"kind": "session", "id": "odd"}
    body = dissociation(300, 9, distress=9)
    found = evaluate(body, RuleContext([odd, the_session()]), NOW)
    assert not found.unavailable
    assert {each.code for each in found.signals} == {
        "dissociation_persistent",
        "dissociation_distress",
    }


JOURNAL = [
    the_session(adverse_effects=[{"code": "urinary", "severity": 2}]),
    dissociation(-30, 2),
    dissociation(0, 3),
    dissociation(250, 8),
    dissociation(400, 7, distress=9),
    urinary_session(4),
    urinary_session(30),
    flashback(10),
    flashback(13),
    flashback(16),
    flashback(16, hour=5),
    phq9(2),
    entry("mood", NOW, score=1, help_wanted=True),
]


def facts_of(payloads: Sequence[Members]) -> dict[str, object]:
    """What holds for each entry among all of them."""
    context = RuleContext(payloads)
    return {each["id"]: evaluate(each, context, NOW).signals for each in payloads}


@given(st.randoms(use_true_random=False))
def test_the_order_of_the_entries_says_nothing(chance: random.Random) -> None:
    shuffled = list(JOURNAL)
    chance.shuffle(shuffled)
    assert facts_of(shuffled) == facts_of(JOURNAL)


@given(st.randoms(use_true_random=False))
def test_whatever_order_entries_are_saved_in_the_same_signals_are_open_in_the_end(
    chance: random.Random,
) -> None:
    shuffled = [each for each in JOURNAL if each["kind"] != "session"]
    chance.shuffle(shuffled)
    assert open_after([JOURNAL[0], *shuffled]) == open_after(
        [JOURNAL[0], *(each for each in JOURNAL if each["kind"] != "session")]
    )


def open_after(saves: Sequence[Members]) -> set[tuple[str, str, Facts]]:
    """Entry, code and facts of what is open when all were saved one after the other."""
    journal: list[Members] = []
    stored: dict[str, list[StoredSignal]] = {}
    ids = signal_ids()
    for body in saves:
        for entry_id, looked in review([Write(body["id"], None, body)], journal, NOW).items():
            existing = stored.get(entry_id, [])
            changes = reconcile(existing, looked.evaluation, beside=looked.beside)
            new = [each.stored(next(ids), NOW) for each in changes.new]
            stored[entry_id] = [*changes.kept, *new]
        journal.append(body)
    return {
        (entry_id, signal.code, signal.facts)
        for entry_id, signals in stored.items()
        for signal in signals
    }

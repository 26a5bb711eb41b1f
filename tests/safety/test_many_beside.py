"""Reviews among many entries: they say what each of these says, and cost little."""

import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from types import FrameType
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from app.journal.kinds import Payload
from app.safety.rules import Write, review
from app.safety.rules.context import RuleContext
from app.safety.rules.course import Course
from app.safety.rules.entries import RuleEntry
from tests.safety.journals import (
    DOSE,
    SESSION_ID,
    dissociation,
    flashback,
    session,
    the_session,
)

DOSE_AT = datetime(2026, 5, 1, 12, tzinfo=UTC)
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
MANY = 200
LEVELS = st.one_of(st.none(), st.integers(0, 3))
ENTRIES = st.lists(st.tuples(st.integers(-3, 3), LEVELS), max_size=6)
DAYS = st.lists(st.tuples(st.integers(0, 9), st.booleans()), min_size=1, max_size=12)


def of_session(number: int, minutes: int, intensity: float | None) -> RuleEntry:
    return RuleEntry(
        id=str(UUID(int=number)),
        kind="dissociation",
        instant=DOSE_AT + timedelta(minutes=minutes),
        session_id=SESSION_ID,
        intensity=intensity,
    )


@given(ENTRIES)
def test_a_course_says_of_each_entry_what_all_the_others_say(
    drawn: list[tuple[int, float | None]],
) -> None:
    entries = [of_session(n, *each) for n, each in enumerate(drawn)]
    course = Course(entries)
    for entry in [*entries, of_session(99, 0, 1)]:
        others = [each for each in entries if each.id != entry.id]
        assert course.is_latest(entry) == all(x.instant <= entry.instant for x in others)
        known = [(x.instant, -x.intensity) for x in others if x.intensity is not None]
        before = [each for each in known if each[0] <= DOSE_AT]
        assert course.level_up_to(DOSE_AT, entry) == (-max(before)[1] if before else 0)


def holds(entry: RuleEntry) -> bool:
    return bool(entry.presence)


@given(DAYS, st.integers(0, 3), st.integers(0, 3))
def test_others_are_counted_on_the_dates_on_which_they_hold(
    drawn: list[tuple[int, bool]], before: int, after: int
) -> None:
    payloads = [flashback(1 + day, 3 if lost else 0) for day, lost in drawn]
    context = RuleContext(payloads)
    for entry in context.of_kind("flashback"):
        near = [
            each.local_date
            for each in context.of_kind("flashback")
            if each.id != entry.id and each.presence
            if -before <= (each.local_date - entry.local_date).days <= after
        ]
        counted = context.others_by_day(entry, holds, before, after)
        assert counted == {day: near.count(day) for day in near}


def calls_of(work: Callable[[], object]) -> int:
    """How many calls of Python functions some work makes."""
    made = 0

    def count(_: FrameType, event: str, __: object) -> None:
        nonlocal made
        made += event == "call"

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(before)
    return made


def cost(
    make: Callable[[int], Sequence[Payload]], number: int, written: int = 1, *, closed: bool = False
) -> int:
    entries = make(number + written)
    writes = [Write(each["id"], None, each) for each in entries[:written]]
    others = [the_session(), *entries[written:]]
    if closed:
        others.append({"id": str(UUID(int=1)), "kind": entries[0]["kind"]})
    return calls_of(lambda: review(writes, others, NOW))


def at_one_instant(number: int) -> list[Payload]:
    return [dissociation(300, 9) for _ in range(number)]


def one_after_the_other(number: int) -> list[Payload]:
    return [dissociation(300 + each, 9) for each in range(number)]


def on_one_date(number: int) -> list[Payload]:
    return [flashback(16) for _ in range(number)]


def with_urinary_effects(number: int) -> list[Payload]:
    effect = {"code": "urinary", "severity": 1}
    return [session(DOSE + timedelta(minutes=n), adverse_effects=[effect]) for n in range(number)]


def test_what_stands_beside_costs_each_of_them_once() -> None:
    """Else whoever keeps many entries of one day holds up everybody who saves."""
    for make in (at_one_instant, one_after_the_other, on_one_date, with_urinary_effects):
        assert cost(make, 4 * MANY) < 5 * cost(make, MANY)
        assert cost(make, MANY, 4 * MANY) < 5 * cost(make, MANY, MANY)
        assert cost(make, 4 * MANY, closed=True) < 5 * cost(make, MANY, closed=True)

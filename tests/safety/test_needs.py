"""What a review asks to be loaded: enough, and no more than one query's worth."""

from datetime import UTC, date, datetime

from app.journal.kinds import KINDS
from app.safety.rules import ContextNeed, DayWindow, combined, context_needed
from tests.safety.journals import (
    SESSION_ID,
    dissociation,
    entry,
    flashback,
    phq9,
    saved,
    session,
    the_session,
    urinary_session,
)


def test_most_writes_need_nothing() -> None:
    spontaneous = entry(
        "dissociation", datetime(2026, 5, 20, tzinfo=UTC), spontaneous=True, intensity=4
    )
    planned = session(status="planned", occurred_at="2026-06-20T08:00:00+00:00")
    for body in (phq9(1), planned, flashback(16, 2), spontaneous):
        assert not context_needed(body)
    for body in (phq9(1), session(), flashback(16, 2), spontaneous):
        assert not context_needed(body, body)
    for body in (phq9(1), flashback(16, 2), spontaneous):
        assert not context_needed(None, body)
    assert not context_needed({**planned, "occurred_at": "2026-06-21T08:00:00+00:00"}, planned)
    assert not context_needed(session(), {**session(), "status": "in_progress"})


def test_every_kind_can_be_asked_for_its_need() -> None:
    for kind in KINDS.values():
        for example in kind.examples:
            need = context_needed(saved(example))
            assert bool(need) is bool(need.session_ids or need.windows)


def test_dissociation_needs_its_session_and_the_days_around() -> None:
    window = DayWindow("dissociation", date(2026, 5, 15), date(2026, 5, 25))
    need = context_needed(dissociation(30, 4))
    assert need == ContextNeed(frozenset({SESSION_ID}), (window,))


def test_a_flashback_needs_the_days_it_is_counted_with() -> None:
    window = DayWindow("flashback", date(2026, 5, 10), date(2026, 5, 22))
    assert context_needed(flashback(16)).windows == (window,)
    assert context_needed(flashback(16, 1), flashback(16)).windows == (window,)


def test_a_new_session_needs_the_days_whose_entries_may_name_it_already() -> None:
    window = DayWindow("dissociation", date(2026, 5, 18), date(2026, 5, 25))
    assert context_needed(session()) == ContextNeed(windows=(window,))


def test_a_urinary_session_needs_those_around_and_theirs() -> None:
    window = DayWindow("session", date(2026, 1, 20), date(2026, 9, 17))
    told = urinary_session(20)
    assert window in context_needed(told).windows
    assert context_needed(told, told).windows == (window,)


def test_a_moved_session_needs_the_entries_of_both_times() -> None:
    dose = the_session()
    far = {**dose, "occurred_at": "2026-03-01T08:00:00+00:00"}
    near = {**dose, "occurred_at": "2026-05-21T08:00:00+00:00"}
    windows = context_needed(far, dose).windows
    assert windows == (
        DayWindow("dissociation", date(2026, 2, 27), date(2026, 3, 6)),
        DayWindow("dissociation", date(2026, 5, 18), date(2026, 5, 25)),
    )
    assert len(context_needed(near, dose).windows) == 1
    assert len(context_needed(None, dose).windows) == 1


def test_the_needs_of_a_push_become_one() -> None:
    need = combined(context_needed(each) for each in [flashback(day) for day in range(1, 29)])
    assert need.windows == (DayWindow("flashback", date(2026, 4, 25), date(2026, 6, 3)),)
    mixed = combined([need, context_needed(dissociation(3, 3)), context_needed(dissociation(9, 3))])
    assert [window.kind for window in mixed.windows] == ["dissociation", "flashback"]
    assert mixed.session_ids == {SESSION_ID}
    assert not combined([])


def test_only_a_session_whose_dose_moved_asks_for_what_it_left_behind() -> None:
    dose = the_session()
    moved = {**dose, "occurred_at": "2026-03-01T08:00:00+00:00"}
    needs = [context_needed(moved, dose), context_needed(None, dose), context_needed(dose)]
    needs += [context_needed({**dose, "note": "a word"}, dose), context_needed(dissociation(30, 4))]
    held = {**dose, "status": "planned"}
    ready = {**dose, "discharge_ready_at": "2026-05-20T10:00:00+00:00"}
    needs += [context_needed(dose, held), context_needed(ready, dose)]
    known = {dose["id"]}
    assert [each.moved_ids for each in needs] == [known, known, *[set()] * 3, known, set()]
    assert combined(needs).moved_ids == {dose["id"]}


def test_a_session_that_comes_back_asks_for_what_it_left_behind_before_it_was_lost() -> None:
    dose, planned = the_session(), the_session(status="planned")
    assert context_needed(dose, returned=True).moved_ids == {dose["id"]}
    assert context_needed(planned, returned=True).moved_ids == {dose["id"]}
    assert context_needed(planned, returned=True).windows
    assert not context_needed(phq9(1), returned=True)

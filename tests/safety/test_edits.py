"""What an edit, a deletion or another entry does to signals that were raised before."""

from datetime import timedelta
from itertools import count
from uuid import UUID

import pytest

from app.safety.rules import RaisedSignal, StoredSignal, Write, context_needed, reconcile, review
from tests.safety.journals import (
    DOSE,
    NOW,
    Members,
    dissociation,
    flashback,
    phq9,
    session,
    the_session,
    urinary_session,
)


class SmallJournal:
    """Live entries and their signals, kept as the journal would keep them.

    Only what a write asks for is shown to the rules.
    """

    def __init__(self) -> None:
        self.entries: dict[str, Members] = {}
        self.signals: dict[str, list[StoredSignal]] = {}
        self._ids = count(1)

    def save(self, *bodies: Members) -> list[RaisedSignal]:
        """Save entries, each in a write of its own; what is new at the last one."""
        new: list[RaisedSignal] = []
        for body in bodies:
            new = self._write(Write(body["id"], self.entries.get(body["id"]), body))
        return new

    def delete(self, body: Members) -> None:
        """Leave a tombstone."""
        self._write(Write(body["id"], self.entries[body["id"]], None))

    def standing(self, body: Members) -> dict[str, str]:
        """Status of the signals of an entry that are not superseded, by code."""
        return {each.code: each.status for each in self.signals[body["id"]] if each.live}

    def answer(self, body: Members) -> None:
        """Dismiss every signal of an entry."""
        kept = self.signals[body["id"]]
        self.signals[body["id"]] = [each.answered("dismissed", NOW) for each in kept]

    def _write(self, write: Write) -> list[RaisedSignal]:
        need = context_needed(write.after, write.before)
        loaded = [
            each
            for each in self.entries.values()
            if each["id"] in need.session_ids
            or any(
                each["kind"] == kind and str(first) <= each["local_date"] <= str(last)
                for kind, first, last in need.windows
            )
        ]
        new: list[RaisedSignal] = []
        for entry_id, looked in review([write], loaded, NOW).items():
            existing = self.signals.get(entry_id, [])
            changes = reconcile(existing, looked.evaluation, beside=looked.beside)
            stored = [each.stored(UUID(int=next(self._ids)), NOW) for each in changes.new]
            gone = [each for each in existing if not each.live]
            self.signals[entry_id] = [*gone, *changes.superseded, *changes.kept, *stored]
            new = new or ([] if looked.beside else list(changes.new))
        self.entries.pop(write.entry_id, None)
        if write.after is not None:
            self.entries[write.entry_id] = dict(write.after)
        return new


def edited(body: Members, **members: object) -> Members:
    """The same entry with other members."""
    return {**body, **members}


def moved(body: Members, minutes: float) -> Members:
    """The same session with its dose at another time, counted from the usual one."""
    return edited(body, occurred_at=(DOSE + timedelta(minutes=minutes)).isoformat())


def test_an_edit_that_leaves_the_facts_raises_nothing_again() -> None:
    journal, body = SmallJournal(), phq9(2)
    assert [each.code for each in journal.save(body)] == ["self_harm_item"]
    journal.answer(body)
    assert journal.save(edited(body, note="another word")) == []
    assert journal.standing(body) == {"self_harm_item": "dismissed"}


def test_an_edit_to_other_facts_supersedes_and_raises_anew() -> None:
    journal, body = SmallJournal(), phq9(2)
    journal.save(body)
    journal.answer(body)
    worse = edited(phq9(3), id=body["id"])
    assert [each.code for each in journal.save(worse)] == ["self_harm_item"]
    assert sorted(each.status for each in journal.signals[body["id"]]) == ["open", "superseded"]
    old = next(each for each in journal.signals[body["id"]] if not each.live)
    assert old.dismissed_at == NOW


def test_what_no_longer_holds_is_superseded_and_may_be_raised_again_later() -> None:
    journal, body = SmallJournal(), phq9(2)
    journal.save(body, edited(phq9(0), id=body["id"]))
    assert journal.standing(body) == {}
    assert len(journal.save(body)) == 1
    assert journal.standing(body) == {"self_harm_item": "open"}


def test_a_deleted_entry_supersedes_its_signals() -> None:
    journal, body = SmallJournal(), session(supervision="none")
    journal.save(body)
    journal.delete(body)
    assert journal.standing(body) == {}
    assert [each.status for each in journal.signals[body["id"]]] == ["superseded"]


def test_a_later_entry_takes_the_word_and_its_deletion_gives_it_back() -> None:
    journal = SmallJournal()
    first, later = dissociation(250, 6), dissociation(400, 1)
    journal.save(the_session(), first)
    assert journal.standing(first) == {"dissociation_persistent": "open"}
    assert journal.save(later) == []
    assert journal.standing(first) == {}
    journal.delete(later)
    assert journal.standing(first) == {"dissociation_persistent": "open"}


def test_the_next_day_it_is_raised_again_and_stands_alone() -> None:
    journal = SmallJournal()
    first, next_day = dissociation(250, 6), dissociation(1440, 4)
    journal.save(the_session(), first)
    assert len(journal.save(next_day)) == 1
    assert journal.standing(first) == {}
    assert journal.standing(next_day) == {"dissociation_persistent": "open"}


def test_a_level_from_before_the_dose_that_is_entered_later_counts() -> None:
    journal, high = SmallJournal(), dissociation(300, 5)
    journal.save(the_session(), high)
    assert journal.standing(high) == {"dissociation_persistent": "open"}
    journal.save(dissociation(-10, 4))
    assert journal.standing(high) == {}


def test_a_corrected_dose_time_corrects_the_signals_of_its_entries() -> None:
    journal, dose = SmallJournal(), the_session()
    body = dissociation(200, 7)
    journal.save(dose, body)
    assert journal.standing(body) == {}
    assert journal.save(moved(dose, -60)) == []
    assert journal.standing(body) == {"dissociation_persistent": "open"}
    journal.answer(body)
    journal.save(moved(dose, -90))
    assert journal.standing(body) == {"dissociation_persistent": "open"}
    journal.save(moved(dose, -39))
    assert journal.standing(body) == {}


def test_a_session_that_comes_after_its_entries_is_judged_with_them() -> None:
    journal, body, early = SmallJournal(), dissociation(300, 7, distress=9), dissociation(-10, 1)
    journal.save(early, body)
    assert journal.standing(body) == {}
    assert journal.save(the_session()) == []
    codes = {"dissociation_persistent": "open", "dissociation_distress": "open"}
    assert (journal.standing(early), journal.standing(body)) == ({}, codes)
    journal.answer(body)
    journal.delete(the_session())
    assert journal.standing(body) == {}
    journal.save(the_session())
    assert journal.standing(body) == codes


@pytest.mark.parametrize("status", ["planned", "cancelled", "missed"])
def test_a_session_without_a_dose_looks_for_no_entries_when_it_comes(status: str) -> None:
    assert not context_needed(edited(the_session(), status=status))


def test_a_session_moved_far_away_still_reaches_the_entries_it_leaves() -> None:
    journal, dose = SmallJournal(), the_session()
    body = dissociation(300, 7)
    journal.save(dose, body)
    journal.save(moved(dose, 60 * 24 * 90))
    assert journal.standing(body) == {}


def test_a_session_without_a_dose_or_deleted_takes_the_signals_of_its_entries_along() -> None:
    for without in (lambda dose: edited(dose, status="missed"), lambda _: None):
        journal, dose = SmallJournal(), the_session()
        body = dissociation(300, 7, distress=9)
        journal.save(dose, body)
        assert len(journal.standing(body)) == 2
        after = without(dose)
        journal.delete(dose) if after is None else journal.save(after)
        assert journal.standing(body) == {}


def test_a_discharge_that_is_entered_later_counts() -> None:
    journal, dose = SmallJournal(), the_session()
    body = dissociation(90, 3, distress=9)
    journal.save(dose, body)
    assert journal.standing(body) == {}
    journal.save(edited(dose, discharge_ready_at=(DOSE + timedelta(minutes=80)).isoformat()))
    assert journal.standing(body) == {"dissociation_distress": "open"}


def test_an_edit_of_a_session_that_moves_nothing_asks_for_nothing() -> None:
    dose = the_session()
    assert not context_needed(edited(dose, note="quiet"), dose)


def test_a_flashback_entered_later_raises_the_signal_where_the_dates_end() -> None:
    journal = SmallJournal()
    last = flashback(16)
    journal.save(flashback(10), last)
    assert journal.standing(last) == {}
    between = flashback(13)
    assert journal.save(between) == []
    assert journal.standing(last) == {"presence_lost": "open"}
    journal.save(edited(between, presence=2))
    assert journal.standing(last) == {}


def test_urinary_effects_speak_once_for_a_pair_whichever_is_saved_last() -> None:
    for first, last in ((6, 20), (20, 6)):
        journal = SmallJournal()
        one, other = urinary_session(first), urinary_session(last)
        journal.save(one)
        assert [each.code for each in journal.save(other)] == ["urinary"]
        assert journal.standing(one) == {}
        journal.delete(one)
        assert journal.standing(other) == {}


def test_a_third_session_leaves_what_was_said_of_the_first_two() -> None:
    journal = SmallJournal()
    one, other, third = urinary_session(1), urinary_session(10), urinary_session(20)
    journal.save(one, other)
    journal.answer(other)
    journal.save(third)
    assert journal.standing(other) == {"urinary": "dismissed"}
    assert journal.standing(third) == {"urinary": "open"}
    journal.delete(one)
    assert journal.standing(other) == {"urinary": "dismissed"}


def test_a_write_beside_an_entry_touches_none_of_its_other_signals() -> None:
    journal, body = SmallJournal(), dissociation(300, 7, help_wanted=True)
    journal.save(the_session(), body)
    journal.answer(body)
    journal.save(dissociation(400, 0))
    assert journal.standing(body) == {"asked_for_help": "dismissed"}


def test_many_writes_at_once_see_one_another() -> None:
    dose, body = the_session(), dissociation(300, 7)
    looked = review([Write(each["id"], None, each) for each in (body, dose)], [], NOW)
    codes = [each.code for each in looked[body["id"]].evaluation.signals]
    assert codes == ["dissociation_persistent"]
    assert not any(each.beside for each in looked.values())

"""What leaves in a share: free texts only with notes, answers only with item answers."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from app.journal.kinds import KIND_NAMES, KINDS, payload, read_draft, shared_view
from app.journal.scope import Scope
from tests.journal.kinds.journal_vectors import Members, example

ACCOUNT = UUID("0197c0de-0bbb-7000-8000-000000000001")
ALL = Scope.of_patient(ACCOUNT)
NARROW = replace(ALL, notes=False, item_answers=False)
CANARY = "canary-5b1d"


def sealed(kind: str, **members: object) -> Members:
    draft = read_draft(example(kind, **members))
    opened: Members = json.loads(payload(draft.id, draft.content, datetime(2026, 6, 1, tzinfo=UTC)))
    return opened


def texts_of(kind: str) -> Members:
    """Every free text the kind takes, told by its schema: a string without format or codes."""
    members: Members = {"note": CANARY, "tags": [CANARY]}
    properties = KINDS[kind].content.model_json_schema()["properties"]
    for name, schema in properties.items():
        free = schema.get("type") == "string" and not schema.keys() & {"format", "const", "pattern"}
        if free and name != "time_zone":
            members[name] = CANARY
    return members


@pytest.mark.parametrize("kind", KINDS)
def test_no_free_text_leaves_without_notes(kind: str) -> None:
    opened = sealed(kind, **texts_of(kind))
    assert CANARY in json.dumps(shared_view(opened, ALL))
    assert CANARY not in json.dumps(shared_view(opened, NARROW))


@pytest.mark.parametrize("kind", KINDS)
def test_values_leave_and_the_patient_sees_everything(kind: str) -> None:
    opened = sealed(kind)
    assert shared_view(opened, ALL) == opened
    kept = shared_view(opened, NARROW)
    assert set(opened) - set(kept) <= {"tags", "answers"}
    assert all(opened[name] == kept[name] for name in kept if name != "result")


def test_without_item_answers_only_scores_leave() -> None:
    opened = sealed("assessment", note="n")
    kept = shared_view(opened, replace(ALL, item_answers=False))
    assert "answers" not in kept
    assert kept["note"] == "n"
    assert kept["result"] == {
        name: value for name, value in opened["result"].items() if name != "item_9"
    }
    assert "item_9" in opened["result"]
    assert shared_view(opened, replace(ALL, notes=False)) == {
        name: value for name, value in opened.items() if name != "note"
    }


def test_the_view_leaves_the_payload_untouched() -> None:
    opened = sealed("assessment", note="n")
    before = json.dumps(opened)
    shared_view(opened, NARROW)
    assert json.dumps(opened) == before


def test_a_patient_may_see_every_kind_on_every_day() -> None:
    assert ALL.kinds == KIND_NAMES == set(KINDS)
    assert all(ALL.holds(kind, day) for kind in KINDS for day in (date.min, date.max))


def test_a_scope_holds_its_kinds_from_its_first_to_its_last_day() -> None:
    narrow = replace(ALL, kinds=frozenset({"mood"}), first=date(2026, 5, 1), last=date(2026, 5, 3))
    days = {day: narrow.holds("mood", date(2026, 5, day)) for day in (1, 2, 3, 4)}
    assert days == {1: True, 2: True, 3: True, 4: False}
    assert not narrow.holds("mood", date(2026, 4, 30))
    assert not narrow.holds("anxiety", date(2026, 5, 2))

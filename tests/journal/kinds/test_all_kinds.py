"""What holds for every kind: its module is joined everywhere, its examples go all the way."""

import json
import pkgutil
from datetime import UTC, datetime
from importlib import import_module
from typing import get_args

import pytest
from pydantic import RootModel

import app.journal.kinds
from app.journal.kinds import (
    KINDS,
    Entry,
    EntryDraft,
    EntryPatch,
    EntryReplacement,
    Kind,
    client_members,
    current,
    headline,
    payload,
    read_content,
    read_draft,
)
from tests.journal.kinds.journal_vectors import FIRST_EXAMPLES, Members, faults_of

EXAMPLES = [example for kind in KINDS.values() for example in kind.examples]
CREATED = datetime(2026, 3, 21, 9, 30, tzinfo=UTC)


def modules_of_kinds() -> dict[str, Kind]:
    """Every record of a kind that a module of the package makes."""
    found = {}
    for info in pkgutil.iter_modules(app.journal.kinds.__path__):
        module = import_module(f"app.journal.kinds.{info.name}")
        for value in vars(module).values():
            if isinstance(value, Kind):
                found[value.name] = value
    return found


def names_in(union: type[RootModel[object]]) -> list[str]:
    annotation = union.model_fields["root"].annotation
    return [model.__name__ for model in get_args(annotation)]


def test_every_module_of_a_kind_is_registered() -> None:
    assert modules_of_kinds() == KINDS


@pytest.mark.parametrize(
    ("union", "suffix"),
    [
        (EntryDraft, "Draft"),
        (EntryReplacement, "Replacement"),
        (EntryPatch, "Patch"),
        (Entry, ""),
    ],
)
def test_every_kind_stands_in_every_union(union: type[RootModel[object]], suffix: str) -> None:
    assert names_in(union) == [name.capitalize() + suffix for name in KINDS]


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_has_three_different_examples(name: str) -> None:
    examples = KINDS[name].examples
    assert len({json.dumps(example) for example in examples}) == 3
    assert {example["kind"] for example in examples} == {name}


def test_no_two_examples_share_an_id() -> None:
    assert len({example["id"] for example in EXAMPLES}) == len(EXAMPLES)


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_may_be_saved(example: Members) -> None:
    assert faults_of(example) == set()


@pytest.mark.parametrize("example", EXAMPLES)
def test_what_was_sealed_gives_back_what_was_sent(example: Members) -> None:
    draft = read_draft(example)
    opened = json.loads(payload(draft.id, draft.content, CREATED))
    assert client_members(opened) == draft.content.members()
    assert opened | example == opened
    assert opened["id"] == example["id"]
    assert opened["local_date"] == example["occurred_at"][:10]
    assert read_content(example["kind"], client_members(opened)) == draft.content


@pytest.mark.parametrize("example", EXAMPLES)
def test_a_completed_payload_is_the_entry_that_is_read(example: Members) -> None:
    draft = read_draft(example)
    text = payload(draft.id, draft.content, CREATED)
    read = (
        text[:-1] + b',"revision":418,"created_at":"2026-03-21T09:30:00.000Z"'
        b',"updated_at":"2026-03-21T09:30:00.000Z"}'
    )
    entry = Entry.model_validate_json(read).root
    assert entry.model_dump(exclude_none=True) == json.loads(read)


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_headline_agrees_with_the_entry(example: Members) -> None:
    draft = read_draft(example)
    told = headline(json.loads(payload(draft.id, draft.content, CREATED)), 7)
    assert (told.id, told.revision, told.kind) == (example["id"], 7, example["kind"])
    assert told.instant == datetime.fromisoformat(example["occurred_at"])
    assert told.instant.tzinfo is UTC
    assert told.occurred_at == example["occurred_at"]
    assert told.local_date == draft.content.local_date
    assert told.has_note == ("note" in example)
    for name in set(told.__struct_fields__) & {"score", "level", "intensity", "report"}:
        assert getattr(told, name) == example[name]
    assert hash(told) is not None


@pytest.mark.parametrize(
    ("created", "retrospective"),
    [("2026-03-15T12:10:00Z", False), ("2026-03-15T12:10:00.000001Z", True)],
)
def test_an_entry_is_retrospective_after_more_than_24_hours(
    created: str, *, retrospective: bool
) -> None:
    draft = read_draft(FIRST_EXAMPLES["mood"])
    opened = json.loads(payload(draft.id, draft.content, datetime.fromisoformat(created)))
    assert opened["retrospective"] is retrospective


@pytest.mark.parametrize("name", KINDS)
def test_a_payload_of_today_needs_no_step(name: str) -> None:
    opened = {"kind": name, "anything": [1]}
    assert current(opened, KINDS[name].content_version) == opened


def test_an_old_payload_takes_every_step_it_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    older = Kind(
        name="mood",
        content=KINDS["mood"].content,
        headline=KINDS["mood"].headline,
        examples=(),
        steps=(lambda p: p | {"first": 1}, lambda p: p | {"second": p.get("first", 0) + 1}),
    )
    monkeypatch.setitem(KINDS, "mood", older)
    assert older.content_version == 3
    assert current({"kind": "mood"}, 1) == {"kind": "mood", "first": 1, "second": 2}
    assert current({"kind": "mood"}, 2) == {"kind": "mood", "second": 1}
    assert current({"kind": "mood"}, 3) == {"kind": "mood"}


def test_contents_cannot_be_changed_in_place() -> None:
    content = read_draft(FIRST_EXAMPLES["mood"]).content
    with pytest.raises(ValueError, match="frozen"):
        content.note = "other"  # type: ignore[misc]  # the point of the test

"""Whatever the journal holds, the Bundle is sound; whatever the scope hides, it stays out."""

import json
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.journal.kinds import KINDS, shared_view
from tests.sharing.bundles import bundle_of
from tests.sharing.journals import OTHER_SHARE, Entry
from tests.sharing.r4 import complaints, nodes, resources
from tests.sharing.strategies import journals, read_entry

SLOW_TO_DRAW = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


@dataclass(frozen=True)
class Hidden:
    """A reader without notes and answers."""

    notes: bool = False
    item_answers: bool = False


@SLOW_TO_DRAW
@given(entries=journals(), snomed=st.booleans())
def test_any_journal_makes_a_sound_bundle(*, entries: list[Entry], snomed: bool) -> None:
    assert complaints(bundle_of(*entries, snomed=snomed)) == []


@SLOW_TO_DRAW
@given(journals())
def test_scope_hides_every_free_text_and_answer(entries: list[Entry]) -> None:
    shown = [shared_view(entry, Hidden()) for entry in entries]
    bundle = bundle_of(*shown)
    assert complaints(bundle) == []
    assert not [each for each in resources(bundle) if "note" in each]
    assert resources(bundle, "QuestionnaireResponse") == []
    assert not [1 for _, name, _ in nodes(bundle) if name == "linkId"]


@SLOW_TO_DRAW
@given(journals())
def test_order_of_the_entries_changes_nothing(entries: list[Entry]) -> None:
    assert bundle_of(*entries) == bundle_of(*reversed(entries))


@SLOW_TO_DRAW
@given(journals())
def test_nothing_links_two_links(entries: list[Entry]) -> None:
    urls = [entry["fullUrl"] for entry in bundle_of(*entries)["entry"]]
    other = json.dumps(bundle_of(*entries, namespace=OTHER_SHARE))
    assert not [url for url in urls if url in other]


@pytest.mark.parametrize("kind", KINDS)
def test_examples_of_every_kind_make_a_sound_bundle(kind: str) -> None:
    entries = [
        read_entry(
            kind, {name: value for name, value in example.items() if name != "id"}, example["id"]
        )
        for example in KINDS[kind].examples
    ]
    assert entries
    assert complaints(bundle_of(*entries)) == []

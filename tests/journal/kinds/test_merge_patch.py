"""Merge patches: absent keeps, null clears, the merged entry obeys every rule."""

import pytest

from app.journal.kinds import KINDS, EntryRefused, merge_patch, read_content, read_draft
from tests.journal.kinds.journal_vectors import Members, example

EXAMPLES = [told for kind in KINDS.values() for told in kind.examples]


def stored(kind: str, **members: object) -> Members:
    return read_draft(example(kind, **members)).content.members()


def patched(kind: str, before: Members, patch: object) -> Members:
    return merge_patch(kind, before, patch).members()


def refused(kind: str, before: Members, patch: object) -> set[tuple[str, str | None]]:
    with pytest.raises(EntryRefused) as refusal:
        merge_patch(kind, before, patch)
    return {(fault.code, fault.pointer) for fault in refusal.value.faults}


@pytest.mark.parametrize("told", EXAMPLES)
def test_nothing_changes_nothing(told: Members) -> None:
    before = read_draft(told).content.members()
    assert patched(told["kind"], before, {}) == before
    assert patched(told["kind"], before, {"kind": told["kind"]}) == before
    assert patched(told["kind"], before, before) == before


@pytest.mark.parametrize("told", EXAMPLES)
def test_a_new_entry_is_a_patch_of_nothing(told: Members) -> None:
    content = read_draft(told).content
    assert merge_patch(told["kind"], {}, content.members()) == content


@pytest.mark.parametrize("told", EXAMPLES)
def test_every_optional_member_can_be_cleared_and_no_required_one(told: Members) -> None:
    fields = KINDS[told["kind"]].content.model_fields
    before = read_draft(told).content.members()
    for name, field in fields.items():
        if field.is_required():
            assert refused(told["kind"], before, {name: None}) == {("not_clearable", f"/{name}")}
        else:
            after = patched(told["kind"], before, {name: None})
            assert after.get(name) == (field.default if field.default is not None else None)


def test_absent_keeps_and_a_value_replaces() -> None:
    before = stored("mood", energy=3, tags=["a", "b"], note="n")
    after = patched("mood", before, {"score": 2, "tags": ["c"]})
    assert after == before | {"score": 2, "tags": ["c"]}


def test_null_on_a_member_with_a_default_brings_the_default_back() -> None:
    assert patched("mood", stored("mood", scope="day"), {"scope": None})["scope"] == "moment"


def test_objects_merge_and_arrays_are_replaced() -> None:
    before = stored("dissociation")
    after = patched("dissociation", before, {"domains": {"time": None, "body": 4}})
    assert after["domains"] == {"self": 2, "perception": 2, "body": 4}
    after = patched("dissociation", before, {"scale": {"total": 12}})
    assert after["scale"] == {"name": "cadss-6", "total": 12}
    after = patched("assessment", stored("assessment"), {"answers": [{"item": 1, "value": 0}]})
    assert after["answers"] == [{"item": 1, "value": 0}]


def test_pointers_of_nested_faults_point_into_the_patch() -> None:
    before = stored("dissociation")
    assert refused("dissociation", before, {"scale": {"name": None}}) == {
        ("not_clearable", "/scale/name")
    }
    assert refused("dissociation", before, {"domains": {"mood": None}}) == {
        ("unknown_member", "/domains/mood")
    }
    assert refused("dissociation", before, {"domains": {"time": 5}}) == {
        ("out_of_range", "/domains/time")
    }
    empty = dict.fromkeys(before["domains"])
    assert refused("dissociation", before, {"domains": empty}) == {("too_few", "/domains")}
    assert refused("dissociation", stored("dissociation", scale=None), {"scale": {"total": 5}}) == {
        ("missing", "/scale/name")
    }


def test_null_inside_an_array_is_no_value() -> None:
    patch = {"answers": [{"item": 1, "value": None}]}
    assert refused("assessment", stored("assessment"), patch) == {
        ("wrong_type", "/answers/0/value")
    }


@pytest.mark.parametrize("name", ["colour", "id", "revision", "local_date", "result", "level"])
@pytest.mark.parametrize("value", [1, None])
def test_unknown_members_are_refused_also_with_null(name: str, value: object) -> None:
    assert refused("mood", stored("mood"), {name: value}) == {("unknown_member", f"/{name}")}


@pytest.mark.parametrize("kind", ["anxiety", "sleep", 5, True, ["mood"]])
def test_the_kind_is_fixed(kind: object) -> None:
    assert refused("mood", stored("mood"), {"kind": kind}) == {("kind_fixed", "/kind")}


def test_the_kind_cannot_be_cleared() -> None:
    assert refused("mood", stored("mood"), {"kind": None}) == {("not_clearable", "/kind")}


@pytest.mark.parametrize("patch", [None, [], "score", 3, True])
def test_a_patch_is_an_object(patch: object) -> None:
    assert refused("mood", stored("mood"), patch) == {("wrong_type", "")}


def test_all_faults_of_a_patch_are_told() -> None:
    patch = {"score": None, "energy": 0.3, "colour": None, "stress": "x", "kind": "anxiety"}
    assert refused("mood", stored("mood"), patch) == {
        ("not_clearable", "/score"),
        ("off_step", "/energy"),
        ("unknown_member", "/colour"),
        ("wrong_type", "/stress"),
        ("kind_fixed", "/kind"),
    }


def test_a_patch_leaves_what_was_stored_untouched() -> None:
    before = stored("dissociation")
    copy = {**before, "domains": dict(before["domains"])}
    merge_patch("dissociation", before, {"domains": {"time": None}, "intensity": 1})
    assert before == copy


def test_an_imported_entry_keeps_its_source() -> None:
    before = read_draft(example("mood", source="import"), imported=True).content.members()
    assert patched("mood", before, {"note": "mine"})["source"] == "import"
    assert patched("mood", before, {"source": "import"})["source"] == "import"
    assert patched("mood", before, {"source": "clinic"})["source"] == "clinic"
    assert refused("mood", stored("mood"), {"source": "import"}) == {("unknown_value", "/source")}


def test_a_replacement_clears_what_it_leaves_out() -> None:
    whole = {name: value for name, value in example("mood").items() if name != "id"}
    assert read_content("mood", whole).members() == stored("mood")


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"id": "0197c0de-0011-7000-8000-000000000011"}, ("unknown_member", "/id")),
        ({"kind": "anxiety"}, ("kind_fixed", "/kind")),
        ({"kind": "sleep"}, ("unknown_kind", "/kind")),
        ({"kind": 5}, ("wrong_type", "/kind")),
        ({"source": "import"}, ("unknown_value", "/source")),
        ({"revision": 3}, ("unknown_member", "/revision")),
    ],
)
def test_a_replacement_is_whole_content_without_id(change: Members, fault: tuple[str, str]) -> None:
    whole = {name: value for name, value in example("mood").items() if name != "id"} | change
    with pytest.raises(EntryRefused) as refusal:
        read_content("mood", whole)
    assert [(each.code, each.pointer) for each in refusal.value.faults] == [fault]
    missing = {name: value for name, value in whole.items() if name != "kind"}
    with pytest.raises(EntryRefused, match="missing"):
        read_content("mood", missing)

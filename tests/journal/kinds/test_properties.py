"""What holds for every entry that can be written down, not only for our examples."""

import json
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from app.faults import Fault
from app.journal.kinds import (
    KINDS,
    Entry,
    EntryDraft,
    EntryPatch,
    EntryRefused,
    client_members,
    headline,
    judge,
    merge_patch,
    payload,
    read_content,
    read_draft,
)
from app.journal.kinds.check_in import read_check_in
from tests.journal.kinds.from_schema import Values, members_of
from tests.journal.kinds.journal_vectors import context_of, example

NAMES = st.sampled_from(sorted(KINDS))
CREATED = datetime(2026, 6, 1, 12, tzinfo=UTC)
DRAFTS = EntryDraft.model_json_schema()["$defs"]
PATCHES = EntryPatch.model_json_schema()["$defs"]
SERVER = {"revision": 5, "created_at": "2026-06-01T12:00:00Z", "updated_at": "2026-06-01T12:00:00Z"}
CANARY = "canary-5b1d"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.just(CANARY),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["at", "item", "value", CANARY]), inner, max_size=3)
    ),
    max_leaves=6,
)

unhurried = settings(deadline=None, max_examples=150)


def drafts(name: str) -> Values:
    return members_of(DRAFTS[f"{name.capitalize()}Draft"], DRAFTS)


@unhurried
@given(st.data())
def test_whatever_the_schema_describes_can_be_read(data: st.DataObject) -> None:
    body = data.draw(drafts(data.draw(NAMES)))
    draft = read_draft(body)
    assert str(draft.id) == body["id"]
    told = draft.content.members()
    assert told | {name: value for name, value in body.items() if name != "id"} == told


@unhurried
@given(st.data())
def test_sealing_and_opening_loses_nothing(data: st.DataObject) -> None:
    name = data.draw(NAMES)
    draft = read_draft(data.draw(drafts(name)))
    assume(name != "assessment" or not judge(draft.content, context_of(draft)))
    opened = json.loads(payload(draft.id, draft.content, CREATED))
    assert client_members(opened) == draft.content.members()
    assert read_content(name, client_members(opened)) == draft.content
    assert headline(opened, 5).local_date == draft.content.local_date
    assert Entry.model_validate(opened | SERVER).root.model_dump(exclude_none=True) == (
        opened | SERVER
    )


@unhurried
@given(st.data())
def test_merging_nothing_is_the_identity_and_merging_all_is_replacing(
    data: st.DataObject,
) -> None:
    name = data.draw(NAMES)
    before, after = (read_draft(data.draw(drafts(name))).content for _ in range(2))
    assert merge_patch(name, before.members(), {}) == before
    cleared = {field: None for field in before.members() if field not in after.members()}
    patch = cleared | after.members()
    for field, value in before.members().items():
        if isinstance(value, dict) and isinstance(patch[field], dict):
            patch[field] = dict.fromkeys(value) | patch[field]
    assert merge_patch(name, before.members(), patch) == after


@unhurried
@given(st.data())
def test_whatever_the_patch_schema_describes_can_be_merged_and_judged(
    data: st.DataObject,
) -> None:
    name = data.draw(NAMES)
    nullable = PATCHES[f"{name.capitalize()}Patch"]["properties"]
    plain = DRAFTS[f"{name.capitalize()}Draft"]["properties"]
    members = {field: part for field, part in plain.items() if field in nullable}
    patch = data.draw(members_of({"properties": members}, DRAFTS))
    clearing = [field for field, part in nullable.items() if "null" in part.get("type", ())]
    patch |= dict.fromkeys(data.draw(st.sets(st.sampled_from(clearing))))
    before = read_draft(example(name))
    content = merge_patch(name, before.content.members(), patch)
    assert isinstance(judge(content, context_of(before)), list)


@unhurried
@given(st.data())
def test_no_member_can_crash_the_reading_or_be_told_again(data: st.DataObject) -> None:
    name = data.draw(NAMES)
    body = data.draw(st.sampled_from(KINDS[name].examples))
    member = data.draw(st.sampled_from([*DRAFTS[f"{name.capitalize()}Draft"]["properties"], "x"]))
    _is_judged_or_refused(body | {member: data.draw(JSON)})


@unhurried
@given(JSON)
def test_no_body_can_crash_the_reading(body: object) -> None:
    _is_judged_or_refused(body)
    with pytest.raises(EntryRefused):
        read_check_in(body)
    with pytest.raises(EntryRefused):
        merge_patch("mood", {}, body)


@unhurried
@given(st.data())
def test_every_id_is_read_in_lower_case(data: st.DataObject) -> None:
    entry_id = data.draw(st.uuids())
    assert read_draft(example("mood", id=str(entry_id).upper())).id == entry_id
    assert read_draft(example("mood", session_id=str(entry_id).upper())).content == (
        read_draft(example("mood", session_id=str(entry_id))).content
    )


def _is_judged_or_refused(body: object) -> None:
    try:
        draft = read_draft(body)
        faults = judge(draft.content, context_of(draft))
        assert isinstance(draft.id, UUID)
    except EntryRefused as refused:
        faults, told = refused.faults, str(refused)
        _tells_something(faults)
    else:
        told = ""
    assert CANARY not in told + "".join(fault.message for fault in faults)


def _tells_something(faults: list[Fault]) -> None:
    assert faults
    assert all(fault.code and fault.pointer is not None for fault in faults)

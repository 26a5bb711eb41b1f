"""The check-in: one body, several drafts, and pointers that lead back into the body."""

import pytest

from app.journal.kinds import (
    CheckInDraft,
    EntryRefused,
    RuleContext,
    in_body,
    judge,
    read_check_in,
    read_draft,
)
from app.journal.kinds.check_in import EXAMPLES
from tests.journal.kinds.journal_vectors import DOSED, NOW, Members

MOOD, ANXIETY, FLASHBACK = (
    f"0197c0de-0a0{place}-7000-8000-00000000000{place}" for place in (1, 2, 3)
)


def body(**members: object) -> Members:
    told: Members = {
        "occurred_at": "2026-05-20T21:00:00+02:00",
        "time_zone": "Europe/Berlin",
        "mood": {"id": MOOD, "score": 6},
        "anxiety": {"id": ANXIETY, "level": 4},
        "flashback": {"id": FLASHBACK, "report": "none_today"},
    }
    changed = told | members
    return {name: value for name, value in changed.items() if value is not ...}


def refused(told: object) -> set[tuple[str, str | None]]:
    with pytest.raises(EntryRefused) as refusal:
        read_check_in(told)
    return {(fault.code, fault.pointer) for fault in refusal.value.faults}


def test_each_part_is_the_draft_it_would_be_alone() -> None:
    shared = {"source": "clinic", "session_id": str(DOSED.id).upper()}
    told = body(**shared, mood={"id": MOOD, "score": 6, "note": "n", "tags": ["t"]})
    envelope = {name: told[name] for name in ("occurred_at", "time_zone", *shared)}
    parts = read_check_in(told)
    kinds = [part.draft.content.kind for part in parts]
    assert kinds == ["mood", "anxiety", "flashback"]
    assert [part.pointer_prefix for part in parts] == ["/mood", "/anxiety", "/flashback"]
    for part, kind in zip(parts, kinds, strict=True):
        alone = read_draft({"kind": kind, **envelope, **told[kind]})
        assert part.draft == alone
        assert part.draft.content.members() == alone.content.members()


def test_parts_may_be_left_out_but_not_all() -> None:
    assert len(read_check_in(body(mood=..., flashback=...))) == 1
    assert refused(body(mood=..., anxiety=..., flashback=...)) == {("empty_check_in", "")}


def test_an_id_twice_is_told_at_the_later_one() -> None:
    told = body(flashback={"id": MOOD.upper(), "report": "none_today"})
    assert refused(told) == {("duplicate", "/flashback/id")}


@pytest.mark.parametrize(
    ("members", "faults"),
    [
        ({"mood": {"id": MOOD, "score": 11}}, {("out_of_range", "/mood/score")}),
        ({"mood": {"score": 1}}, {("missing", "/mood/id")}),
        ({"mood": None}, {("wrong_type", "/mood")}),
        ({"mood": [1]}, {("wrong_type", "/mood")}),
        ({"session": {}}, {("unknown_member", "/session")}),
        ({"note": "n"}, {("unknown_member", "/note")}),
        ({"source": "import"}, {("unknown_value", "/source")}),
        ({"time_zone": "Mars/Base"}, {("unknown_time_zone", "/time_zone")}),
        ({"occurred_at": ..., "time_zone": ...}, {("missing", f"/{n}") for n in
                                                 ("occurred_at", "time_zone")}),
        ({"anxiety": {"id": ANXIETY, "level": 1, "emotions": ["calm"]}},
         {("unknown_member", "/anxiety/emotions")}),
        ({"mood": {"id": MOOD, "score": 1, "kind": "mood"}}, {("unknown_member", "/mood/kind")}),
        ({"mood": {"id": MOOD, "score": 1, "occurred_at": "2026-05-20T21:00:00+02:00"}},
         {("unknown_member", "/mood/occurred_at")}),
        ({"mood": {"id": MOOD, "score": 1, "emotions": ["calm", "sad", "calm"]}},
         {("duplicate", "/mood/emotions/2")}),
    ],
)  # fmt: skip
def test_faults_point_into_the_body(members: Members, faults: set[tuple[str, str]]) -> None:
    assert refused(body(**members)) == faults


def test_faults_across_members_point_into_the_body_and_shared_ones_are_told_once() -> None:
    told = body(
        time_zone="America/New_York",
        session_id="0197d000-0009-7000-8000-000000000000",
        anxiety={"id": ANXIETY, "level": 4, "peak": 5},
        flashback={"id": FLASHBACK, "report": "episode"},
    )
    context = RuleContext(now=NOW)
    judged = [(part, judge(part.draft.content, context)) for part in read_check_in(told)]
    assert [(fault.code, fault.pointer) for fault in in_body(judged)] == [
        ("offset_mismatch", "/time_zone"),
        ("session_not_found", "/session_id"),
        ("peak_needs_day_scope", "/anxiety/peak"),
        ("missing", "/flashback/distress"),
    ]


@pytest.mark.parametrize("told", EXAMPLES)
def test_every_example_can_be_read(told: Members) -> None:
    assert [part.draft.content.kind for part in read_check_in(told)]
    assert CheckInDraft.model_json_schema()["examples"] == list(EXAMPLES)

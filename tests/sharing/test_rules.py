"""The rules of a share's draft, and what a reader may read on a day."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from pydantic import ValidationError

from app.faults import faults_from
from app.sharing.rules import (
    expiry,
    journal_scope,
    judge_draft,
    size_faults,
    window,
)
from app.sharing.schemas import EXAMPLE, ShareDraft, ShareScope

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
TODAY = date(2026, 6, 1)
ACCOUNT = UUID("0197c0de-00cc-7000-8000-0000000000cc")
LEFT_OUT = object()


def written(moment: datetime) -> str:
    """An instant as a client writes it."""
    return moment.isoformat().replace("+00:00", "Z")


def draft_body(scope: dict[str, Any] | None = None, **members: Any) -> dict[str, Any]:
    """A good body with some members changed or left out."""
    base_scope = {"kinds": ["mood", "session"], "from": "2026-03-01", "to": "2026-05-31"}
    base = {
        "id": "0197c0de-0070-7000-8000-000000000070",
        "kind": "passcode",
        "mode": "snapshot",
        "scope": _changed(base_scope, scope or {}),
    }
    return _changed(base, members)


def _changed(base: dict[str, Any], members: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in {**base, **members}.items() if value is not LEFT_OUT}


def faults(body: dict[str, Any]) -> list[tuple[str, str | None]]:
    """Code and pointer of everything that is wrong with a body."""
    try:
        draft = ShareDraft.model_validate(body)
    except ValidationError as refused:
        return [(each.code, each.pointer) for each in faults_from(refused)]
    return [(each.code, each.pointer) for each in judge_draft(draft, NOW, TODAY)]


LIVE: dict[str, Any] = {"mode": "live"}
DIRECT: dict[str, Any] = {"kind": "direct"}
OPEN: dict[str, Any] = {"to": LEFT_OUT}
LAST_90: dict[str, Any] = {"from": LEFT_OUT, "to": LEFT_OUT, "last_days": 90}


@pytest.mark.parametrize(
    "body",
    [
        EXAMPLE,
        draft_body(),
        draft_body(**LIVE),
        draft_body(OPEN, **LIVE),
        draft_body(LAST_90, **LIVE),
        draft_body({"last_days": 731, "from": LEFT_OUT, "to": LEFT_OUT}, **LIVE),
        draft_body({"from": "2026-05-31"}),
        draft_body({"from": "2024-05-31"}),
        draft_body({"from": "1900-01-01", "to": "1900-01-02"}),
        draft_body({"from": "2026-06-02", "to": "2028-06-01"}),
        draft_body({"to": "2026-12-31"}),
        draft_body(**DIRECT),
        draft_body(passcode="Blue Horse-7", max_openings=1000, label="日" * 80),
        draft_body(expires_at=written(NOW + timedelta(seconds=60))),
        draft_body(expires_at=written(NOW + timedelta(days=90))),
        draft_body(**DIRECT, expires_at=written(NOW + timedelta(hours=48))),
        draft_body(expires_at="2026-06-03T14:00:00+02:00"),
    ],
)
def test_good_draft_has_no_fault(body: dict[str, Any]) -> None:
    assert faults(body) == []


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (draft_body(**DIRECT, **LIVE), [("mode_not_for_kind", "/mode")]),
        (draft_body(**DIRECT, passcode="Blue Horse-7"), [("passcode_not_for_kind", "/passcode")]),
        (
            draft_body(**DIRECT, expires_at=written(NOW + timedelta(hours=48, seconds=1))),
            [("expires_too_late", "/expires_at")],
        ),
        (
            draft_body(expires_at=written(NOW + timedelta(days=90, microseconds=1))),
            [("expires_too_late", "/expires_at")],
        ),
        (
            draft_body(expires_at=written(NOW + timedelta(seconds=59))),
            [("expires_too_soon", "/expires_at")],
        ),
        (draft_body(expires_at="2020-01-01T00:00:00Z"), [("expires_too_soon", "/expires_at")]),
        (draft_body({"last_days": 7}, **LIVE), [("range_given_twice", "/scope/last_days")]),
        (
            draft_body({**LAST_90, "to": "2026-05-31"}, **LIVE),
            [("range_given_twice", "/scope/last_days")],
        ),
        (draft_body(LAST_90), [("last_days_not_for_mode", "/scope/last_days")]),
        (draft_body({"from": "1899-12-31", "to": "1900-01-01"}), [("out_of_range", "/scope/from")]),
        (draft_body({"from": "2026-06-03", "to": "2026-06-03"}), [("in_future", "/scope/from")]),
        (
            draft_body({"from": "2999-12-31", "to": "3000-01-01"}),
            [("out_of_range", "/scope/to"), ("in_future", "/scope/from")],
        ),
        (draft_body({"from": LEFT_OUT}), [("missing", "/scope/from")]),
        (draft_body(OPEN), [("missing", "/scope/to")]),
        (
            draft_body({"from": LEFT_OUT, "to": LEFT_OUT}),
            [("missing", "/scope/from"), ("missing", "/scope/to")],
        ),
        (draft_body({"from": LEFT_OUT, "to": LEFT_OUT}, **LIVE), [("missing", "/scope/from")]),
        (draft_body({"from": "2026-06-01"}), [("range_reversed", "/scope/to")]),
        (
            draft_body({**OPEN, "from": "2026-06-02"}, **LIVE),
            [("range_reversed", "/scope/from")],
        ),
        (draft_body({"from": "2024-05-30"}), [("range_too_long", "/scope/to")]),
        (
            draft_body({**OPEN, "from": "2024-05-31"}, **LIVE),
            [("range_too_long", "/scope/from")],
        ),
        (draft_body(id="no uuid"), [("bad_uuid", "/id")]),
        (draft_body(kind="other"), [("unknown_value", "/kind")]),
        (draft_body(mode=LEFT_OUT), [("missing", "/mode")]),
        (draft_body(status="active"), [("unknown_member", "/status")]),
        (draft_body(label=""), [("too_short", "/label")]),
        (draft_body(label="x" * 81), [("too_long", "/label")]),
        (draft_body(subject_name="x" * 81), [("too_long", "/subject_name")]),
        (draft_body(private_note="x" * 201), [("too_long", "/private_note")]),
        (draft_body(private_note=None), [("wrong_type", "/private_note")]),
        (draft_body(passcode="12345"), [("too_short", "/passcode")]),
        (draft_body(passcode="x" * 65), [("too_long", "/passcode")]),
        (draft_body(max_openings=0), [("out_of_range", "/max_openings")]),
        (draft_body(max_openings=1001), [("out_of_range", "/max_openings")]),
        (draft_body(max_openings="3"), [("wrong_type", "/max_openings")]),
        (draft_body(expires_at="2026-06-03"), [("bad_instant", "/expires_at")]),
        (draft_body({"kinds": []}), [("too_few", "/scope/kinds")]),
        (draft_body({"kinds": ["mood", "mood"]}), [("duplicate", "/scope/kinds/1")]),
        (draft_body({"kinds": ["sleep"]}), [("unknown_value", "/scope/kinds/0")]),
        (draft_body({"from": "20260301"}), [("bad_date", "/scope/from")]),
        (draft_body({"from": "2026-02-30"}), [("bad_date", "/scope/from")]),
        (draft_body({"from": 20_000}), [("wrong_type", "/scope/from")]),
        (draft_body({"first": "2026-03-01"}), [("unknown_member", "/scope/first")]),
        (draft_body({**LAST_90, "last_days": 732}, **LIVE), [("out_of_range", "/scope/last_days")]),
        (draft_body({"include_notes": "yes"}), [("wrong_type", "/scope/include_notes")]),
    ],
)
def test_bad_draft_is_told_what_is_wrong(
    body: dict[str, Any], found: list[tuple[str, str]]
) -> None:
    assert faults(body) == found


def test_faults_hold_no_value_of_the_body() -> None:
    body = draft_body(passcode="s3cr3", private_note=["s3cr3t"], label="s3cr3t" * 20)
    with pytest.raises(ValidationError) as refused:
        ShareDraft.model_validate(body)
    assert "s3cr3" not in str(refused.value) + str(faults_from(refused.value))


def test_what_is_not_said_stays_private() -> None:
    draft = ShareDraft.model_validate(draft_body())
    scope = draft.scope
    assert not scope.include_notes
    assert not scope.include_signals
    assert not scope.include_assessment_item_answers
    assert draft.label == "Journal"


@pytest.mark.parametrize(("entries", "codes"), [(5000, []), (5001, ["scope_too_large"])])
def test_snapshot_holds_so_many_entries(entries: int, codes: list[str]) -> None:
    assert [(each.code, each.pointer) for each in size_faults(entries)] == [
        (code, "/scope") for code in codes
    ]


def test_links_end_by_themselves() -> None:
    passcode = ShareDraft.model_validate(draft_body())
    direct = ShareDraft.model_validate(draft_body(**DIRECT))
    given = ShareDraft.model_validate(draft_body(expires_at="2026-06-03T14:00:00+02:00"))
    assert expiry(passcode, NOW) == NOW + timedelta(days=7)
    assert expiry(direct, NOW) == NOW + timedelta(hours=1)
    assert expiry(given, NOW) == datetime(2026, 6, 3, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("scope", "today", "first", "last"),
    [
        ({"from": "2026-03-01", "to": "2026-05-31"}, "2026-08-01", "2026-03-01", "2026-05-31"),
        ({"from": "2026-03-01"}, "2026-08-01", "2026-03-01", "2026-08-01"),
        ({"last_days": 1}, "2026-06-01", "2026-06-01", "2026-06-01"),
        ({"last_days": 90}, "2026-06-01", "2026-03-04", "2026-06-01"),
        ({"from": "2024-06-01"}, "2026-06-01", "2024-06-01", "2026-06-01"),
        ({"from": "2024-06-01"}, "2026-06-02", "2024-06-02", "2026-06-02"),
        ({"from": "1900-01-01", "to": "1900-01-02"}, "2026-06-01", "1900-01-01", "1900-01-02"),
    ],
)
def test_window_moves_only_where_the_end_is_open(
    scope: dict[str, Any], today: str, first: str, last: str
) -> None:
    asked = ShareScope.model_validate({"kinds": ["mood"], **scope})
    shown = window(asked, date.fromisoformat(today))
    assert shown == (date.fromisoformat(first), date.fromisoformat(last))


def test_scope_of_the_journal_is_as_narrow_as_the_share() -> None:
    body = draft_body({"include_signals": True})
    scope = journal_scope(ACCOUNT, ShareDraft.model_validate(body).scope, TODAY)
    assert scope.account_id == ACCOUNT
    assert scope.kinds == {"mood", "session"}
    assert (scope.first, scope.last) == (date(2026, 3, 1), date(2026, 5, 31))
    assert (scope.notes, scope.signals, scope.item_answers) == (False, True, False)


def test_a_scope_with_an_open_end_reaches_to_the_day_of_reading() -> None:
    scope = ShareDraft.model_validate(draft_body(OPEN, **LIVE)).scope
    assert journal_scope(ACCOUNT, scope, TODAY).last == TODAY


def test_scope_survives_being_stored() -> None:
    draft = ShareDraft.model_validate(draft_body())
    stored = draft.model_dump_json(exclude_none=True)
    assert '"from":"2026-03-01"' in stored
    assert ShareDraft.model_validate_json(stored) == draft

"""The trend summary of a share."""

import json
from datetime import UTC, date, datetime, timedelta
from itertools import chain
from typing import Any
from uuid import UUID, uuid5

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # has no types

from app.journal.kinds import Headline
from app.journal.kinds.registry import KIND_NAMES
from app.journal.scope import Scope
from app.trends.document import trend_document, trend_document_schema
from app.trends.metrics import METRICS
from app.trends.series import JournalDays
from app.trends.window import Window
from tests.trends.journals import mood, phq9, random_journal, seeded, session
from tests.trends.questions_asked import ASKED, text_of

FIRST, LAST = date(2026, 1, 20), date(2026, 3, 10)
NOW = datetime(2026, 3, 12, 9, 30, 15, tzinfo=UTC)
SHARE = UUID("0197c0de-00bb-7000-8000-0000000000bb")
HEAD = {
    *("format", "version", "generated_at", "mode", "scope"),
    *("time_zone", "not_monitored", "caveats"),
}
OF_DAYS = {"summary", "coverage", "daily", "slopes", "weekday"}


def scope(*kinds: str, notes: bool = False, **bounds: date | None) -> Scope:
    return Scope(
        account_id=SHARE,
        kinds=frozenset(kinds or KIND_NAMES),
        first=bounds.get("first", FIRST),
        last=bounds.get("last", LAST),
        notes=notes,
        signals=False,
        item_answers=False,
    )


def rename(entry_id: str) -> str:
    """What a share calls an entry."""
    return str(uuid5(SHARE, entry_id))


@pytest.fixture(scope="module")
def journal() -> list[Headline]:
    """Four months around the shared seven weeks."""
    return random_journal(seeded(3), 120, date(2025, 12, 1))


def document(seen: list[Headline], shared: Scope) -> dict[str, Any]:
    made = trend_document(
        seen,
        shared,
        today=NOW.date(),
        zone="Europe/Berlin",
        generated_at=NOW,
        mode="snapshot",
        rename=rename,
    )
    told: dict[str, Any] = json.loads(made.model_dump_json(exclude_none=True))
    return told


def test_head_of_the_document(journal: list[Headline]) -> None:
    told = document(journal, scope("mood", "session"))
    assert {name: told[name] for name in HEAD - {"caveats"}} == {
        "format": "afterglow-trends",
        "version": 1,
        "generated_at": "2026-03-12T09:30:15Z",
        "mode": "snapshot",
        "scope": {
            "kinds": ["mood", "session"],
            "from": "2026-01-20",
            "to": "2026-03-10",
            "include_notes": False,
            "include_signals": False,
            "include_assessment_item_answers": False,
        },
        "time_zone": "Europe/Berlin",
        "not_monitored": True,
    }


def test_each_member_is_the_answer_of_its_operation_over_the_scope(journal: list[Headline]) -> None:
    shared = scope(notes=True)
    made = trend_document(journal, shared, today=LAST, zone="UTC", generated_at=NOW, mode="live")
    held = JournalDays(each for each in journal if shared.holds(each.kind, each.local_date))
    window = Window(FIRST, LAST, "UTC")
    for name in ("summary", "flashbacks", "coverage", "timeline"):
        assert text_of(getattr(made, name)) == text_of(ASKED[name](held, window))
    assert made.sessions is not None
    assert text_of(made.sessions) == text_of(ASKED["table"](held, window))
    lists = {"daily": made.daily, "slope": made.slopes, "weekday": made.weekday}
    for name, answers in (lists | {"response": made.session_response}).items():
        expected = [text_of(ASKED[f"{name} {metric}"](held, window)) for metric in METRICS]
        assert [text_of(answer) for answer in answers or []] == expected
    assert [text_of(answer) for answer in made.assessments or []] == [
        text_of(ASKED["assessments"](held, window))
    ]


@pytest.mark.parametrize(
    ("kinds", "members"),
    [
        (("mood",), OF_DAYS),
        (("flashback",), OF_DAYS | {"flashbacks"}),
        (("session",), {"sessions", "timeline"}),
        (("assessment",), {"assessments", "timeline"}),
        (("anxiety", "session"), OF_DAYS | {"sessions", "session_response", "timeline"}),
    ],
)
def test_members_whose_kinds_are_not_shared_are_absent(
    journal: list[Headline], kinds: tuple[str, ...], members: set[str]
) -> None:
    assert document(journal, scope(*kinds)).keys() - HEAD == members


def test_metrics_of_kinds_that_are_not_shared_are_absent(journal: list[Headline]) -> None:
    told = document(journal, scope("anxiety", "session"))
    for name in ("daily", "slopes", "weekday", "session_response"):
        assert [answer["metric"] for answer in told[name]] == ["anxiety", "anxiety_peak"]


def test_entries_outside_the_scope_change_no_byte(journal: list[Headline]) -> None:
    shared = scope("mood", "session", "dissociation")
    held = [each for each in journal if shared.holds(each.kind, each.local_date)]
    assert len(held) < len(journal)
    outside = mood(FIRST - timedelta(days=1), 0)
    assert document([*journal, outside], shared) == document(held, shared)


def test_ids_are_those_of_the_share(journal: list[Headline]) -> None:
    told = json.dumps(document(journal, scope(notes=True)))
    assert not any(each.id in told for each in journal)
    shared = [each for each in journal if FIRST <= each.local_date <= LAST]
    sessions = [each for each in shared if each.kind == "session"]
    assert all(rename(each.id) in told for each in sessions)


def test_curves_still_find_their_sessions_under_new_ids(journal: list[Headline]) -> None:
    told = document(journal, scope())["sessions"]["table"]["rows"]
    assert any("dissociation" in row for row in told)


def test_notes_are_marked_only_when_notes_are_shared() -> None:
    seen = [mood(FIRST, 5, note="a line"), phq9(FIRST, 9)]
    types = [each["type"] for each in document(seen, scope())["timeline"]["events"]]
    assert types == ["assessment"]
    noted = document(seen, scope("mood", notes=True))["timeline"]["events"]
    assert [each["type"] for each in noted] == ["note"]


def test_an_open_scope_ends_today_and_holds_two_years(journal: list[Headline]) -> None:
    told = document(journal, scope(first=None, last=None))
    assert told["scope"]["to"] == "2026-03-12"
    assert told["daily"][0]["window"]["from"] == "2024-03-12"
    assert len(told["daily"][0]["days"]) == 731


TODAY = NOW.date()
AHEAD = TODAY + timedelta(days=28)


def windows(told: dict[str, Any]) -> set[tuple[str, str]]:
    """The dates that the answers are about, the timeline's left out."""
    answers = [told[name] for name in told.keys() - HEAD - {"timeline"}]
    lists = (each if isinstance(each, list) else [each] for each in answers)
    asked = [each["window"] for each in chain.from_iterable(lists)]
    return {(each["from"], each["to"]) for each in asked}


@pytest.mark.parametrize("status", ["planned", "cancelled"])
def test_days_to_come_are_no_days_without_an_entry(journal: list[Headline], status: str) -> None:
    appointment = session(AHEAD, status=status)
    seen = [each for each in journal if each.local_date <= TODAY]
    told = document([*seen, appointment], scope(first=FIRST, last=AHEAD))
    ended = document(seen, scope(first=FIRST, last=TODAY))
    assert windows(told) == {("2026-01-20", "2026-03-12")}
    same = ended.keys() - {"scope", "timeline"}
    assert {name: told[name] for name in same} == {name: ended[name] for name in same}


def test_the_timeline_runs_on_to_the_sessions_that_are_planned() -> None:
    told = document([session(AHEAD, status="planned")], scope(first=TODAY, last=AHEAD))
    assert told["scope"]["to"] == told["timeline"]["window"]["to"] == "2026-04-09"
    assert [each["status"] for each in told["timeline"]["events"]] == ["planned"]
    assert told["coverage"]["logging"]["overall"]["window_days"] == 1


def test_a_timeline_ends_where_its_operation_answers_no_more() -> None:
    told = document([], scope(first=TODAY, last=TODAY + timedelta(days=367)))
    assert told["timeline"]["window"]["to"] == str(TODAY + timedelta(days=366))


@pytest.mark.parametrize(
    ("entry", "to"),
    [
        (mood(TODAY + timedelta(days=1), 6), "2026-03-13"),
        (session(TODAY + timedelta(days=1), status="planned"), "2026-03-12"),
        (mood(TODAY, 6), "2026-03-12"),
    ],
)
def test_an_entry_that_has_the_next_date_already_makes_it_the_last(
    entry: Headline, to: str
) -> None:
    assert windows(document([entry], scope(first=FIRST, last=AHEAD))) == {("2026-01-20", to)}


def test_a_scope_that_begins_after_today_is_its_first_date() -> None:
    for last in (None, date(2026, 5, 8)):
        told = document([mood(TODAY, 6)], scope(first=date(2026, 5, 1), last=last))
        assert windows(told) == {("2026-05-01", "2026-05-01")}
        assert told["scope"]["to"] == str(last or "2026-05-01")
        assert told["timeline"]["window"] == {
            "from": "2026-05-01",
            "to": told["scope"]["to"],
            "time_zone": "Europe/Berlin",
        }


def test_caveats_are_those_of_all_answers(journal: list[Headline]) -> None:
    told = document(journal, scope())
    answers = [told[name] for name in ("summary", "sessions", "flashbacks", "coverage")]
    answers += [each for name in ("daily", "slopes", "weekday") for each in told[name]]
    met = {caveat for answer in answers for caveat in answer["caveats"]}
    assert met <= set(told["caveats"])


def test_document_fits_its_published_schema(journal: list[Headline]) -> None:
    schema = trend_document_schema()
    Draft202012Validator.check_schema(schema)
    for shared in (scope(notes=True), scope("mood"), scope("assessment")):
        Draft202012Validator(schema).validate(document(journal, shared))

"""From what a share is made of to its file: what the scope leaves, under the share's own names."""

import json
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from app.journal.scope import Scope
from app.journal.stored import NEWEST_CONTENT, VERSION_BYTES, StoredEntry
from app.safety.rules import StoredSignal
from app.sharing.fhir import public_id
from app.sharing.fhir.codes import OWN_SYSTEM, SNOMED
from app.sharing.file import encrypted, shared_bundle
from app.sharing.material import Ground, Material, Subject
from app.sharing.shl import new_secret
from tests.sharing.bundles import named, parts
from tests.sharing.journals import (
    GENERATED_AT,
    SESSION,
    SHARE,
    ZONE,
    Entry,
    full_dissociation,
    full_mood,
    full_session,
)
from tests.sharing.links import Json, Link, report_of, trend_document
from tests.sharing.r4 import complaints, nodes, resources
from tests.sharing.stored_shares import ACCOUNT, drafted

PAGE = b"%PDF-1.7 set by nobody"
OF_THE_SERVER = ("revision", "created_at", "updated_at")


@pytest.fixture(autouse=True)
def printed(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """What a page was asked to be made of: no typesetter is needed here."""
    asked: list[tuple[Any, ...]] = []

    def page(*given: Any) -> bytes:
        asked.append(given)
        return PAGE

    monkeypatch.setattr("app.sharing.file.shared_report", page)
    return asked


def held(entry: Entry) -> StoredEntry:
    """A read entry as the journal gives it."""
    members = {name: value for name, value in entry.items() if name not in OF_THE_SERVER}
    found = StoredEntry(UUID(entry["id"]), entry["revision"], GENERATED_AT, GENERATED_AT)
    found.hold(b"", NEWEST_CONTENT.to_bytes(VERSION_BYTES, "big") + json.dumps(members).encode())
    return found


def asked_for_help(entry: Entry, **members: Any) -> StoredSignal:
    """The signal that such an entry raises, saved as soon as it occurred."""
    usual: dict[str, Any] = {
        "id": UUID("0197c0de-0099-7000-8000-000000000099"),
        "code": "asked_for_help",
        "level": "support",
        "entry_id": UUID(entry["id"]),
        "rule_version": "asked_for_help/1",
        "facts": (),
        "status": "open",
        "created_at": GENERATED_AT,
        "message_key": "signal.asked_for_help",
        "message": "Help was asked for.",
    }
    return StoredSignal(**usual | members)


def material(*entries: Entry, mode: Any = "snapshot", left_out: int = 0, **ground: Any) -> Material:
    """What a share of these entries is made of; `left_out` more were found."""
    scope = Scope(
        account_id=ACCOUNT,
        kinds=frozenset({"mood", "dissociation", "session"}),
        first=date(2026, 3, 1),
        last=date(2026, 3, 31),
        notes=False,
        signals=True,
        item_answers=False,
    )
    usual: dict[str, Any] = {"signals": (), "snomed": True}
    return Material(
        subject=Subject(
            share_id=SHARE, mode=mode, scope=drafted().scope, subject_name="Robin Sample"
        ),
        ground=Ground(scope=scope, today=date(2026, 3, 20), zone=ZONE, stamp=b"", **usual | ground),
        entries=tuple(held(each) for each in entries),
        found=len(entries) + left_out,
        generated_at=GENERATED_AT,
    )


def bundle_of(made_of: Material) -> Json:
    """The Bundle, a sound one."""
    bundle: Json = json.loads(shared_bundle(made_of))
    assert complaints(bundle) == []
    return bundle


def test_the_bundle_is_of_its_instant_under_the_chosen_name_with_the_page_beside_it(
    printed: list[tuple[Any, ...]],
) -> None:
    made_of = material(full_mood(), full_session())
    bundle = bundle_of(made_of)
    assert bundle["timestamp"] == GENERATED_AT.isoformat()
    assert resources(bundle, "Patient")[0]["name"] == [{"text": "Robin Sample"}]
    assert report_of(bundle) == PAGE
    assert printed == [(made_of, made_of.headlines(made_of.views()))]


@pytest.mark.parametrize("mode", ["snapshot", "live"])
def test_the_trends_are_of_the_scope_up_to_today_and_hold_no_null(mode: str) -> None:
    document = trend_document(bundle_of(material(full_mood(), full_session(), mode=mode)))
    assert document["mode"] == mode
    assert document["generated_at"] == "2026-06-01T12:00:00Z"
    assert document["time_zone"] == ZONE
    assert (document["scope"]["from"], document["scope"]["to"]) == ("2026-03-01", "2026-03-31")
    assert document["scope"]["kinds"] == ["mood", "dissociation", "session"]
    assert document["daily"][0]["window"]["to"] == "2026-03-20"
    assert "summary" in document
    assert "flashbacks" not in document
    assert ": null" not in json.dumps(document)


def test_entries_are_named_as_the_share_names_them() -> None:
    bundle = bundle_of(material(full_mood(), full_session(), full_dissociation()))
    document = trend_document(bundle)
    named_here = str(public_id(SHARE, SESSION))
    assert [row["session_id"] for row in document["sessions"]["table"]["rows"]] == [named_here]
    assert SESSION not in json.dumps(document) + json.dumps(bundle)
    assert f"urn:uuid:{named_here}" in [each["fullUrl"] for each in bundle["entry"]]


def test_trends_say_that_entries_are_left_out_and_only_then() -> None:
    whole, cut = (
        trend_document(bundle_of(material(full_mood(), left_out=number)))["caveats"]
        for number in (0, 1)
    )
    assert "truncated" not in whole
    assert [each for each in cut if each != "truncated"] == whole
    assert cut.count("truncated") == 1


def test_a_signal_is_told_without_what_it_lacks() -> None:
    mood = full_mood()
    late = asked_for_help(mood, late_hours=2, id=UUID(int=9, version=4))
    shown = bundle_of(material(mood, signals=(asked_for_help(mood), late)))
    told = [parts(each) for each in named(shown, OWN_SYSTEM, "signal")]
    assert sorted("late-hours" in each for each in told) == [False, True]
    assert {each["signal-level"] for each in told} == {"signal-level-support"}


def test_a_signal_of_what_is_not_shared_stays_at_home() -> None:
    shown = bundle_of(material(full_session(), signals=(asked_for_help(full_mood()),)))
    assert named(shown, OWN_SYSTEM, "signal") == []


@pytest.mark.parametrize("snomed", [True, False])
def test_snomed_is_used_where_it_may_be(*, snomed: bool) -> None:
    bundle = bundle_of(material(full_session(), snomed=snomed))
    assert (SNOMED in [value for _, name, value in nodes(bundle) if name == "system"]) is snomed


def test_the_file_opens_under_the_key_of_its_link() -> None:
    made_of, key = material(full_mood()), new_secret()
    link = Link({}, {"key": key})
    assert link.decrypted(encrypted(made_of, key).decode()) == bundle_of(made_of)

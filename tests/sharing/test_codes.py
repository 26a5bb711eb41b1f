"""The table of own codes, its published file, and that the journal fits into both."""

import json
from typing import Any, get_args

import pytest
from fhir.resources.R4B.codesystem import CodeSystem

from app.journal.kinds import KINDS
from app.journal.kinds.instruments import INSTRUMENTS
from app.journal.kinds.session_shapes import (
    Route,
    SessionAdverseEffect,
    SessionStatus,
    SessionVital,
    Substance,
)
from app.sharing.fhir import sessions
from app.sharing.fhir.adverse_effects import ADVERSE_EFFECT
from app.sharing.fhir.assessments import ASSESSMENT, RESULT
from app.sharing.fhir.bundle import RESOURCES
from app.sharing.fhir.code_system import PUBLISHED, code_system, published_text
from app.sharing.fhir.codes import OWN, WORD_CODES
from app.sharing.fhir.dissociation import DISSOCIATION
from app.sharing.fhir.own_words import DISPLAYS, WORDS
from app.sharing.fhir.parts import Part
from app.sharing.fhir.signals import SIGNAL
from app.sharing.fhir.symptoms import ANXIETY, FLASHBACK, MOOD
from app.sharing.fhir.vitals import MEASURES, PHASE, PRESSURES
from tests.sharing.r4 import own_codes

ENVELOPE = {"kind", "occurred_at", "time_zone", "note", "tags", "session_id"}
"""Members of every kind that stand in elements of their own."""

ELSEWHERE: dict[str, set[str]] = {
    "mood": {"score", "scope"},
    "anxiety": {"level", "scope"},
    "flashback": {"count"},
    "dissociation": {"intensity"},
    "session": {
        *("status", "substance", "route", "ended_at", "dose_mg", "doses", "weight_kg", "vitals"),
        *("adverse_effects", "intention"),
    },
    "assessment": {"instrument", "answers", "total"},
}
"""Members of one kind that are values, elements or resources, and not parts."""

PARTS: dict[str, tuple[Part, ...]] = {
    "mood": MOOD,
    "anxiety": ANXIETY,
    "flashback": FLASHBACK,
    "dissociation": DISSOCIATION,
    "session": sessions.DETAILS,
    "assessment": ASSESSMENT,
}


def test_published_file_is_the_table() -> None:
    assert PUBLISHED.read_text(encoding="utf-8") == published_text()


def test_published_file_is_a_code_system() -> None:
    CodeSystem.model_validate(json.loads(published_text()))
    assert code_system()["count"] == len(own_codes())


def test_no_two_codes_are_alike() -> None:
    assert len(OWN) + len(WORD_CODES) == len(own_codes())
    assert len(WORD_CODES) == sum(len(words) for words in WORDS.values())


def test_every_question_with_words_is_in_the_table() -> None:
    assert WORDS.keys() <= OWN.keys()
    assert DISPLAYS.keys() <= WORD_CODES


def test_codes_have_display_and_definition() -> None:
    for code in OWN.values():
        assert code.display
        assert code.definition.endswith(".")


def test_every_kind_has_its_resources() -> None:
    assert RESOURCES.keys() == KINDS.keys()


@pytest.mark.parametrize("kind", KINDS)
def test_every_member_of_a_kind_reaches_the_bundle(kind: str) -> None:
    told = ENVELOPE | ELSEWHERE[kind] | {part.member for part in PARTS[kind]}
    assert set(KINDS[kind].content.model_fields) - told == set()


@pytest.mark.parametrize(
    "part", [*RESULT, *SIGNAL, *ADVERSE_EFFECT, *(p for ps in PARTS.values() for p in ps)]
)
def test_every_part_has_a_code(part: Part) -> None:
    prefixes = [code for code in OWN if code.startswith(f"{part.code}-")]
    assert part.code in OWN or prefixes


def test_every_member_inside_a_session_reaches_the_bundle() -> None:
    readings = {"at", *PRESSURES, *MEASURES, *(part.member for part in PHASE)}
    assert set(SessionVital.model_fields) == readings
    effects = {"code", *(part.member for part in ADVERSE_EFFECT)}
    assert set(SessionAdverseEffect.model_fields) == effects


@pytest.mark.parametrize(
    ("table", "alias"),
    [
        (sessions.SUBSTANCES, Substance),
        (sessions.ROUTES, Route),
        (sessions.PROCEDURE_STATUS, SessionStatus),
        (sessions.MEDICATION_STATUS, SessionStatus),
    ],
)
def test_every_word_of_a_session_is_told(table: dict[str, Any], alias: Any) -> None:
    assert set(table) == set(get_args(alias.__value__))


def test_every_enumeration_of_the_journal_has_its_words() -> None:
    """A word that the journal allows and the table lacks would lose its code in silence."""
    known = {frozenset(words) for words in WORDS.values()}
    not_coded = {"RatingScope", "Substance", "Route", "Instrument", "DissociationScaleName"}
    for kind in KINDS.values():
        schema = kind.content.model_json_schema()
        for name, definition in schema.get("$defs", {}).items():
            words = frozenset(definition.get("enum", ()))
            if words and name not in not_coded:
                assert words in known, name


def test_every_instrument_has_a_total_of_one_system() -> None:
    for code, instrument in INSTRUMENTS.items():
        assert (f"{code}-total" in OWN) == (instrument.loinc is None)

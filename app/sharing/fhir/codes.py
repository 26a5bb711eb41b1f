"""Code systems, the only outside codes in use, and coded concepts made of them."""

from typing import Any

from app.sharing.fhir.own_codes import PARTS, RECORDS, OwnCode
from app.sharing.fhir.own_words import WORDS, word_code, word_display

Json = dict[str, Any]
"""A JSON object of FHIR. Its shape depends on the resource and is proved by validation."""

OWN_SYSTEM = "https://afterglow.example/fhir/CodeSystem/journal"
LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"
UCUM = "http://unitsofmeasure.org"
OBSERVATION_VALUE = "http://terminology.hl7.org/CodeSystem/v3-ObservationValue"
US_CORE_TAGS = "http://hl7.org/fhir/us/core/CodeSystem/us-core-tags"
OBSERVATION_CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
DATA_ABSENT_REASON = "http://terminology.hl7.org/CodeSystem/data-absent-reason"

BLOOD_PRESSURE = "85354-9"
SYSTOLIC = "8480-6"
DIASTOLIC = "8462-4"
HEART_RATE = "8867-4"
RESPIRATORY_RATE = "9279-1"
OXYGEN_SATURATION = "59408-5"
ARTERIAL_OXYGEN = "2708-6"
"""R4's profile of oxygen saturation wants it beside the pulse oximeter's own code."""

BODY_WEIGHT = "29463-7"
SUMMARY_DOCUMENT = "60591-5"

SNOMED_ANXIETY = "48694002"
SNOMED_KETAMINE = "373464007"
INTRAVENOUS = "47625008"
INTRAMUSCULAR = "78421000"
SUBCUTANEOUS = "34206005"
NASAL = "46713006"
ORAL = "26643006"
SUBLINGUAL = "37839007"

OWN: dict[str, OwnCode] = {entry.code: entry for entry in (*RECORDS, *PARTS)}
WORD_CODES = frozenset(word_code(q, word) for q, words in WORDS.items() for word in words)


def coding(system: str, code: str, display: str | None = None) -> Json:
    """One code of one system; `display` only where we own the words."""
    named = {"display": display} if display else {}
    return {"system": system, "code": code, **named}


def concept(text: str, *codings: Json) -> Json:
    """A CodeableConcept: the text always, codings where there are any."""
    return {"coding": list(codings), "text": text} if codings else {"text": text}


def loinc(code: str, text: str, *also: str) -> Json:
    """A concept that has a LOINC code, and others of them that agree."""
    return concept(text, *(coding(LOINC, each) for each in (code, *also)))


def own(code: str, text: str | None = None, *also: Json) -> Json:
    """A concept of our own table, `text` in place of the table's, `also` codings that agree."""
    entry = OWN[code]
    return concept(text or entry.text, coding(OWN_SYSTEM, code, entry.display), *also)


def own_word(question: str, word: str, ending: str = "") -> Json:
    """A word as an answer to the question with that own code.

    A word that the table does not know yet stays text, so that a wider journal never breaks a
    link; a test holds the table against the journal.
    """
    code, display = word_code(question, word), word_display(question, word)
    codings = [coding(OWN_SYSTEM, code, display)] if code in WORD_CODES else []
    return concept(display + ending, *codings)


def quantity(value: float, unit: str) -> Json:
    """A number with its UCUM unit, such as `mg`, `min` or `{score}`."""
    return {"value": value, "unit": unit, "system": UCUM, "code": unit}


def score(value: float) -> Json:
    """A number on a scale."""
    return quantity(value, "{score}")


def absent(text: str) -> Json:
    """Why a number is not there."""
    return concept(text, coding(DATA_ABSENT_REASON, "unknown"))

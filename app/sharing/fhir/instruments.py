"""What totals, panels, items and answers of questionnaires are called. Wording stands nowhere."""

from app.journal.kinds.instruments import INSTRUMENTS
from app.sharing.fhir.codes import LOINC, Json, coding, loinc, own
from app.sharing.fhir.own_codes import panel_of, total_of

ANSWERS = ("LA6568-5", "LA6569-3", "LA6570-1", "LA6571-9")
"""LOINC answers of the items that have LOINC codes, by value 0 to 3."""


def total_code(instrument: str) -> Json:
    """What the total is called: never by the code of the panel."""
    codes, total = INSTRUMENTS[instrument].loinc, total_of(instrument)
    return loinc(codes.total, total.text) if codes else own(total.code)


def total_scale(instrument: str) -> str:
    """The range of the total and its direction."""
    return total_of(instrument).scale


def panel_code(instrument: str) -> Json:
    """What the questionnaire as a whole is called; only for those with answers."""
    codes, panel = INSTRUMENTS[instrument].loinc, panel_of(instrument)
    return loinc(codes.panel, panel.text) if codes else own(panel.code)


def answered_item(instrument: str, item: int, value: int | None) -> Json:
    """One item of a QuestionnaireResponse, `item` from 1; a skipped one has no answer."""
    codes = INSTRUMENTS[instrument].loinc
    items = codes.items if codes else ()
    named: Json = {"linkId": items[item - 1] if items else f"{instrument}-item-{item}"}
    if value is None:
        return named
    if items:
        return {**named, "answer": [{"valueCoding": coding(LOINC, ANSWERS[value])}]}
    return {**named, "answer": [{"valueInteger": value}]}

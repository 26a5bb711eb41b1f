"""Questionnaire scores as Observations, and the answers where the patient chose to share them."""

from collections.abc import Iterator

from app.sharing.fhir.codes import Json, absent, own_word, score
from app.sharing.fhir.frame import Entry, Frame, notes
from app.sharing.fhir.instruments import answered_item, panel_code, total_code, total_scale
from app.sharing.fhir.parts import (
    EVERY_ENTRY,
    Part,
    Value,
    components,
    counted,
    only_yes,
    scaled,
    text,
    word,
    word_of_others,
    yes_or_no,
)

RESPONSE, PANEL = "response", "panel"


def _cut_points(code: str, value: Value) -> Iterator[Json]:
    for point in value:
        yield {"code": own_word(code, point["code"]), "valueBoolean": point["met"]}


def _subscales(code: str, value: Value) -> Iterator[Json]:
    for subscale in value:
        yield from scaled(f"{code}-{subscale['code']}", subscale["score"])
        yield from counted(f"symptoms-{subscale['code']}", subscale["symptoms"])


RESULT = (
    Part("percent", "who-5-percent", scaled),
    Part("average", "des-b-average", scaled),
    Part("band", "band", word),
    Part("cut_points", "cut-point", _cut_points),
    Part("subscales", "subscale", _subscales),
    Part("symptom_rule_met", "symptom-rule-met", yes_or_no),
    Part("n_missing", "items-skipped", counted),
    Part("prorated", "prorated", only_yes),
)
ASSESSMENT = (
    Part("mode", "assessment-mode", word_of_others),
    Part("form_version", "form-version", text),
    Part("language", "form-language", text),
    *EVERY_ENTRY,
)


def assessment(frame: Frame, entry: Entry) -> list[Json]:
    """The total; with answers also the response it derives from and the panel it belongs to."""
    if "answers" not in entry:
        return [_total(frame, entry, {})]
    derived = {"derivedFrom": [frame.reference(entry["id"], RESPONSE)]}
    return [_response(frame, entry), _total(frame, entry, derived), _panel(frame, entry)]


def _total(frame: Frame, entry: Entry, derived: Json) -> Json:
    result, instrument = entry["result"], entry["instrument"]
    if "total" in result:
        value = {"valueQuantity": score(result["total"])}
    else:
        value = {"dataAbsentReason": absent("Too many items were skipped for a total")}
    members = {
        "code": total_code(instrument),
        "effectiveDateTime": entry["occurred_at"],
        **value,
        "referenceRange": [{"text": total_scale(instrument)}],
        "component": [*components(result, RESULT), *components(entry, ASSESSMENT)],
        "partOf": frame.session_of(entry),
        "note": notes(entry),
        **derived,
    }
    return frame.observation((entry["id"], ""), members)


def _panel(frame: Frame, entry: Entry) -> Json:
    members = {
        "code": panel_code(entry["instrument"]),
        "effectiveDateTime": entry["occurred_at"],
        "hasMember": [frame.reference(entry["id"])],
    }
    return frame.observation((entry["id"], PANEL), members)


def _response(frame: Frame, entry: Entry) -> Json:
    """The answers in the order of the form."""
    answers = sorted(entry["answers"], key=lambda answer: answer["item"])
    instrument = entry["instrument"]
    members = {
        "status": "completed",
        "authored": entry["occurred_at"],
        "author": frame.patient,
        "source": frame.patient,
        "item": [answered_item(instrument, a["item"], a.get("value")) for a in answers],
    }
    bundled = frame.resource("QuestionnaireResponse", (entry["id"], RESPONSE), members)
    resource = bundled["resource"]
    resource["identifier"] = resource["identifier"][0]  # here alone R4 allows just one
    return bundled

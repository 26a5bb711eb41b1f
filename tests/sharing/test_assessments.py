"""Questionnaires: totals, panels and answers, each under its own code."""

import json

import pytest

from app.sharing.fhir.codes import LOINC, OWN_SYSTEM
from tests.sharing.allowed_codes import PANELS
from tests.sharing.bundles import bundle_of, named, only, parts
from tests.sharing.journals import Entry
from tests.sharing.questionnaires import gad7, incomplete_who5, pcl5, phq9, scores_only
from tests.sharing.r4 import codes_of, complaints, nodes


@pytest.mark.parametrize(
    ("entry", "total", "panel"),
    [
        (phq9(), "44261-6", "44249-1"),
        (gad7(), "70274-6", "69737-5"),
        (pcl5(), "101698-9", "101697-1"),
    ],
)
def test_total_and_panel_have_codes_of_their_own(entry: Entry, total: str, panel: str) -> None:
    bundle = bundle_of(entry)
    (score,) = named(bundle, LOINC, total)
    (group,) = named(bundle, LOINC, panel)
    urls = {e["fullUrl"]: e["resource"] for e in bundle["entry"]}
    assert score["valueQuantity"]["value"] == entry["result"]["total"]
    assert not [name for name in group if name.startswith("value")]
    assert [urls[each["reference"]] for each in group["hasMember"]] == [score]
    (response,) = (urls[each["reference"]] for each in score["derivedFrom"])
    assert response["resourceType"] == "QuestionnaireResponse"


def test_without_item_answers_only_the_score_leaves() -> None:
    entry = phq9()
    del entry["answers"]
    del entry["result"]["item_9"]
    bundle = bundle_of(entry)
    resource = only(bundle)
    assert "derivedFrom" not in resource
    assert codes_of(resource, LOINC) & PANELS == set()
    assert not any(code in json.dumps(bundle) for code in ("44260-8", "LA6568-5", "response"))


def test_item_nine_never_leaves_with_the_score() -> None:
    (total,) = named(bundle_of(phq9()), LOINC, "44261-6")
    assert "nonzero" not in json.dumps(total)


def test_answers_stand_in_the_order_of_the_form() -> None:
    response = only(bundle_of(phq9()), "QuestionnaireResponse")
    answers = {
        item["linkId"]: item["answer"][0]["valueCoding"]["code"] if "answer" in item else None
        for item in response["item"]
    }
    assert answers == {
        "44250-9": "LA6570-1",
        "44255-8": "LA6569-3",
        "44259-0": "LA6571-9",
        "44254-1": "LA6570-1",
        "44251-7": None,
        "44258-2": "LA6569-3",
        "44252-5": "LA6569-3",
        "44253-3": "LA6568-5",
        "44260-8": "LA6569-3",
    }
    assert next(iter(answers)) == "44250-9"
    assert response["authored"] == "2026-03-20T09:00:00-04:00"


def test_items_without_a_looked_up_code_are_our_own() -> None:
    response = only(bundle_of(pcl5()), "QuestionnaireResponse")
    assert response["item"][19] == {
        "linkId": "pcl-5-item-20",
        "answer": [{"valueInteger": 0}],
    }


def test_no_wording_of_a_question_leaves() -> None:
    response = only(bundle_of(phq9()), "QuestionnaireResponse")
    names = {name for _, name, _ in nodes(response["item"])}
    assert names <= {"", "linkId", "answer", "valueCoding", "system", "code"}


def test_incomplete_assessment_has_a_reason_in_place_of_a_total() -> None:
    bundle = bundle_of(incomplete_who5())
    (total,) = named(bundle, OWN_SYSTEM, "who-5-total")
    assert "valueQuantity" not in total
    assert total["dataAbsentReason"]["text"] == "Too many items were skipped for a total"
    assert total["code"]["text"] == "WHO-5 total, 0–25, higher is better"
    assert complaints(bundle) == []


def test_result_tells_band_cut_points_and_subscales() -> None:
    (total,) = named(bundle_of(pcl5()), LOINC, "101698-9")
    found = parts(total)
    assert found["cut-point-at-or-above-31"] is True
    assert (found["subscale-b"], found["symptoms-e"]) == (6, 2)
    assert found["symptom-rule-met"] is True
    assert found["assessment-mode"] == "assessment-mode-clinician"
    assert (found["form-version"], found["form-language"]) == ("2", "en")
    (phq,) = named(bundle_of(phq9()), LOINC, "44261-6")
    assert parts(phq)["band"] == "band-moderate"
    assert parts(phq)["prorated"] is True


@pytest.mark.parametrize("entry", scores_only(), ids=lambda entry: str(entry["instrument"]))
def test_other_instruments_have_an_own_total(entry: Entry) -> None:
    bundle = bundle_of(entry)
    assert codes_of(only(bundle), OWN_SYSTEM) == {f"{entry['instrument']}-total"}
    assert complaints(bundle) == []

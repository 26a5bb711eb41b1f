"""The journal's vectors: validation, local days and scores, as far as they need no server."""

from datetime import datetime

import pytest

from app.journal.kinds import KINDS, read_draft
from app.journal.kinds.assessment import AssessmentContent
from app.journal.kinds.instruments import INSTRUMENTS
from app.journal.kinds.scoring import score_answers, score_total
from tests.journal.kinds.journal_vectors import Members, example, faults_of, vectors

VALIDATION = vectors("entry_validation.json")["cases"]
DAYS = vectors("local_days.json")["cases"]
SCORES = vectors("assessment_scores.json")["cases"]
DAYS_NOW = datetime.fromisoformat("2026-12-31T12:00:00Z")


@pytest.mark.parametrize("case", VALIDATION, ids=[case["id"] for case in VALIDATION])
def test_every_body_is_judged_as_the_vectors_say(case: Members) -> None:
    expected = {(e["code"], e["pointer"]) for e in case["expected"].get("errors", [])}
    assert faults_of(case["body"]) == expected
    assert (case["expected"]["status"] == 201) == (not expected)


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_has_a_refused_vector(name: str) -> None:
    refused = [case for case in VALIDATION if case["body"].get("kind") == name]
    assert any(case["expected"]["status"] == 422 for case in refused)


@pytest.mark.parametrize("case", DAYS, ids=[case["id"] for case in DAYS])
def test_every_entry_belongs_to_the_day_its_clock_showed(case: Members) -> None:
    body = example("mood", occurred_at=case["occurred_at"], time_zone=case["time_zone"], score=5)
    error = case["expected"].get("error")
    assert faults_of(body, DAYS_NOW) == ({(error["code"], error["pointer"])} if error else set())
    if not error:
        day = read_draft(body).content.local_date
        assert day.isoformat() == case["expected"]["local_date"]


@pytest.mark.parametrize("case", SCORES, ids=[case["id"] for case in SCORES])
def test_every_questionnaire_is_scored_exactly(case: Members) -> None:
    instrument = INSTRUMENTS[case["instrument"]]
    if "answers" in case:
        result = score_answers(instrument, case["answers"])
    else:
        result = score_total(instrument, case["total"])
    told = result.model_dump(exclude_none=True)
    assert told.pop("scoring_version") == f"{case['instrument']}/1"
    assert told.pop("screening_not_diagnosis") is True
    assert told == case["expected"]


@pytest.mark.parametrize("case", SCORES, ids=[case["id"] for case in SCORES])
def test_scores_do_not_depend_on_the_order_of_items(case: Members) -> None:
    answers = [
        {"item": place + 1} | ({} if value is None else {"value": value})
        for place, value in enumerate(case.get("answers", []))
    ]
    body = example(
        "assessment",
        instrument=case["instrument"],
        answers=answers[::-1] or None,
        total=case.get("total"),
    )
    assert faults_of(body) == set()
    content = read_draft(body).content
    assert isinstance(content, AssessmentContent)
    assert content.result.total == case["expected"].get("total")

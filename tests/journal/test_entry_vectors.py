"""What the shared vectors say of single entries, over HTTP."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.clocks import SetClock
from tests.service import Patient, Service, an_entry, problem_of

pytestmark = pytest.mark.anyio
VECTORS = Path(__file__).parents[1] / "vectors"
VALIDATION = json.loads((VECTORS / "entry_validation.json").read_text())
DAYS = json.loads((VECTORS / "local_days.json").read_text())
SCORES = json.loads((VECTORS / "assessment_scores.json").read_text())


async def test_every_body_of_the_validation_vectors_gets_its_answer(
    service: Service, clock: SetClock
) -> None:
    patient = await service.sign_up()
    clock.now = clock.now.fromisoformat(VALIDATION["clock"])
    await patient.refresh()
    for given in VALIDATION["given"]:
        await patient.save(given)
    wrong = []
    for case in VALIDATION["cases"]:
        answer = await patient.ask("POST", "/v1/entries", json=case["body"])
        expected = case["expected"]
        errors = {(e["code"], e["pointer"]) for e in expected.get("errors", [])}
        found = problem_of(answer) if answer.status_code == 422 else set()
        if (answer.status_code, found) != (expected["status"], errors):
            wrong.append((case["id"], answer.status_code, found, expected))
    assert not wrong


async def test_local_days_follow_the_written_date(service: Service, clock: SetClock) -> None:
    patient = await service.sign_up()
    clock.now = clock.now.fromisoformat("2026-12-31T12:00:00+00:00")
    patient.tokens |= (await patient.sign_in_again()).tokens
    for case in DAYS["cases"]:
        draft = an_entry(occurred_at=case["occurred_at"], time_zone=case["time_zone"], score=5)
        answer = await patient.ask("POST", "/v1/entries", json=draft)
        if "error" in case["expected"]:
            error = case["expected"]["error"]
            assert problem_of(answer) == {(error["code"], error["pointer"])}, case["id"]
        else:
            assert answer.status_code == 201, case["id"]
            assert answer.json()["entry"]["local_date"] == case["expected"]["local_date"]


async def test_the_server_computes_every_score(patient: Patient) -> None:
    for case in SCORES["cases"]:
        members: dict[str, Any] = {"instrument": case["instrument"]}
        if case.get("answers") is not None:
            members["answers"] = [
                {"item": number} if value is None else {"item": number, "value": value}
                for number, value in enumerate(case["answers"], start=1)
            ]
        if case.get("total") is not None:
            members["total"] = case["total"]
        draft = an_entry("assessment", **members)
        if "total" not in members:
            del draft["total"]
        saved = await patient.save(draft)
        result = dict(saved["entry"]["result"])
        assert result.pop("screening_not_diagnosis") is True
        assert result.pop("scoring_version")
        assert result == case["expected"], case["id"]

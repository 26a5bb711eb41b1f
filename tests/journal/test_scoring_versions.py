"""A new version of a scoring is for new answers: what was scored before stays as it was told."""

from typing import Any

import pytest

from app.journal.kinds.instruments import INSTRUMENTS
from tests.service import Patient, an_entry
from tests.sync.wire import Wire, edit

pytestmark = pytest.mark.anyio
# What an answer holds is for the test to say.
Json = dict[str, Any]

ANSWERS = [{"item": item, "value": 1} for item in range(1, 8)]
CASES: dict[str, tuple[Json, Json]] = {
    "isi": ({"total": 9}, {"total": 10}),
    "gad-7": (
        {"answers": ANSWERS, "total": 7},
        {"answers": [{"item": 1, "value": 3}, *ANSWERS[1:]], "total": 9},
    ),
}
EVERY_CASE = pytest.mark.parametrize("instrument", CASES)


@pytest.fixture
def patched(patient: Patient) -> Any:
    """Changes members of a read entry; what is read of it then."""

    async def change(entry: Json, **members: Any) -> Json:
        match = {"If-Match": f'"{entry["revision"]}"'}
        answer = await patient.ask("PATCH", f"/v1/entries/{entry['id']}", match, json=members)
        changed: Json = answer.json()["entry"]
        return changed

    return change


def score_anew(monkeypatch: pytest.MonkeyPatch, instrument: str) -> str:
    """A version that knows no bands; its name."""
    version = f"{instrument}/2"
    newer = INSTRUMENTS[instrument].model_copy(update={"scoring_version": version, "bands": ()})
    monkeypatch.setitem(INSTRUMENTS, instrument, newer)
    return version


@EVERY_CASE
async def test_a_note_leaves_the_result_of_an_older_scoring(
    patient: Patient, patched: Any, monkeypatch: pytest.MonkeyPatch, instrument: str
) -> None:
    told, _ = CASES[instrument]
    saved = await patient.save(an_entry("assessment", instrument=instrument, **told))
    first = saved["entry"]
    score_anew(monkeypatch, instrument)
    noted = await patched(first, note="a word")
    pushed = await Wire(patient).push_one(
        edit(first["id"], noted["revision"], "assessment", note="another word")
    )
    assert pushed["status"] == "applied"
    assert pushed["entry"]["note"] == "another word"
    assert first["result"] == noted["result"] == pushed["entry"]["result"]
    assert "band" in first["result"]


@EVERY_CASE
async def test_other_answers_are_scored_by_the_newest_version(
    patient: Patient, patched: Any, monkeypatch: pytest.MonkeyPatch, instrument: str
) -> None:
    told, changed = CASES[instrument]
    saved = await patient.save(an_entry("assessment", instrument=instrument, **told))
    version = score_anew(monkeypatch, instrument)
    result = (await patched(saved["entry"], **changed))["result"]
    assert result["scoring_version"] == version
    assert "band" not in result


async def test_a_note_stands_beside_a_total_that_an_older_scoring_gave(
    patient: Patient, patched: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = [*ANSWERS[:6], {"item": 7}]
    draft = an_entry("assessment", instrument="gad-7", answers=answers, total=7)
    first = (await patient.save(draft))["entry"]
    newer = INSTRUMENTS["gad-7"].model_copy(update={"skips_allowed": 0})
    monkeypatch.setitem(INSTRUMENTS, "gad-7", newer)
    noted = await patched(first, note="a word")
    pushed = await Wire(patient).push_one(
        edit(first["id"], noted["revision"], "assessment", note="another word")
    )
    assert pushed["status"] == "applied"
    assert first["result"] == noted["result"] == pushed["entry"]["result"]

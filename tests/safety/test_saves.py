"""Signals beside saves and pushes, over HTTP: never in the way of one, and true after each."""

from typing import Any

import pytest

from app.safety.rules import evaluation
from app.safety.rules.entries import RuleEntry
from app.safety.rules.rule import Rule
from tests.service import Patient, an_entry
from tests.sync.wire import Wire, edit, removal, upsert

pytestmark = pytest.mark.anyio
# What an answer holds is for the test to say.
Json = dict[str, Any]
DOSE = "2026-06-01T08:00:00+02:00"
MOMENT = {"occurred_at": "2026-06-01T12:00:00+02:00", "time_zone": "Europe/Berlin"}


def phq9(ninth: int) -> Json:
    """A questionnaire whose ninth answer is this, and every other 0."""
    answers = [{"item": item, "value": 0} for item in range(1, 9)]
    answers.append({"item": 9, "value": ninth})
    return an_entry("assessment", instrument="phq-9", total=ninth, answers=answers)


async def signals_of(patient: Patient) -> list[Json]:
    """All signals, newest first."""
    answer = await patient.ask("GET", "/v1/signals")
    assert answer.status_code == 200
    assert answer.json()["monitored"] is False
    items: list[Json] = answer.json()["items"]
    return items


@pytest.fixture
def no_rule_works(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is saved, no rule can look at it."""

    def broken(_: Json) -> RuleEntry:
        raise ZeroDivisionError

    monkeypatch.setattr(evaluation, "rule_entry", broken)


@pytest.mark.usefixtures("no_rule_works")
@pytest.mark.parametrize(
    "kind", ["mood", "anxiety", "flashback", "dissociation", "session", "assessment"]
)
async def test_a_save_stands_where_every_rule_fails_and_says_so(
    patient: Patient, kind: str
) -> None:
    draft = an_entry(kind) if kind != "assessment" else phq9(3)
    saved = await patient.save(draft)
    path, match = f"/v1/entries/{draft['id']}", {"If-Match": f'"{saved["entry"]["revision"]}"'}
    changed = await patient.ask("PATCH", path, match, json={"note": "still here"})
    for answer in (saved, changed.json()):
        assert (answer["signals"], answer["monitored"]) == ([], False)
        assert answer["signals_unavailable"] is True
        assert ("crisis_resources" in answer) is (kind in ("dissociation", "assessment"))
    assert (await patient.ask("GET", path)).json() == changed.json()["entry"]
    deleted = await patient.ask(
        "DELETE", path, {"If-Match": f'"{changed.json()["entry"]["revision"]}"'}
    )
    assert deleted.status_code == 204


@pytest.mark.usefixtures("no_rule_works")
async def test_check_ins_and_pushes_stand_where_every_rule_fails(patient: Patient) -> None:
    phone, draft = Wire(patient), phq9(3)
    pushed = await phone.push_one(upsert(draft))
    assert pushed["status"] == "applied"
    part = {"id": an_entry()["id"], "score": 1, "help_wanted": True}
    made = await patient.ask("POST", "/v1/check-ins", json={**MOMENT, "mood": part})
    assert made.status_code == 201
    assert [each["signals_unavailable"] for each in made.json()["items"]] == [True]
    assert [each["id"] for each in await phone.pull_all()] == [draft["id"], part["id"]]
    assert await signals_of(patient) == []


async def test_a_rule_that_fails_hides_no_other_signal_of_the_save(
    patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    raised = evaluation._raised

    def broken(rule: Rule, *more: Any) -> Any:
        if rule.code == "asked_for_help":
            raise KeyError(rule.code)
        return raised(rule, *more)

    monkeypatch.setattr(evaluation, "_raised", broken)
    dose = an_entry("session", occurred_at=DOSE)
    await patient.save(dose)
    linked = {"spontaneous": False, "session_id": dose["id"], "distress": 9, "help_wanted": True}
    saved = await patient.save(an_entry("dissociation", **linked))
    assert [each["code"] for each in saved["signals"]] == ["dissociation_distress"]
    assert saved["signals_unavailable"] is True
    assert saved["crisis_resources"]


async def test_a_save_whose_rules_all_worked_says_nothing_of_it(patient: Patient) -> None:
    assert "signals_unavailable" not in await patient.save(phq9(3))


async def test_what_a_phone_pushes_late_is_superseded_by_its_edit_and_goes_with_its_entry(
    patient: Patient,
) -> None:
    phone, draft = Wire(patient), phq9(2) | {"occurred_at": "2026-05-31T22:30:00+02:00"}
    made = await phone.push_one(upsert(draft))
    (raised,) = await signals_of(patient)
    assert (raised["code"], raised["status"]) == ("self_harm_item", "open")
    assert raised["late_hours"] == 15.5
    assert raised["resources"]
    same = await phone.push_one(edit(draft["id"], made["revision"], "assessment", note="a word"))
    assert [each["id"] for each in await signals_of(patient)] == [raised["id"]]
    mended = phq9(0)["answers"]
    item = edit(draft["id"], same["revision"], "assessment", answers=mended, total=0)
    assert (await phone.push_one(item))["status"] == "applied"
    (gone,) = await signals_of(patient)
    assert (gone["id"], gone["status"]) == (raised["id"], "superseded")
    assert (await phone.push_one(removal(draft["id"])))["status"] == "applied"
    assert await signals_of(patient) == []


@pytest.mark.parametrize("answer", ["acknowledged", "dismissed"])
async def test_an_answer_stays_until_the_facts_change(patient: Patient, answer: str) -> None:
    draft = phq9(1)
    saved = await patient.save(draft)
    (raised,) = saved["signals"]
    told = await patient.ask("PATCH", f"/v1/signals/{raised['id']}", json={"status": answer})
    assert told.json()["status"] == answer
    assert told.json()[f"{answer}_at"] == "2026-06-01T12:00:00.000Z"
    again = await patient.ask("PATCH", f"/v1/signals/{raised['id']}", json={"status": answer})
    assert again.json() == told.json()
    path, match = f"/v1/entries/{draft['id']}", {"If-Match": f'"{saved["entry"]["revision"]}"'}
    noted = (await patient.ask("PATCH", path, match, json={"note": "a word"})).json()
    assert [(each["id"], each["status"]) for each in noted["signals"]] == [(raised["id"], answer)]
    match = {"If-Match": f'"{noted["entry"]["revision"]}"'}
    worse = {"answers": phq9(3)["answers"], "total": 3}
    changed = (await patient.ask("PATCH", path, match, json=worse)).json()
    assert [each["status"] for each in changed["signals"]] == ["open"]
    listed = {each["status"] for each in await signals_of(patient)}
    assert listed == {"open", "superseded"}


async def test_signals_of_a_save_stand_in_the_order_of_the_rules(patient: Patient) -> None:
    told: Json = {
        "supervision": "none",
        "vitals": [{"phase": "pre", "systolic": 190, "diastolic": 100, "spo2": 85}],
        "adverse_effects": [{"code": "chest_pain", "severity": 3}],
    }
    codes = ["bp_high_pre", "bp_high", "spo2_low", "red_flag_effect", "unsupervised_session"]
    for day in range(1, 5):
        draft = an_entry("session", occurred_at=f"2026-05-{day:02}T08:00:00+02:00", **told)
        saved = await patient.save(draft)
        assert [each["code"] for each in saved["signals"]] == codes


async def test_no_other_answer_is_taken(patient: Patient) -> None:
    (raised,) = (await patient.save(phq9(1)))["signals"]
    path = f"/v1/signals/{raised['id']}"
    for status in ("open", "superseded", "read", None, 1):
        assert (await patient.ask("PATCH", path, json={"status": status})).status_code == 422
    assert (await patient.ask("PATCH", path, json={})).status_code == 422
    assert [each["status"] for each in await signals_of(patient)] == ["open"]


async def test_a_signal_does_not_outlive_its_session_wherever_that_was_moved(
    patient: Patient,
) -> None:
    dose, other = an_entry("session", occurred_at=DOSE), an_entry("session", occurred_at=DOSE)
    drafts = [
        an_entry("dissociation", spontaneous=False, session_id=each["id"], distress=9)
        for each in (dose, other)
    ]
    entries = [(await patient.save(each))["entry"] for each in (dose, other)]
    for draft in drafts:
        saved = await patient.save(draft)
        assert [each["code"] for each in saved["signals"]] == ["dissociation_distress"]
    phone, revision = Wire(patient), entries[0]["revision"]
    for day, away in (("2026-03-01", 92), ("2026-02-01", 120)):
        moved = edit(dose["id"], revision, "session", occurred_at=f"{day}T08:00:00+01:00")
        result = await phone.push_one(moved)
        revision = result["revision"]
        minutes = [each["facts"][1]["value"] for each in await standing(patient)]
        assert len(minutes) == 2
        assert max(minutes) // (60 * 24) == away
    assert (await phone.push_one(removal(dose["id"])))["status"] == "applied"
    assert [each["entry_id"] for each in await standing(patient)] == [drafts[1]["id"]]


async def standing(patient: Patient) -> list[Json]:
    """The signals that are not superseded."""
    return [each for each in await signals_of(patient) if each["status"] != "superseded"]

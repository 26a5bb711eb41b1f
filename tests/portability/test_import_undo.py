"""Importing twice doubles nothing, and an undo takes out what the import made and no more."""

import pytest

from tests.audit.trails import events_of
from tests.portability.exports import exported
from tests.portability.imports import DAYLIO, ask, change, commit, counts, entries, undo
from tests.safety.test_closed_neighbours import close
from tests.service import Patient, Service, an_entry

pytestmark = pytest.mark.anyio

ZONE = "Europe/Berlin"


async def of_two_sessions(old: Patient) -> str:
    """The export of a journal of two sessions and a mood of each."""
    for day in ("2026-05-20", "2026-05-25"):
        session = an_entry("session", occurred_at=f"{day}T10:00:00+02:00")
        mood = an_entry("mood", session_id=session["id"], occurred_at=f"{day}T15:00:00+02:00")
        await old.save(session)
        await old.save(mood)
    return (await exported(old, "ndjson")).decode()


async def test_importing_twice_doubles_nothing(patient: Patient) -> None:
    await commit(patient, "daylio", DAYLIO, time_zone=ZONE)
    before = await entries(patient)
    again = await commit(patient, "daylio", DAYLIO, time_zone=ZONE)
    assert counts(again) == {"rows": 9, "known": 6, "refused_count": 3}
    assert await entries(patient) == before


async def test_an_undo_leaves_what_the_patient_changed_or_wrote(patient: Patient) -> None:
    own = (await patient.save(an_entry("mood")))["entry"]
    report = await commit(patient, "daylio", DAYLIO, time_zone=ZONE)
    edited, deleted = [e for e in await entries(patient) if e["source"] == "import"][:2]
    await change(patient, "PATCH", edited, json={"score": 1})
    await change(patient, "DELETE", deleted)
    assert counts(await undo(patient, report["id"])) == {"removed": 4, "kept": 2}
    assert {each["id"] for each in await entries(patient)} == {own["id"], edited["id"]}


async def test_a_large_undo_goes_in_parts_and_takes_out_all(
    patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.portability.importing.UNDONE_AT_ONCE", 2)
    report = await commit(patient, "daylio", DAYLIO, time_zone=ZONE)
    edited = min(await entries(patient), key=lambda entry: entry["id"])
    await change(patient, "PATCH", edited, json={"score": 1})
    before = len(await events_of(patient))
    assert counts(await undo(patient, report["id"])) == {"removed": 5, "kept": 1}
    assert [each["id"] for each in await entries(patient)] == [edited["id"]]
    parts = [each["object"].get("count", 1) for each in (await events_of(patient))[before:]]
    assert parts == [1, 2, 2]


async def test_an_undo_that_is_sent_again_changes_nothing(patient: Patient) -> None:
    report = await commit(patient, "daylio", DAYLIO, time_zone=ZONE)
    assert (await undo(patient, report["id"]))["removed"] == 6
    assert (await undo(patient, report["id"]))["removed"] == 0


async def test_after_an_undo_the_same_file_can_be_imported_with_other_meanings(
    patient: Patient,
) -> None:
    for score in (6, 7, 8):
        scores = [{"name": "good", "score": score}]
        report = await commit(patient, "daylio", DAYLIO, time_zone=ZONE, scores=scores)
        assert report["created"] == 6
        assert score in {each["score"] for each in await entries(patient)}
        assert len(await entries(patient)) == 6
        await undo(patient, report["id"])
    assert await entries(patient) == []


async def test_a_backup_taken_between_two_undos_can_be_brought_in(patient: Patient) -> None:
    first = await commit(patient, "daylio", DAYLIO, time_zone=ZONE)
    await undo(patient, first["id"])
    second = await commit(patient, "daylio", DAYLIO, time_zone=ZONE)
    backup = (await exported(patient, "ndjson")).decode()
    assert (await commit(patient, "afterglow", backup))["known"] == 6
    await undo(patient, second["id"])
    assert (await commit(patient, "afterglow", backup))["created"] == 6
    assert (await commit(patient, "daylio", DAYLIO, time_zone=ZONE))["known"] == 6
    assert len(await entries(patient)) == 6


async def test_links_of_such_a_backup_follow_its_sessions(service: Service) -> None:
    old, new = await service.sign_up(), await service.sign_up()
    session = (await old.save(an_entry("session")))["entry"]
    await old.save(an_entry("mood", session_id=session["id"]))
    content, made = (await exported(old, "ndjson")).decode(), set[str]()
    for _ in range(3):
        report = await commit(new, "afterglow", content)
        assert report["created"] == 2
        (moved,) = await entries(new, kind="session")
        assert (await entries(new, kind="mood"))[0]["session_id"] == moved["id"]
        made.add(moved["id"])
        content = (await exported(new, "ndjson")).decode()
        await undo(new, report["id"])
    assert len(made) == 3


@pytest.mark.parametrize("at_once", [1, 200])
@pytest.mark.parametrize("whose", ["changed", "written"])
async def test_an_undo_leaves_a_session_that_an_entry_which_stays_is_linked_to(
    service: Service,
    patient: Patient,
    whose: str,
    at_once: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("app.portability.named_sessions.CHUNK", at_once)
    content = await of_two_sessions(await service.sign_up())
    report = await commit(patient, "afterglow", content)
    linked = (await entries(patient, kind="mood"))[0]
    if whose == "changed":
        await change(patient, "PATCH", linked, json={"note": "Mine."})
    else:
        own = an_entry("mood", session_id=linked["session_id"])
        linked = (await patient.save(own))["entry"]
    kept = 2 if whose == "changed" else 1
    assert counts(await undo(patient, report["id"])) == {"removed": 4 - kept, "kept": kept}
    (session,) = await entries(patient, kind="session")
    assert session["id"] == linked["session_id"]
    again = await commit(patient, "afterglow", content)
    assert (again["created"], again["known"]) == (4 - kept, kept)
    (linked,) = [each for each in await entries(patient) if each["id"] == linked["id"]]
    assert linked["session_id"] == session["id"]
    assert (await undo(patient, again["id"]))["removed"] == again["created"]
    await change(patient, "DELETE", linked)
    assert (await undo(patient, report["id"]))["removed"] == 1, "nothing names it any more"


async def test_no_undo_is_held_up_by_an_entry_that_does_not_open(
    service: Service, patient: Patient
) -> None:
    report = await commit(patient, "afterglow", await of_two_sessions(await service.sign_up()))
    own = (await patient.save(an_entry("mood")))["entry"]
    await close(service, patient, own["id"])
    assert counts(await undo(patient, report["id"])) == {"removed": 4}


async def test_what_the_patient_deleted_stays_deleted(patient: Patient) -> None:
    await commit(patient, "daylio", DAYLIO, time_zone=ZONE)
    await change(patient, "DELETE", (await entries(patient))[0])
    again = await commit(patient, "daylio", DAYLIO, time_zone=ZONE)
    assert counts(again) == {"rows": 9, "known": 5, "deleted": 1, "refused_count": 3}


async def test_the_parts_of_a_split_file_are_undone_together(patient: Patient) -> None:
    head, *lines = DAYLIO.splitlines(keepends=True)
    first = await commit(patient, "daylio", head + "".join(lines[:2]), time_zone=ZONE)
    rest = head + "".join(lines[2:])
    second = await commit(patient, "daylio", rest, time_zone=ZONE, id=first["id"])
    made = first["created"] + second["created"]
    assert made == 6
    assert (await undo(patient, first["id"]))["removed"] == made
    assert await entries(patient) == []


async def test_an_undone_import_takes_nothing_more_in(patient: Patient) -> None:
    report = await commit(patient, "daylio", DAYLIO, time_zone=ZONE)
    await undo(patient, report["id"])
    order = {"action": "commit", "id": report["id"], "diary": "daylio", "content": DAYLIO}
    assert (await ask(patient, order, 409))["code"] == "import_undone"
    assert await entries(patient) == []


async def test_an_import_of_another_patient_cannot_be_undone(service: Service) -> None:
    mine, other = await service.sign_up(), await service.sign_up()
    report = await commit(other, "daylio", DAYLIO, time_zone=ZONE)
    answer = await mine.ask("POST", "/v1/imports", json={"action": "undo", "id": report["id"]})
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert len(await entries(other)) == 6


async def test_ids_of_imported_rows_differ_between_patients(service: Service) -> None:
    mine, other = await service.sign_up(), await service.sign_up()
    for each in (mine, other):
        await commit(each, "daylio", DAYLIO, time_zone=ZONE)
    ids = [{entry["id"] for entry in await entries(each)} for each in (mine, other)]
    assert not ids[0] & ids[1]

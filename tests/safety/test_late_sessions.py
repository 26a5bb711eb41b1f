"""A session that comes after the entries that name it: what they say is seen all the same."""

import json
from typing import Any

import pytest

from tests.portability.exports import exported_lines, of_type
from tests.portability.imports import commit, counts
from tests.safety.test_closed_neighbours import close
from tests.safety.test_saves import DOSE, signals_of
from tests.service import Patient, Service, an_entry
from tests.sync.recorder import record
from tests.sync.wire import Wire, edit, removal, upsert

pytestmark = pytest.mark.anyio
# What an answer holds is for the test to say.
Json = dict[str, Any]
LOOK, SAVE = ["journal.LOCK", "journal.LOAD"], ["journal.SAVE", "journal.ADD_VERSION"]
CREATE = [*LOOK, *SAVE, "journal.ADVANCE", "audit.LOCK", "audit.ADD", "audit.ADVANCE"]
AROUND = "journal.LOAD_KIND_DAYS"
FAR = "2026-05-20T08:00:00+02:00"
AT_FIRST = "2026-05-10T12:00:00+02:00"


def a_pair() -> tuple[Json, Json]:
    """A session, and what the patient noted of it hours after the dose."""
    dose = an_entry("session", occurred_at=DOSE)
    told = {"spontaneous": False, "session_id": dose["id"], "intensity": 7}
    return dose, an_entry("dissociation", **told)


async def told_of(patient: Patient) -> list[tuple[str, str, str]]:
    """Entry, code and status of all signals."""
    return [(each["entry_id"], each["code"], each["status"]) for each in await signals_of(patient)]


async def test_after_a_loss_one_phone_brings_an_entry_and_another_its_session_later(
    patient: Patient,
) -> None:
    dose, noted = a_pair()
    first, second = Wire(patient), Wire(patient).of("phone-b")
    assert (await first.push_one(upsert(noted, 7)))["status"] == "applied"
    assert await told_of(patient) == []
    made = await second.push_one(upsert(dose, 6))
    assert made["status"] == "applied"
    raised = [(noted["id"], "dissociation_persistent", "open")]
    assert await told_of(patient) == raised
    again = edit(dose["id"], made["revision"], "session", note="a word")
    assert (await second.push_one(again))["status"] == "applied"
    assert await told_of(patient) == raised
    assert (await second.push_one(removal(dose["id"])))["status"] == "applied"
    assert [each[2] for each in await told_of(patient)] == ["superseded"]


async def test_a_session_saved_by_hand_reaches_the_entry_that_came_back_before_it(
    patient: Patient,
) -> None:
    dose, noted = a_pair()
    assert (await Wire(patient).push_one(upsert(noted, 7)))["status"] == "applied"
    saved = await patient.save(dose)
    assert saved["signals"] == []
    assert await told_of(patient) == [(noted["id"], "dissociation_persistent", "open")]


async def test_an_own_export_raises_the_same_in_whichever_order_its_parts_come(
    service: Service, patient: Patient
) -> None:
    dose, noted = a_pair()
    await patient.save(dose)
    await patient.save(noted)
    parts = {each["entry"]["id"]: each for each in of_type(await exported_lines(patient), "entry")}
    reader = await service.sign_up()
    for part in (parts[noted["id"]], parts[dose["id"]]):
        told = await commit(reader, "afterglow", json.dumps(part))
        assert counts(told) == {"rows": 1, "created": 1}
    assert [each[1] for each in await told_of(reader)] == ["dissociation_persistent"]


async def test_an_entry_that_does_not_open_stops_no_session_that_comes_after_it(
    service: Service, patient: Patient
) -> None:
    dose, noted = a_pair()
    assert (await Wire(patient).push_one(upsert(noted, 7)))["status"] == "applied"
    await close(service, patient, noted["id"])
    assert (await patient.save(dose))["signals"] == []
    assert await told_of(patient) == []


async def test_a_session_that_nobody_names_costs_one_look_around(
    service: Service, patient: Patient
) -> None:
    phone = Wire(patient)
    await phone.push_one(upsert(an_entry()))
    recorder = record(service)
    await phone.push_one(upsert(an_entry("session", status="completed")))
    planned = an_entry("session", status="planned", occurred_at="2026-06-20T08:00:00+02:00")
    await phone.push_one(upsert(planned))
    assert recorder.units == [[*CREATE, AROUND], CREATE]


@pytest.mark.parametrize("last", ["session", "entry"])
async def test_a_session_that_was_moved_away_comes_back_before_or_after_its_entry(
    patient: Patient, last: str
) -> None:
    dose, noted = a_pair()
    parts = [upsert(dose | {"occurred_at": FAR}, 7), upsert(noted, 6)]
    for part in parts if last == "entry" else reversed(parts):
        assert (await Wire(patient).push_one(part))["status"] == "applied"
    assert await told_of(patient) == [(noted["id"], "dissociation_persistent", "open")]
    (raised,) = await signals_of(patient)
    assert raised["facts"][1] == {"name": "minutes", "value": 12 * 24 * 60 + 240}


async def test_an_own_export_brings_a_session_after_the_entry_that_it_had_left_behind(
    service: Service, patient: Patient
) -> None:
    dose, noted = a_pair()
    made = await Wire(patient).push_one(upsert(dose))
    await patient.save(noted)
    moved = edit(dose["id"], made["revision"], "session", occurred_at=FAR)
    assert (await Wire(patient).push_one(moved))["status"] == "applied"
    parts = {each["entry"]["id"]: each for each in of_type(await exported_lines(patient), "entry")}
    reader = await service.sign_up()
    for part in (parts[noted["id"]], parts[dose["id"]]):
        told = await commit(reader, "afterglow", json.dumps(part))
        assert counts(told) == {"rows": 1, "created": 1}
    assert [each[1] for each in await told_of(reader)] == ["dissociation_persistent"]


@pytest.mark.parametrize("between", ["completed", "cancelled"])
async def test_a_session_that_moves_twice_reaches_entries_that_lie_at_neither_time(
    patient: Patient, between: str
) -> None:
    phone, (dose, noted) = Wire(patient), a_pair()
    dose["occurred_at"], noted["occurred_at"] = "2026-05-10T08:00:00+02:00", AT_FIRST
    made = await phone.push(upsert(dose), upsert(noted))
    later = {"occurred_at": "2026-05-25T08:00:00+02:00", "status": between}
    moved = await phone.push_one(edit(dose["id"], made[0]["revision"], "session", **later))
    assert [each[2] for each in await told_of(patient)] == ["superseded"]
    earlier = {"occurred_at": "2026-04-01T08:00:00+02:00", "status": "completed"}
    again = await phone.push_one(edit(dose["id"], moved["revision"], "session", **earlier))
    assert again["status"] == "applied"
    assert sorted(each[2] for each in await told_of(patient)) == ["open", "superseded"]


async def test_an_entry_that_was_left_behind_is_not_the_latest_because_it_alone_was_distressed(
    patient: Patient,
) -> None:
    phone, (dose, noted) = Wire(patient), a_pair()
    dose["occurred_at"], noted["occurred_at"] = "2026-05-10T08:00:00+02:00", AT_FIRST
    over = {"intensity": 0, "resolved": True, "occurred_at": "2026-05-10T14:00:00+02:00"}
    rest = an_entry("dissociation", spontaneous=False, session_id=dose["id"], **over)
    made = await phone.push(upsert(dose), upsert(noted | {"distress": 9}), upsert(rest))
    revision = made[0]["revision"]
    for day in ("2026-04-20", "2026-04-05"):
        moved = edit(dose["id"], revision, "session", occurred_at=f"{day}T08:00:00+02:00")
        revision = (await phone.push_one(moved))["revision"]
        live = [each[:2] for each in await told_of(patient) if each[2] == "open"]
        assert live == [(noted["id"], "dissociation_distress")]

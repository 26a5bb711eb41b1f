"""Entries and signals that do not open, beside a save: it stands, and says what was not seen."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update

from app.accounts.store_accounts import PROFILE
from app.database import Database, Transaction
from app.journal import store
from app.journal.journal import Journal
from app.safety.store import SIGNAL
from tests.journal.broken_rows import mark, spoil
from tests.journal.kept_digests import replace
from tests.safety.test_saves import DOSE, phq9, signals_of
from tests.service import Patient, Service, an_entry, problem_of
from tests.sharing.links import account_of
from tests.sync.wire import Wire, edit, upsert

pytestmark = pytest.mark.anyio
# What an answer holds is for the test to say.
Json = dict[str, Any]
DAYS = ("2026-05-30T12:00:00+02:00", "2026-05-31T12:00:00+02:00", "2026-06-01T11:00:00+02:00")


async def close(service: Service, patient: Patient, row_id: str, table: Any = store.ENTRY) -> None:
    """Spoil what is sealed in a row, and an entry's copy, behind the back of the service."""
    if table is store.ENTRY:
        await spoil(service, patient, row_id)
        return
    database: Database = service.app.state.provided[Journal].reading._database
    account_id = await account_of(service, patient)
    row = (table.c.account_id == account_id, table.c.id == UUID(row_id))

    async def work(transaction: Transaction) -> None:
        await transaction.execute(update(table).where(*row).values(sealed=b"\x01" + bytes(99)))

    await database.write(account_id, work)


async def close_profile(service: Service, patient: Patient) -> None:
    """Spoil the patient's own settings in the same way."""
    database: Database = service.app.state.provided[Journal].reading._database
    account_id = await account_of(service, patient)
    spoilt = update(PROFILE).where(PROFILE.c.account_id == account_id)

    async def work(transaction: Transaction) -> None:
        await transaction.execute(spoilt.values(sealed=b"\x01" + bytes(99)))

    await database.write(account_id, work)


async def changed(patient: Patient, entry: Json, **members: Any) -> Json:
    """The answer to a patch of a saved entry."""
    path, match = f"/v1/entries/{entry['id']}", {"If-Match": f'"{entry["revision"]}"'}
    answer = await patient.ask("PATCH", path, match, json=members)
    assert answer.status_code == 200, answer.text
    told: Json = answer.json()
    return told


def lost(day: str, **members: Any) -> Json:
    """A flashback in which contact with the surroundings was lost."""
    episode = {"report": "episode", "distress": 5, "presence": 3, "occurred_at": day}
    return an_entry("flashback", **episode, **members)


async def test_a_flashback_is_saved_beside_one_that_does_not_open(
    service: Service, patient: Patient
) -> None:
    drafts = [lost(day) for day in DAYS]
    *_, last = [await patient.save(draft) for draft in drafts]
    assert [each["code"] for each in last["signals"]] == ["presence_lost"]
    assert "signals_unavailable" not in last
    await close(service, patient, drafts[0]["id"])
    noted = await changed(patient, last["entry"], note="a word")
    assert [each["id"] for each in noted["signals"]] == [last["signals"][0]["id"]]
    assert noted["signals_unavailable"] is True
    helped = await patient.save(lost("2026-06-01T11:30:00+02:00", help_wanted=True))
    assert [each["code"] for each in helped["signals"]] == ["asked_for_help"]
    assert helped["signals_unavailable"] is True
    pushed = await Wire(patient).push(upsert(lost(DAYS[2])), upsert(an_entry()))
    assert [each["status"] for each in pushed] == ["applied", "applied"]
    assert {each["status"] for each in await signals_of(patient)} == {"open"}


@pytest.mark.parametrize("kind", ["session", "assessment"])
async def test_warnings_leave_out_what_does_not_open(
    service: Service, patient: Patient, kind: str
) -> None:
    first = an_entry(kind, occurred_at="2026-06-01T08:00:00+02:00")
    await patient.save(first)
    warned = await patient.save(an_entry(kind))
    assert len(warned["warnings"]) == 1
    for closed in (first["id"], warned["entry"]["id"]):
        await close(service, patient, closed)
    saved = await patient.save(an_entry(kind))
    assert saved["warnings"] == []
    assert "signals_unavailable" not in saved


async def test_what_is_linked_to_a_session_that_does_not_open_can_be_edited(
    service: Service, patient: Patient
) -> None:
    session = an_entry("session", occurred_at="2026-06-01T06:00:00+02:00")
    linked: Json = {"spontaneous": False, "session_id": session["id"], "intensity": 7}
    await patient.save(session)
    saved = await patient.save(an_entry("dissociation", **linked))
    assert [each["code"] for each in saved["signals"]] == ["dissociation_persistent"]
    await close(service, patient, session["id"])
    noted = await changed(patient, saved["entry"], intensity=1)
    assert [each["status"] for each in noted["signals"]] == ["open"]
    assert noted["signals_unavailable"] is True
    more = an_entry("dissociation", **linked)
    answer = await patient.ask("POST", "/v1/entries", json=more)
    assert problem_of(answer) == {("session_not_found", "/session_id")}
    entry = noted["entry"]
    pushed = await Wire(patient).push(
        upsert(an_entry(note="before")),
        upsert(more),
        edit(entry["id"], entry["revision"], "dissociation", note="a word"),
    )
    assert [each["status"] for each in pushed] == ["applied", "rejected", "applied"]


async def test_a_session_that_does_not_open_silences_no_rule_of_another(
    service: Service, patient: Patient
) -> None:
    phone = Wire(patient)
    closed, sound = [an_entry("session", occurred_at=DOSE) for _ in range(2)]
    linked: Json = {"spontaneous": False, "intensity": 7, "distress": 9}
    beside = an_entry("dissociation", session_id=closed["id"], **linked | {"distress": 1})
    noted = an_entry("dissociation", session_id=sound["id"], **linked)
    made = await phone.push(upsert(closed), upsert(sound), upsert(beside))
    before = [each["id"] for each in await signals_of(patient)]
    await close(service, patient, closed["id"])
    pushed = await phone.push(
        edit(closed["id"], made[0]["revision"], "session", note="a word"),
        edit(beside["id"], made[2]["revision"], "dissociation", intensity=1),
        upsert(noted),
    )
    assert [each["status"] for each in pushed] == ["missing", "applied", "applied"]
    signals = await signals_of(patient)
    assert {each["status"] for each in signals} == {"open"}
    new = [each for each in signals if each["id"] not in before]
    assert len(new) == len(signals) - 1
    raised = {(each["entry_id"], each["code"]) for each in new}
    codes = ("dissociation_distress", "dissociation_persistent")
    assert raised == {(noted["id"], code) for code in codes}


@pytest.mark.parametrize("way", ["push", "replace"])
@pytest.mark.parametrize(
    ("comes_back", "left"),
    [
        ({"occurred_at": "2026-05-10T08:00:00+02:00"}, ["open", "superseded"]),
        ({"status": "cancelled"}, ["superseded"]),
        ({"status": "planned"}, ["superseded"]),
    ],
    ids=["elsewhere", "cancelled", "planned"],
)
async def test_a_session_that_comes_back_otherwise_is_seen_by_its_entries(
    service: Service, patient: Patient, way: str, comes_back: Json, left: list[str]
) -> None:
    session = an_entry("session", occurred_at=DOSE)
    made = await Wire(patient).push_one(upsert(session))
    linked: Json = {"spontaneous": False, "session_id": session["id"], "intensity": 7}
    saved = await patient.save(an_entry("dissociation", **linked))
    assert [each["status"] for each in saved["signals"]] == ["open"]
    await close(service, patient, session["id"])
    if way == "replace":
        await replace(patient, made["entry"], **comes_back)
    else:
        told = await Wire(patient).push_one(upsert(session | comes_back, made["revision"]))
        assert told["status"] == "applied"
    assert sorted(each["status"] for each in await signals_of(patient)) == left


async def test_an_edit_supersedes_a_signal_that_does_not_open(
    service: Service, patient: Patient
) -> None:
    saved = await patient.save(phq9(2))
    closed = saved["signals"][0]["id"]
    await close(service, patient, closed, SIGNAL)
    noted = await changed(patient, saved["entry"], note="a word")
    (raised,) = noted["signals"]
    assert (raised["code"], raised["status"]) == ("self_harm_item", "open")
    assert raised["id"] != closed
    assert "signals_unavailable" not in noted
    assert [each["id"] for each in await signals_of(patient)] == [raised["id"]]
    again = await changed(patient, noted["entry"], note="another")
    assert [each["id"] for each in again["signals"]] == [raised["id"]]


async def test_a_signal_that_does_not_open_stays_where_a_rule_could_not_be_asked(
    service: Service, patient: Patient
) -> None:
    drafts = [lost(day) for day in DAYS]
    *_, last = [await patient.save(draft) for draft in drafts]
    closed = last["signals"][0]["id"]
    await close(service, patient, closed, SIGNAL)
    await close(service, patient, drafts[0]["id"])
    noted = await changed(patient, last["entry"], note="a word")
    assert noted["signals_unavailable"] is True
    listed = (await patient.ask("GET", "/v1/signals")).json()
    assert listed["unreadable"] == [{"id": closed}]


async def test_help_is_told_beside_a_save_where_the_profile_does_not_open(
    service: Service, patient: Patient
) -> None:
    known = await patient.save(phq9(1))
    await close_profile(service, patient)
    for draft in (phq9(2), an_entry(help_wanted=True), an_entry("dissociation")):
        saved = await patient.save(draft)
        assert [each["id"] for each in saved["crisis_resources"]] == ["zz-emergency"]
        assert saved["signals_unavailable"] is True
        for raised in saved["signals"]:
            assert raised["resources"] == saved["crisis_resources"]
    plain = await patient.save(an_entry())
    assert "signals_unavailable" not in plain
    noted = await changed(patient, known["entry"], note="a word")
    assert [each["status"] for each in noted["signals"]] == ["open"]
    codes = {each["code"] for each in await signals_of(patient)}
    assert codes == {"self_harm_item", "asked_for_help"}
    path = f"/v1/signals/{known['signals'][0]['id']}"
    answered = await patient.ask("PATCH", path, json={"status": "dismissed"})
    assert answered.json()["status"] == "dismissed"
    assert [each["id"] for each in answered.json()["resources"]] == ["zz-emergency"]


async def test_nothing_is_stopped_by_a_row_that_was_emptied_but_for_its_date(
    service: Service, patient: Patient
) -> None:
    """What says that it is deleted and holds nothing is no entry, whatever else stands in clear."""
    emptied = lost(DAYS[0])
    await patient.save(emptied)
    await spoil(service, patient, emptied["id"], how=lambda _: None)
    await mark(service, patient, emptied["id"], deleted=True)
    await patient.save(lost(DAYS[1]))
    pushed = await Wire(patient).push_one(upsert(lost(DAYS[2])))
    assert pushed["status"] == "applied"
    assert (await patient.ask("GET", "/v1/trends/summary")).status_code == 200

"""The export that is complete: everything of a patient, in lines."""

import json
from uuid import uuid4

import pytest
from sqlmodel import SQLModel

from app.audit.own_data import own_events
from app.database import DatabaseUnavailable, streams
from app.journal.journal import Journal
from app.portability.importers.own import ASIDE
from tests.authenticator import add_passkey, text_of
from tests.clocks import SetClock
from tests.portability.exports import (
    exported,
    exported_lines,
    of_type,
    write_one_of_each,
)
from tests.service import PASSWORD, Patient, Service, an_entry
from tests.sharing.links import account_of

pytestmark = pytest.mark.anyio


async def test_the_complete_export_holds_every_entry_as_it_is_read(patient: Patient) -> None:
    written = await write_one_of_each(patient)
    lines = await exported_lines(patient)
    found = {line["entry"]["id"]: line["entry"] for line in of_type(lines, "entry")}
    assert found == {entry["id"]: entry for entry in written}
    kinds = [line["entry"]["kind"] for line in of_type(lines, "entry")]
    assert "session" not in kinds[kinds.count("session") :], "sessions come first"


async def test_the_complete_export_holds_history_and_what_is_left_of_deleted_entries(
    patient: Patient,
) -> None:
    first = (await patient.save(an_entry("mood", score=3, note="First.")))["entry"]
    path = f"/v1/entries/{first['id']}"
    answer = await patient.ask("PATCH", path, {"If-Match": '"2"'}, json={"score": 8})
    assert answer.status_code == 200, answer.text
    gone = (await patient.save(an_entry("mood", note="Never kept.")))["entry"]
    answer = await patient.ask("DELETE", f"/v1/entries/{gone['id']}", {"If-Match": '"4"'})
    assert answer.status_code == 204
    lines = await exported_lines(patient)
    (past,) = of_type(lines, "superseded")
    assert past["entry"] == first
    (tombstone,) = of_type(lines, "deleted")
    assert (tombstone["id"], tombstone["revision"]) == (gone["id"], 5)
    assert "Never kept." not in json.dumps(lines)


async def test_the_complete_export_holds_account_profile_devices_signals_and_shares(
    patient: Patient,
) -> None:
    await patient.save(an_entry("mood", help_wanted=True))
    await patient.step_up()
    draft = {
        "id": str(uuid4()),
        "kind": "passcode",
        "mode": "live",
        "label": "For the appointment",
        "scope": {"kinds": ["mood"], "last_days": 30},
    }
    made = await patient.ask("POST", "/v1/shares", json=draft)
    assert made.status_code == 201, made.text
    text = (await exported(patient, "ndjson")).decode()
    lines = [json.loads(line) for line in text.splitlines()]
    assert of_type(lines, "account")[0]["email"] == patient.email
    assert of_type(lines, "profile")[0]["content"]["locale"] == "en"
    assert [each["name"] for each in of_type(lines, "device")] == ["Phone"]
    assert [each["signal"]["code"] for each in of_type(lines, "signal")] == ["asked_for_help"]
    (share,) = of_type(lines, "share")
    assert share["share"]["label"] == "For the appointment"
    secrets = [made.json()["passcode"], made.json()["link"].partition("shlink:/")[2]]
    assert all(secret and secret not in text for secret in secrets)
    tokens = [patient.tokens["access_token"], patient.tokens["refresh_token"]]
    assert all(token and token not in text for token in tokens)


async def test_the_complete_export_names_devices_that_were_signed_out_too(
    patient: Patient, clock: SetClock
) -> None:
    """Their names are kept until the account is erased."""
    way = {"method": "password", "email": patient.email, "password": PASSWORD}
    device = {"name": "Old tablet", "platform": "test"}
    clock.advance(minutes=1)
    entered = await patient.http.post("/v1/tokens", json=way | {"device": device})
    clock.advance(minutes=1)
    path = f"/v1/devices/{entered.json()['device']['id']}"
    assert (await patient.ask("DELETE", path)).status_code == 204
    phone, tablet = of_type(await exported_lines(patient), "device")
    assert (phone["name"], "revoked_at" in phone) == ("Phone", False)
    assert tablet["name"] == "Old tablet"
    assert tablet["created_at"] == "2026-06-01T12:01:00Z"
    assert tablet["revoked_at"] == "2026-06-01T12:02:00Z"


async def test_the_complete_export_holds_ways_in_imports_and_what_was_done(
    patient: Patient,
) -> None:
    key = await add_passkey(patient, require_passkey=True)
    diary = "\n".join(json.dumps(each) for each in await exported_lines(patient))
    body = {"diary": "afterglow", "content": diary, "action": "commit", "id": str(uuid4())}
    brought = await patient.ask("POST", "/v1/imports", json=body)
    assert brought.status_code == 200, brought.text
    text = (await exported(patient, "ndjson")).decode()
    lines = [json.loads(line) for line in text.splitlines()]
    (account,) = of_type(lines, "account")
    assert account["created_at"] == account["passkey_required_at"] == "2026-06-01T12:00:00Z"
    (passkey,) = of_type(lines, "passkey")
    assert (passkey["name"], passkey["created_at"]) == ("Blue key", "2026-06-01T12:00:00Z")
    assert text_of(key.credential_id) not in text
    (bring,) = of_type(lines, "import")
    assert (bring["id"], bring["diary"]) == (body["id"], "afterglow")
    events = of_type(lines, "audit_event")
    page = (await patient.ask("GET", "/v1/audit-events", params={"limit": 200})).json()["items"]
    for event in page:
        event["actor"].pop("this_device", None)
    assert [{n: v for n, v in each.items() if n != "type"} for each in events] == page[1:]
    assert page[0]["action"] == "account.exported"


async def test_a_long_chain_is_exported_whole(
    patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    for room in ("sqlite", "postgresql"):
        monkeypatch.setattr(f"app.database.{room}_transactions.CHUNK_ROWS", 3)
    for _ in range(8):
        await patient.save(an_entry())
    numbers = [each["number"] for each in of_type(await exported_lines(patient), "audit_event")]
    assert numbers == list(range(len(numbers), 0, -1))
    assert len(numbers) > 9


async def test_a_long_chain_does_not_outlast_the_time_of_an_export(
    service: Service, patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    await patient.save(an_entry())
    account_id = await account_of(service, patient)
    database = service.app.state.provided[Journal].reading._database
    monkeypatch.setattr(streams, "LONGEST_SECONDS", -1.0)
    async with database.stream(account_id) as snapshot:
        with pytest.raises(DatabaseUnavailable):
            _ = [event async for event in own_events(snapshot, account_id)]


NOT_EXPORTED = {
    "access_token": "a secret's fingerprint",
    "audit_head": "where the chain ends",
    "day_table": "what the days of a month amount to, made from entries",
    "digest": "a month's sums of entries",
    "imported_entry": "which entry came from which row, for the undo",
    "journal": "how far the journal is counted",
    "patient_key": "a secret",
    "ready_answer": "an answer made from entries",
    "recovery_code": "a secret's fingerprint",
    "share_file": "what a link shows, made from entries",
    "share_ticket": "a secret's fingerprint",
}
EXPORTED = {
    "account": "account",
    "audit_event": "audit_event",
    "device": "device",
    "entry": "entry",
    "entry_version": "superseded",
    "import": "import",
    "passkey": "passkey",
    "profile": "profile",
    "share": "share",
    "share_access": "share",
    "signal": "signal",
}


def test_every_table_of_a_patient_is_exported_or_left_out_for_a_reason() -> None:
    tables = {name for name, table in SQLModel.metadata.tables.items() if "account_id" in table.c}
    assert tables == EXPORTED.keys() | NOT_EXPORTED.keys()
    assert not EXPORTED.keys() & NOT_EXPORTED.keys()
    assert {*EXPORTED.values()} - {"entry"} <= ASIDE


async def test_the_last_line_counts_the_others(patient: Patient) -> None:
    await patient.save(an_entry())
    *others, last = await exported_lines(patient)
    assert others[0]["type"] == "manifest"
    assert last["type"] == "end"
    assert last["lines"] == len(others) == sum(last["counts"].values())

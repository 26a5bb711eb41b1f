"""What the audit chain says of exports and imports."""

import pytest
from sqlalchemy import bindparam, select

from app.audit.tables import AuditEventRow
from app.database import Database, Row, Transaction, table_of
from app.portability.exporting import Exports
from app.web.identity import Authenticator
from tests.portability.exports import exported
from tests.portability.imports import DAYLIO, change, commit, entries, preview, undo
from tests.service import Patient, Service

pytestmark = pytest.mark.anyio

EVENT = table_of(AuditEventRow)
CHAIN = (
    select(EVENT.c.action, EVENT.c.object_kind, EVENT.c.object_id, EVENT.c.actor_id)
    .where(EVENT.c.account_id == bindparam("account"))
    .order_by(EVENT.c.seq)
)


async def chain_of(service: Service, patient: Patient) -> list[Row]:
    """The patient's audit events, oldest first."""
    exports: Exports = service.app.state.provided[Exports]
    database: Database = exports._database
    caller = await service.app.state.provided[Authenticator](patient.tokens["access_token"])

    async def read(transaction: Transaction) -> list[Row]:
        return await transaction.fetch(CHAIN, {"account": caller.account_id})

    return await database.read(caller.account_id, read)


async def test_an_export_is_recorded_with_its_form_and_device(
    service: Service, patient: Patient
) -> None:
    before = len(await chain_of(service, patient))
    assert (await patient.ask("GET", "/v1/export")).status_code == 403
    assert len(await chain_of(service, patient)) == before
    await exported(patient, "fhir")
    proof, export = (await chain_of(service, patient))[before:]
    assert proof[0] == "step_up"
    assert export[:3] == ("account.exported", "export", "fhir")
    assert export[3] == proof[3]


async def test_an_import_and_its_undo_are_recorded_and_a_preview_is_not(
    service: Service, patient: Patient
) -> None:
    before = len(await chain_of(service, patient))
    await preview(patient, "daylio", DAYLIO)
    assert len(await chain_of(service, patient)) == before
    report = await commit(patient, "daylio", DAYLIO)
    await undo(patient, report["id"])
    events = (await chain_of(service, patient))[before:]
    assert [each[:3] for each in events] == [
        ("journal.imported", "entries", "6"),
        ("journal.import_undone", "entries", "6"),
    ]


async def test_imports_and_undos_that_change_no_entry_are_recorded_once(
    service: Service, patient: Patient
) -> None:
    report = await commit(patient, "daylio", DAYLIO)
    before = len(await chain_of(service, patient))
    again = await commit(patient, "daylio", DAYLIO)
    await commit(patient, "daylio", DAYLIO, id=again["id"])
    await preview(patient, "daylio", DAYLIO)
    for _ in range(2):
        await undo(patient, again["id"])
    for each in await entries(patient):
        await change(patient, "PATCH", each, json={"score": 1})
    for _ in range(2):
        assert (await undo(patient, report["id"]))["kept"] == 6
    events = [each[:3] for each in (await chain_of(service, patient))[before:]]
    assert [each for each in events if each[0] != "entry.changed"] == [
        ("journal.imported", "entries", "0"),
        ("journal.import_undone", "entries", "0"),
        ("journal.import_undone", "entries", "0"),
    ]

"""A diary as earlier releases brought it in: drafts of one time told apart by their order alone."""

from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from app.audit import Actor
from app.database import Transaction
from app.journal.kinds import read_draft
from app.journal.write import Origin
from app.portability import store
from app.portability.changes import BroughtIn
from app.portability.importers import READERS, FileText
from app.portability.importing import Imports
from tests.portability.lives import account_of
from tests.service import Patient, Service


async def imported_before(
    service: Service, patient: Patient, diary: str, content: str, *anxiety: str
) -> UUID:
    """Bring a file in under the ids of before; the id of the import."""
    imports, import_id = service.app.state.provided[Imports], uuid4()
    account_id = await account_of(service, patient)
    names = frozenset(each.casefold() for each in anxiety)
    zone, now = ZoneInfo("Europe/Berlin"), service.clock()
    found = READERS[diary](FileText(content=content, zone=zone, now=now, anxiety=names))
    ids = [
        imports._drafting._id(account_id, diary, f"{row.mark.slot}#{row.earlier}")
        for row in found.entries
        if row.mark
    ]
    drafts = [
        read_draft({**row.data, "id": str(each)}, imported=True)
        for row, each in zip(found.entries, ids, strict=True)
    ]

    async def work(transaction: Transaction) -> None:
        origin = Origin(account_id, Actor("device", "x"), "journal.imported")
        changes = [BroughtIn(draft, restored=False) for draft in drafts]
        written = await imports._writer.write(transaction, changes, origin)
        made = [(o.entry.id, o.entry.id, o.entry.revision) for o in written.outcomes if o.entry]
        await store.add_import(transaction, account_id, import_id, diary, service.clock())
        await store.add_entries(transaction, account_id, import_id, made)

    await imports._database.write(account_id, work)
    return import_id

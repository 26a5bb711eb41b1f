"""Rows of entries spoilt behind the back of the service, as a disk or somebody might."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from app.database import Database, Transaction
from app.journal.journal import Journal
from app.journal.store import ENTRY, VERSION
from tests.portability.exports import exported_lines
from tests.service import Patient, Service, an_entry
from tests.sharing.links import account_of
from tests.sync.wire import Wire

# What an answer holds is for the test to say.
Json = dict[str, Any]
DAILY = "/v1/trends/daily?metric=mood"
Spoil = Callable[[bytes], bytes | None]


def flipped(sealed: bytes, place: int = -1) -> bytes:
    """With one bit turned over."""
    changed = bytearray(sealed)
    changed[place] ^= 1
    return bytes(changed)


SPOILT: dict[str, Spoil] = {
    "a bit of the text": flipped,
    "a bit of the format": lambda sealed: flipped(sealed, 0),
    "a bit of the key's number": lambda sealed: flipped(sealed, 4),
    "cut off": lambda sealed: sealed[:9],
    "nothing left": lambda _: None,
}


async def spoil(
    service: Service,
    patient: Patient,
    entry_id: str,
    *tables: Any,
    revision: int | None = None,
    how: Spoil = flipped,
) -> None:
    """Spoil what is sealed of an entry at its revision, in its row and in its copy.

    Or in those of `tables` alone, or of another revision.
    """
    account_id = await account_of(service, patient)

    async def work(transaction: Transaction) -> None:
        newest = select(ENTRY.c.revision).where(*_of(ENTRY, account_id, entry_id))
        wanted = revision or (await transaction.fetch(newest))[0][0]
        for table in tables or (ENTRY, VERSION):
            where = (*_of(table, account_id, entry_id), table.c.revision == wanted)
            for (sealed,) in await transaction.fetch(select(table.c.sealed).where(*where)):
                changed = update(table).where(*where).values(sealed=how(bytes(sealed)))
                await transaction.execute(changed)

    await _database(service).write(account_id, work)


async def swap(service: Service, patient: Patient, *entry_ids: str) -> None:
    """Give each of two entries the other's sealed content, in their rows and in their copies."""
    first, second = [await _sealed(service, patient, each) for each in entry_ids]
    await spoil(service, patient, entry_ids[0], how=lambda _: second)
    await spoil(service, patient, entry_ids[1], how=lambda _: first)


async def _sealed(service: Service, patient: Patient, entry_id: str) -> bytes:
    account_id = await account_of(service, patient)
    asked = select(ENTRY.c.sealed).where(*_of(ENTRY, account_id, entry_id))
    ((sealed,),) = await _database(service).read(account_id, lambda work: work.fetch(asked))
    return bytes(sealed)


def _of(table: Any, account_id: UUID, entry_id: str) -> tuple[Any, ...]:
    own = table.c.id if table is ENTRY else table.c.entry_id
    return table.c.account_id == account_id, own == UUID(entry_id)


def _database(service: Service) -> Database:
    database: Database = service.app.state.provided[Journal].reading._database
    return database


def named(*entries: dict[str, Any]) -> list[dict[str, Any]]:
    """How pages name entries that do not open."""
    return [{"id": each["id"], "revision": each["revision"]} for each in entries]


async def spoil_column(
    service: Service,
    patient: Patient,
    column: Any,
    row_id: str | None = None,
    how: Spoil = flipped,
) -> None:
    """Spoil a sealed column of any table, in one row of the patient's or in each of them."""
    account_id, table = await account_of(service, patient), column.table
    keys = tuple(table.primary_key.columns)
    where = [table.c.account_id == account_id, column.is_not(None)]
    where += [] if row_id is None else [table.c.id == UUID(row_id)]

    async def work(transaction: Transaction) -> None:
        rows = await transaction.fetch(select(*keys, column).where(*where))
        assert rows
        for *key, sealed in rows:
            row = [each == value for each, value in zip(keys, key, strict=True)]
            spoilt = update(table).where(*row).values({column.name: how(bytes(sealed))})
            await transaction.execute(spoilt)

    await _database(service).write(account_id, work)


async def mark(service: Service, patient: Patient, entry_id: str, *, deleted: bool) -> None:
    """Say in clear, in an entry's row and in its copy, that it is deleted or that it is not."""
    account_id = await account_of(service, patient)

    async def work(transaction: Transaction) -> None:
        for table in (ENTRY, VERSION):
            changed = update(table).where(*_of(table, account_id, entry_id))
            await transaction.execute(changed.values(deleted=deleted))

    await _database(service).write(account_id, work)


async def saved(patient: Patient, kind: str = "mood", **more: Any) -> Json:
    """A new entry, as the service answered it."""
    entry: Json = (await patient.save(an_entry(kind, **more)))["entry"]
    return entry


async def answered(patient: Patient, path: str, status: int = 200) -> Json:
    """What a page says, with this status."""
    answer = await patient.ask("GET", path)
    assert answer.status_code == status, answer.text
    told: Json = answer.json()
    return told


async def seen_of(patient: Patient, entry: Json) -> list[Any]:
    """What every way of reading shows, an export without its own events."""
    path = f"/v1/entries/{entry['id']}"
    pages = [await answered(patient, each) for each in ("/v1/entries", path, f"{path}/history")]
    lines = [each for each in await exported_lines(patient) if "entry" in each]
    return [*pages, await answered(patient, DAILY), await Wire(patient).pull(), lines]

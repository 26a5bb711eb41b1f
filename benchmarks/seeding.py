"""Seeds a database with patients and their sealed journals, through the code that seals."""

import asyncio
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from sqlalchemy import create_engine

from app.accounts.issuing import DeviceAbout, start_device
from app.accounts.profile import begin_profile, email_place
from app.accounts.spans import Spans
from app.accounts.store_accounts import StoredAccount, add_account
from app.audit import begin_chain
from app.clock import system_clock
from app.database import Database, Transaction, open_database, table_of
from app.journal.digest_reading import DigestReading
from app.journal.scope import Scope
from app.journal.store import ENTRY, VERSION, advance_head, make_journal
from app.journal.stored import StoredEntry
from app.settings import Settings
from app.trends.tabulation import TABULATION
from app.vault import KeyRing, PatientKeys, Vault
from app.vault.keyring import make_ring_file
from benchmarks.bulk import Bulk, bulk
from benchmarks.diary import DEVICE, RATED, Diary, new_id
from benchmarks.ground import TOKEN_MINUTES, Databases, Extent, SeededPatient, usual_address
from benchmarks.seeding_links import seed_links
from benchmarks.usual_tables import UsualAccount, UsualEntry, UsualTable, UsualToken

TOGETHER = 50
LOOKS_BACK = timedelta(days=30)
"""Further than any trend looks beyond its window."""
ENVELOPE = {"kind", "occurred_at", "time_zone", "note"}
# Rows go to the database as they are: their values have many types.
Row = dict[str, Any]


class Seeded(NamedTuple):
    """Who is there, and the links they gave away."""

    patients: list[SeededPatient]
    links: list[str]


class _Newcomer(NamedTuple):
    keys: PatientKeys
    token: str


class _Rows(NamedTuple):
    """The rows of some diaries, by table."""

    entries: list[Row]
    versions: list[Row]
    plain: list[Row]


async def seed(databases: Databases, folder: Path, extent: Extent, last: date) -> Seeded:
    """Fill Afterglow's database and the usual application's with the same journals."""
    make_ring_file(folder / "keys.json")
    vault = Vault(KeyRing.from_file(folder / "keys.json"), system_clock)
    UsualTable.metadata.create_all(create_engine(usual_address(databases.usual)))
    diary, random = Diary(extent.years, extent.a_day, last), Random(7)
    patients: list[SeededPatient] = []
    database = await open_database(databases.afterglow)
    async with bulk(databases.afterglow) as sealed, bulk(databases.usual) as plain:
        while len(patients) < extent.patients:
            number = min(TOGETHER, extent.patients - len(patients))
            newcomers = [await _newcomer(database, vault) for _ in range(number)]
            for newcomer in newcomers:
                await _load(_written(newcomer.keys, diary, random), sealed, plain)
            await _finish(database, plain, newcomers, head=1 + diary.entries)
            await _digest(DigestReading(database, vault, TABULATION), newcomers, diary)
            patients += [_seeded(newcomer, 1 + diary.entries) for newcomer in newcomers]
            await asyncio.sleep(0)
        owners = [each.account_id for each in patients]
        links = await seed_links(database, plain, vault, owners, last)
    await database.close()
    return Seeded(patients, links)


async def _newcomer(database: Database, vault: Vault) -> _Newcomer:
    account_id = uuid4()
    return await database.write(account_id, partial(_make_account, vault, account_id))


async def _make_account(vault: Vault, account_id: UUID, transaction: Transaction) -> _Newcomer:
    now = system_clock()
    keys = await vault.make_patient(transaction, account_id)
    address = keys.seal(email_place(account_id), f"{account_id}@example.org".encode())
    account = StoredAccount(account_id, "none", None, sealed_email=address)
    await add_account(transaction, account, account_id.bytes, now)
    await begin_profile(transaction, keys, "en", now)
    await make_journal(transaction, account_id)
    await begin_chain(transaction, account_id)
    spans = Spans.of(Settings(access_token_minutes=TOKEN_MINUTES))
    about = DeviceAbout(name="Phone", platform="benchmark")
    start = await start_device(transaction, vault, keys, about, spans, now)
    return _Newcomer(keys, start.pair.access_token)


def _written(keys: PatientKeys, diary: Diary, random: Random) -> _Rows:
    """One patient's journal: each entry sealed as a save seals it."""
    rows = _Rows([], [], [])
    for revision, content in enumerate(diary.contents(random), start=2):
        at = content.instant + timedelta(minutes=1)
        # An id tells when it was made, and none was before 1970, whatever the entry is about.
        entry = StoredEntry(new_id(max(0, int(at.timestamp() * 1000))), revision, at, at)
        entry.write(content)
        StoredEntry.seal_each(keys, [entry])
        rows.entries.append(_entry_row(keys.account_id, entry, content.kind))
        rows.versions.append(_version_row(keys.account_id, entry))
        rows.plain.append(_plain_row(keys.account_id, entry, content.members(), at))
    return rows


def _entry_row(account_id: UUID, entry: StoredEntry, kind: str) -> Row:
    return {
        "account_id": account_id,
        "id": entry.id,
        "kind": kind,
        "occurred_at": entry.minute,
        "local_date": entry.local_date,
        "revision": entry.revision,
        "deleted": False,
        "device_id": DEVICE,
        "sealed": entry.sealed,
        "created_at": entry.created_at,
        "updated_at": entry.updated_at,
    }


def _version_row(account_id: UUID, entry: StoredEntry) -> Row:
    return {
        "account_id": account_id,
        "entry_id": entry.id,
        "revision": entry.revision,
        "device_id": DEVICE,
        "deleted": False,
        "sealed": entry.sealed,
        "created_at": entry.updated_at,
    }


def _plain_row(account_id: UUID, entry: StoredEntry, members: Row, at: datetime) -> Row:
    kind = members["kind"]
    return {
        "id": entry.id,
        "account_id": account_id,
        "kind": kind,
        "occurred_at": entry.minute,
        "time_zone": members["time_zone"],
        "local_date": entry.local_date,
        "value": members.get(RATED.get(kind, "intensity")),
        "note": members.get("note"),
        "details": {n: v for n, v in members.items() if n not in ENVELOPE | {RATED.get(kind)}},
        "revision": entry.revision,
        "created_at": at,
        "updated_at": at,
    }


async def _load(rows: _Rows, sealed: Bulk, plain: Bulk) -> None:
    await sealed.load(ENTRY, rows.entries)
    await sealed.load(VERSION, rows.versions)
    await plain.load(table_of(UsualEntry), rows.plain)


async def _finish(
    database: Database, plain: Bulk, newcomers: Sequence[_Newcomer], head: int
) -> None:
    """Heads and tokens, once the entries are there."""

    for account_id in (newcomer.keys.account_id for newcomer in newcomers):
        await database.write(account_id, partial(advance_head, account_id=account_id, head=head))
    seeded = [_seeded(newcomer, head) for newcomer in newcomers]
    accounts = [{"id": each.account_id, "head": head} for each in seeded]
    tokens = [
        {"token_hash": each.token_hash.hex(), "account_id": each.account_id} for each in seeded
    ]
    await plain.load(table_of(UsualAccount), accounts)
    await plain.load(table_of(UsualToken), tokens)


async def _digest(reading: DigestReading, newcomers: Sequence[_Newcomer], diary: Diary) -> None:
    """Look at every journal's trends once, as its patient did long ago."""
    for newcomer in newcomers:
        scope = Scope.of_patient(newcomer.keys.account_id)
        await reading.headlines(scope, diary.first - LOOKS_BACK, diary.last)


def _seeded(newcomer: _Newcomer, head: int) -> SeededPatient:
    return SeededPatient(newcomer.keys.account_id, newcomer.token, head)

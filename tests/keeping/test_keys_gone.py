"""Patients' keys that are gone are told of: by whoever verifies keys, and by a restore."""

from uuid import UUID

import pytest
from sqlalchemy import bindparam, delete, func, select

from app.database import Database, WholeDatabase
from app.keeping import key_verification, store
from app.keeping import restore as restoring
from app.keeping.key_rotation import Given, PatientKeyRotation
from app.keeping.key_verification import verify_keys
from app.keeping.restore import RestoreStopped
from app.keeping.sealed import UNDER_PATIENT
from app.metadata import METADATA
from app.vault import SealedColumn, Vault
from app.vault.resealing import all_accounts
from tests.clocks import SetClock
from tests.keeping.lives import live
from tests.keeping.rings import ring_of
from tests.keeping.test_restoring import failing
from tests.service import Service

pytestmark = pytest.mark.anyio
KEY = METADATA.tables["patient_key"]
OF_ACCOUNT = delete(KEY).where(KEY.c.account_id == bindparam("account"))
FIRST_VERSION = OF_ACCOUNT.where(KEY.c.version == 1)


async def sealed_rows(database: Database) -> int:
    """How many rows lie under patients' keys."""
    found = 0
    for column in UNDER_PATIENT:
        counted = select(func.count()).select_from(column.column.table)
        rows = await database.read(
            None,
            lambda work: work.fetch_one(counted.where(column.column.is_not(None))),  # noqa: B023
        )
        found += int(rows[0]) if rows else 0
    return found


async def test_rows_of_patients_without_any_key_are_counted_and_do_not_open(
    service: Service, database: WholeDatabase, clock: SetClock
) -> None:
    for _ in range(2):
        await live(service)
    await database.write(None, lambda work: work.execute(delete(KEY)))
    found = await verify_keys(database, ring_of(service), clock)
    rows = await sealed_rows(database)
    assert (found.by_version.total(), found.unreadable.total()) == (rows, rows)


async def test_one_patient_without_a_key_among_others_is_found(
    service: Service, database: WholeDatabase, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.keeping.key_verification.TOGETHER", 1)
    for _ in range(3):
        await live(service)
    each = await sealed_rows(database) // 3
    bound = {"account": (await all_accounts(database))[1]}
    await database.write(None, lambda work: work.execute(OF_ACCOUNT, bound))
    found = await verify_keys(database, ring_of(service), clock)
    assert (found.by_version.total(), found.unreadable.total()) == (3 * each, each)


async def test_a_first_version_that_is_gone_beside_a_second_one_is_found(
    service: Service, database: WholeDatabase, clock: SetClock
) -> None:
    await live(service)
    rotation = PatientKeyRotation(database, ring_of(service), clock)
    assert await rotation.give_new_keys(None) == Given(1, 0)
    (account,) = await all_accounts(database)
    await database.write(None, lambda work: work.execute(FIRST_VERSION, {"account": account}))
    assert await all_accounts(database) == [account]
    found = await verify_keys(database, ring_of(service), clock)
    assert found.unreadable.total() == await sealed_rows(database)


async def test_who_is_erased_while_keys_are_verified_is_no_fault(
    service: Service, database: WholeDatabase, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        await live(service)
    accounts = await all_accounts(database)
    opens, erased = key_verification._opens, list[UUID]()

    async def erasing(
        database: Database, vault: Vault, column: SealedColumn, account_id: UUID, version: int
    ) -> bool:
        if not erased:
            erased.append(account_id)
            await database.write(account_id, lambda work: store.drop_account(work, account_id))
        return await opens(database, vault, column, account_id, version)

    monkeypatch.setattr(key_verification, "_opens", erasing)
    found = await verify_keys(database, ring_of(service), clock)
    assert (len(erased), found.unreadable.total()) == (1, 0)
    assert await all_accounts(database) == [each for each in accounts if each not in erased]


async def test_an_account_without_a_key_keeps_readiness_away_after_a_restore(
    service: Service, database: WholeDatabase
) -> None:
    for _ in range(2):
        await live(service)
    await restoring.mark(database, service.clock)
    accounts = await all_accounts(database)
    await database.write(None, lambda work: work.execute(OF_ACCOUNT, {"account": accounts[0]}))
    with pytest.raises(RestoreStopped, match="1 accounts have no key"):
        await restoring.finish(database, ring_of(service), set())
    assert await failing(service) == "restoring"
    assert (await restoring.finish(database, ring_of(service), {accounts[0]})).journals == 1

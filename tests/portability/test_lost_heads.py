"""Whatever became of the head of its chain, an account is erased, and what is to end ends."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import pytest

from app.accounts.locking import set_account_locked
from app.audit import Actor, AuditEvent, close_chain
from app.audit.verification import verify_chains
from app.database import Database, WholeDatabase
from app.portability.ledger import Erased, ErasureLedger
from tests.audit.chains import SPOILT_HEADS
from tests.clocks import SetClock
from tests.engines import open_whole
from tests.portability.lives import STAYS, account_of, erase, eraser, left_of, live
from tests.service import Patient, Service, settled
from tests.sharing.links import a_draft, read_direct, revoke, share
from tests.sharing.links import chain as chain_of

pytestmark = pytest.mark.anyio
ERASED = ("account.erased", "done")


@pytest.fixture
async def whole(database_url: str, anyio_backend: str) -> AsyncIterator[WholeDatabase]:
    """The service's database for whoever has its disk."""
    async with open_whole(database_url) as opened:
        yield opened


async def spoil(whole: WholeDatabase, account: UUID, how: str) -> None:
    """As whoever has the disk may."""
    await whole.write(account, lambda work: work.execute(SPOILT_HEADS[how], {"account": account}))


@pytest.mark.parametrize("how", SPOILT_HEADS)
async def test_an_account_is_erased_whatever_became_of_its_head(
    service: Service,
    patient: Patient,
    database: Database,
    whole: WholeDatabase,
    how: str,
) -> None:
    await live(service, patient)
    account = await account_of(service, patient)
    await patient.step_up()
    await spoil(whole, account, how)
    assert (await patient.ask("DELETE", "/v1/account")).status_code == 204
    assert set(await left_of(database, account)) == STAYS
    assert (await chain_of(database, account, str(account)))[-1] == (*ERASED, "device")
    assert (await verify_chains(whole, (), account)).broken == 0
    await settled(service)
    assert sum("was erased with everything" in each for each in service.mailed()) == 1
    assert (await patient.ask("GET", "/v1/profile")).status_code == 401


@pytest.mark.parametrize("name", ["lost", "closed"])
async def test_who_lost_the_head_can_still_prove_who_they_are(
    service: Service, patient: Patient, database: Database, whole: WholeDatabase, name: str
) -> None:
    account = await account_of(service, patient)
    await spoil(whole, account, name)
    wrong = {"method": "password", "password": "three otters under a bridge"}
    refused = await patient.ask("POST", "/v1/step-up", json=wrong)
    assert (refused.status_code, refused.json()["code"]) == (401, "credentials_refused")
    assert (await erase(patient)).status_code == 204
    assert set(await left_of(database, account)) == STAYS


async def test_one_thing_is_ended_too_where_the_head_is_lost(
    service: Service, patient: Patient, whole: WholeDatabase
) -> None:
    """A link, another device, all others, and the account for everybody."""
    account = await account_of(service, patient)
    link, stolen = await share(patient, a_draft(kind="direct")), await patient.sign_in_again()
    kept = await patient.sign_in_again()
    await spoil(whole, account, "lost")
    await revoke(patient, link)
    assert (await read_direct(service, link)).status_code == 404
    devices = (await patient.ask("GET", "/v1/devices")).json()["items"]
    (own,) = [each["id"] for each in devices if each["current"]]
    other = next(each["id"] for each in devices if each["id"] != own)
    assert (await patient.ask("DELETE", f"/v1/devices/{other}")).status_code == 204
    assert (await patient.ask("DELETE", "/v1/devices")).status_code == 204
    for each in (stolen, kept):
        assert (await each.ask("GET", "/v1/profile")).status_code == 401
    operator = Actor("operator", "test")
    assert await set_account_locked(whole, service.clock, account, operator, locked=True)
    assert (await patient.ask("GET", "/v1/profile")).status_code == 401


async def test_an_operator_and_the_ledger_erase_without_a_head_too(
    service: Service, database: Database, whole: WholeDatabase, clock: SetClock
) -> None:
    for by_ledger in (False, True):
        account = await account_of(service, await service.sign_up())
        await spoil(whole, account, "lost")
        if by_ledger:
            ErasureLedger(service.settings.erasure_ledger).append(Erased(account, clock()))
            assert await eraser(service).replay() == 1
        else:
            assert await eraser(service).erase(account, Actor("operator", "test"))
        assert set(await left_of(database, account)) == STAYS
        assert not await eraser(service).erase(account, Actor("operator", "test"))
    assert await eraser(service).replay() == 0


async def test_rows_that_outlived_the_last_event_are_erased_and_it_is_not_repeated(
    service: Service, patient: Patient, database: Database, clock: SetClock
) -> None:
    account = await account_of(service, patient)
    await patient.step_up()
    last = AuditEvent(clock(), Actor("service", ""), "account.erased", "account", str(account))
    assert await database.write(account, lambda work: close_chain(work, account, last))
    assert (await patient.ask("DELETE", "/v1/account")).status_code == 204
    assert set(await left_of(database, account)) == STAYS
    told = await chain_of(database, account, str(account))
    assert [each[:2] for each in told].count(ERASED) == 1


@pytest.mark.parametrize("is_lost", [False, True], ids=["head", "no_head"])
async def test_two_who_erase_at_once_tell_it_once(
    service: Service, patient: Patient, database: Database, whole: WholeDatabase, *, is_lost: bool
) -> None:
    account, operator = await account_of(service, patient), Actor("operator", "test")
    if is_lost:
        await spoil(whole, account, "lost")
    await asyncio.gather(*(eraser(service).erase(account, operator) for _ in range(2)))
    assert set(await left_of(database, account)) == STAYS
    told = await chain_of(database, account, str(account))
    assert [each[:2] for each in told].count(ERASED) == 1
    await settled(service)
    assert sum("was erased with everything" in each for each in service.mailed()) == 1

"""Whatever became of the end of its chain, an account is erased, and none is told so in vain."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import Delete, Update, update

from app.accounts.locking import set_account_locked
from app.audit import Actor, AuditEvent, chain_is_open, close_chain
from app.audit.verification import verify_chains
from app.database import Database, WholeDatabase
from app.portability.ledger import Erased, ErasureLedger
from tests.audit.chains import HEAD, SPOILT_HEADS
from tests.clocks import SetClock
from tests.engines import open_whole
from tests.portability.lives import STAYS, account_of, erase, eraser, left_of, live
from tests.service import Patient, Service, settled
from tests.sharing.links import a_draft, read_direct, revoke, share
from tests.sharing.links import chain as chain_of

pytestmark = pytest.mark.anyio
LOST = SPOILT_HEADS["lost"]
ERASED = ("account.erased", "done")


@pytest.fixture
async def whole(database_url: str, anyio_backend: str) -> AsyncIterator[WholeDatabase]:
    """The service's database for whoever has its disk."""
    async with open_whole(database_url) as opened:
        yield opened


@pytest.mark.parametrize("spoil", SPOILT_HEADS.values(), ids=SPOILT_HEADS)
async def test_an_account_is_erased_whatever_became_of_its_head(
    service: Service,
    patient: Patient,
    database: Database,
    whole: WholeDatabase,
    spoil: Delete | Update,
) -> None:
    await live(service, patient)
    account = await account_of(service, patient)
    await patient.step_up()
    await whole.write(account, lambda work: work.execute(spoil, {"account": account}))
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
    spoil = SPOILT_HEADS[name]
    await whole.write(account, lambda work: work.execute(spoil, {"account": account}))
    wrong = {"method": "password", "password": "three otters under a bridge"}
    refused = await patient.ask("POST", "/v1/step-up", json=wrong)
    assert (refused.status_code, refused.json()["code"]) == (401, "credentials_refused")
    assert (await erase(patient)).status_code == 204
    assert set(await left_of(database, account)) == STAYS


@pytest.mark.parametrize("spoil", SPOILT_HEADS.values(), ids=SPOILT_HEADS)
async def test_a_head_that_is_spoilt_after_the_last_event_is_put_right(
    service: Service,
    patient: Patient,
    database: Database,
    whole: WholeDatabase,
    spoil: Delete | Update,
) -> None:
    account = await account_of(service, patient)
    last = AuditEvent(service.clock(), Actor("service", ""), "account.erased", "account", "x")
    assert await database.write(account, lambda work: close_chain(work, account, last))
    opened = update(HEAD).where(HEAD.c.account_id == account).values(closed=False)
    await whole.write(account, lambda work: work.execute(opened))
    await whole.write(account, lambda work: work.execute(spoil, {"account": account}))
    assert not await database.write(account, lambda work: close_chain(work, account, last))
    assert (await verify_chains(whole, (), account)).broken == 0
    assert not await database.read(account, lambda work: chain_is_open(work, account))


async def test_one_thing_is_ended_too_where_the_head_is_lost(
    service: Service, patient: Patient, whole: WholeDatabase
) -> None:
    """A link, another device, all others, and the account for everybody."""
    account = await account_of(service, patient)
    link, stolen = await share(patient, a_draft(kind="direct")), await patient.sign_in_again()
    kept = await patient.sign_in_again()
    await whole.write(account, lambda work: work.execute(LOST, {"account": account}))
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
        await whole.write(account, lambda work: work.execute(LOST, {"account": account}))  # noqa: B023 - at once
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
        await whole.write(account, lambda work: work.execute(LOST, {"account": account}))
    await asyncio.gather(*(eraser(service).erase(account, operator) for _ in range(2)))
    assert set(await left_of(database, account)) == STAYS
    told = await chain_of(database, account, str(account))
    assert [each[:2] for each in told].count(ERASED) == 1
    await settled(service)
    assert sum("was erased with everything" in each for each in service.mailed()) == 1

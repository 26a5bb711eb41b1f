"""Signing in by password."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import bindparam, update

from app.accounts.hashing import Hasher
from app.accounts.hashing_places import RUNNING, WAITING
from app.accounts.refusals import BusyHashing, CredentialsRefused, DeviceLimitReached
from app.accounts.store_accounts import ACCOUNT, load_account, save_password_hash
from app.accounts.tokens import TokenKind, body_of
from app.database import Database, Transaction
from tests.accounts.crowds import crowd
from tests.accounts.house import House, an_address
from tests.clocks import SetClock

pytestmark = pytest.mark.anyio
LOCK = (
    update(ACCOUNT)
    .where(ACCOUNT.c.account_id == bindparam("account"))
    .values(locked_at=bindparam("at"))
)


async def test_a_right_password_signs_a_device_in_and_the_patient_is_told(house: House) -> None:
    address = an_address()
    account = await house.sign_up(address)
    start = await house.sign_in(address.upper())
    body_of(TokenKind.ACCESS, start.pair.access_token)
    body_of(TokenKind.REFRESH, start.pair.refresh_token)
    assert start.pair.expires_in == 600
    assert (await house.caller(start.pair.access_token)).device_id == start.device.id
    assert start.device.account_id == account.start.device.account_id
    assert (await house.mails_to(address))[-1]["Subject"] == "A new device has signed in"
    assert (await house.events(start.device.account_id))[-1] == (
        "device.signed_in",
        str(start.device.id),
        "done",
    )


async def test_unknown_address_and_wrong_password_are_refused_alike(house: House) -> None:
    address = an_address()
    await house.sign_up(address)
    for who, password in ((address, "something else entirely"), (an_address(), "whatever it is")):
        with pytest.raises(CredentialsRefused) as refused:
            await house.sign_in(who, password)
        assert (refused.value.status, refused.value.detail) == (401, None)


async def test_an_unknown_address_stands_in_the_same_queue_for_a_hash(house: House) -> None:
    known = an_address()
    await house.sign_up(known)
    async with crowd(house.hasher, RUNNING + WAITING):
        for address in (known, an_address()):
            with pytest.raises(BusyHashing):
                await house.sign_in(address)


async def test_a_locked_account_answers_like_a_wrong_password(
    house: House, clock: SetClock
) -> None:
    address = an_address()
    account_id = (await house.sign_up(address)).start.device.account_id

    async def lock(transaction: Transaction) -> None:
        await transaction.execute(LOCK, {"account": account_id, "at": clock()})

    await house.database.write(account_id, lock)
    with pytest.raises(CredentialsRefused):
        await house.sign_in(address)


@pytest.mark.parametrize("change", ["another password", "a lock"])
async def test_what_changes_between_compare_and_write_counts(
    house: House, clock: SetClock, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    address = an_address()
    account_id = (await house.sign_up(address)).start.device.account_id
    verify = house.hasher.verify
    another = await house.hasher.hash("another long pass phrase")

    async def slowly(secret: str, hashed: str | None) -> bool:
        fits = await verify(secret, hashed)
        await house.database.write(account_id, changed)
        return fits

    async def changed(transaction: Transaction) -> None:
        if change == "a lock":
            await transaction.execute(LOCK, {"account": account_id, "at": clock()})
        else:
            await save_password_hash(transaction, account_id, another)

    monkeypatch.setattr(house.hasher, "verify", slowly)
    with pytest.raises(CredentialsRefused):
        await house.sign_in(address)
    assert len(await house.accounts.devices.of_account(account_id)) == 1


async def test_the_eleventh_device_is_refused_unless_it_replaces_one(
    house: House, clock: SetClock
) -> None:
    address = an_address()
    first = (await house.sign_up(address)).start
    others = [await house.sign_in(address) for _ in range(9)]
    clock.advance(hours=1)
    for each in (first, *others[:4], *others[5:]):
        await house.refresh(each.pair.refresh_token)
    with pytest.raises(DeviceLimitReached):
        await house.sign_in(address)
    newest = await house.sign_in(address, replace_oldest=True)
    living = {
        each.device.id for each in await house.accounts.devices.of_account(first.device.account_id)
    }
    assert len(living) == 10
    assert {first.device.id, newest.device.id} <= living
    assert {each.device.id for each in others} - living == {others[4].device.id}
    told = [action for action, _, _ in await house.events(first.device.account_id)]
    assert told[-1] == "device.replaced_oldest"
    assert told.count("device.signed_in") == 9


async def test_the_chain_names_the_device_that_came_and_its_request(house: House) -> None:
    address = an_address()
    await house.sign_up(address)
    start = await house.sign_in(address)
    assert await house.newest_event_is_of(start.device.account_id) == (
        "device",
        str(start.device.id),
        "request",
        "device",
    )


async def test_a_device_that_ended_by_itself_leaves_its_place(
    house: House, clock: SetClock
) -> None:
    address = an_address()
    await house.sign_up(address)
    for _ in range(9):
        await house.sign_in(address)
    clock.advance(days=30, seconds=1)
    assert await house.sign_in(address)


async def test_ten_devices_is_the_limit_for_parallel_sign_ins_too(house: House) -> None:
    address = an_address()
    account = await house.sign_up(address)
    for _ in range(7):
        await house.sign_in(address)
    answers = await asyncio.gather(
        *(house.sign_in(address) for _ in range(6)), return_exceptions=True
    )
    assert sum(isinstance(answer, DeviceLimitReached) for answer in answers) == 4
    devices = await house.accounts.devices.of_account(account.start.device.account_id)
    assert len(devices) == 10


async def test_a_hash_of_another_cost_is_made_anew_at_sign_in(
    database: Database, clock: SetClock, tmp_path: Path
) -> None:
    address = an_address()
    account_id = (await House(database, clock, tmp_path).sign_up(address)).start.device.account_id
    dearer = House(database, clock, tmp_path, hasher=Hasher(time_cost=2, memory_kib=16))

    async def stored_hash() -> str:
        account = await database.read(account_id, lambda work: load_account(work, account_id))
        assert account is not None
        return account.password_hash

    assert dearer.hasher.is_outdated(await stored_hash())
    answers = await asyncio.gather(*(dearer.sign_in(address) for _ in range(2)))
    assert len(answers) == 2
    assert not dearer.hasher.is_outdated(await stored_hash())
    assert await dearer.sign_in(address)

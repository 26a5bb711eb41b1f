"""What is told apart by `method` arrives whole where it is judged."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from app.accounts.accounts import Accounts
from app.accounts.issuing import Start
from app.accounts.refusals import CredentialsRefused, DeviceLimitReached
from app.accounts.ways_in import ProofDraft, SignIn, enter, prove
from app.audit import Actor
from app.database import Database
from app.web.identity import SignedIn
from app.web.problems import RateLimited
from tests.accounts.client import DEVICE, Json
from tests.accounts.house import PASSWORD, PHONE, House, an_address
from tests.clocks import SetClock

pytestmark = pytest.mark.anyio
ACTOR = Actor("device", "here", "request")


def by_password(email: str, **more: Json) -> SignIn:
    draft = {"method": "password", "email": email, "password": PASSWORD, "device": DEVICE}
    return SignIn.model_validate(draft | more)


def caller_of(start: Start) -> SignedIn:
    return SignedIn(start.device.account_id, start.device.id)


def proof(password: str) -> ProofDraft:
    return ProofDraft.model_validate({"method": "password", "password": password})


async def test_a_device_comes_in_as_it_calls_itself_and_by_its_request(house: House) -> None:
    address = an_address()
    await house.sign_up(address)
    start = await enter(house.accounts, by_password(address), "here", "this request")
    assert start.about == PHONE
    assert await house.newest_event_is_of(start.device.account_id) == (
        "device",
        str(start.device.id),
        "this request",
        "device",
    )


async def test_a_device_makes_room_where_it_is_asked_to_and_not_else(house: House) -> None:
    house.accounts = Accounts.of(replace(house.equipment, devices_at_most=1), ())
    address = an_address()
    first = (await house.sign_up(address)).start
    with pytest.raises(DeviceLimitReached):
        await enter(house.accounts, by_password(address), "here", "request")
    again = by_password(address, replace_oldest=True)
    second = await enter(house.accounts, again, "here", "request")
    living = await house.accounts.devices.of_account(first.device.account_id)
    assert [each.device.id for each in living] == [second.device.id]


async def test_a_proof_is_noted_by_who_gave_it_and_says_until_when_it_is_good(
    house: House, clock: SetClock
) -> None:
    caller = caller_of((await house.sign_up()).start)
    until = await prove(house.accounts, caller, proof(PASSWORD), ACTOR)
    assert until == clock() + timedelta(minutes=5)
    assert await house.newest_event_is_of(caller.account_id) == (
        "device",
        "here",
        "request",
        "device",
    )


async def test_a_device_has_so_many_proofs_and_a_right_one_gives_them_back(
    own_database: Database, clock: SetClock, tmp_path: Path
) -> None:
    house = House(own_database, clock, tmp_path, limits="step_up.device=2/15m")
    address = an_address()
    phone = caller_of((await house.sign_up(address)).start)
    tablet = caller_of(await house.sign_in(address))

    async def wrong() -> None:
        with pytest.raises(CredentialsRefused):
            await prove(house.accounts, phone, proof("something else entirely"), ACTOR)

    await wrong()
    assert await prove(house.accounts, phone, proof(PASSWORD), ACTOR)
    await wrong()
    await wrong()
    with pytest.raises(RateLimited):
        await prove(house.accounts, phone, proof(PASSWORD), ACTOR)
    assert await prove(house.accounts, tablet, proof(PASSWORD), ACTOR)

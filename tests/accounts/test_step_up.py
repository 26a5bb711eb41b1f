"""A fresh proof belongs to one device, for five minutes."""

from datetime import timedelta

import pytest

from app.accounts.issuing import Start
from app.accounts.refusals import CredentialsRefused
from app.accounts.step_up import require_step_up
from app.audit import Actor
from app.web.identity import SignedIn
from app.web.problems import StepUpRequired, TokenInvalid
from tests.accounts.house import PASSWORD, House, an_address
from tests.clocks import SetClock

pytestmark = pytest.mark.anyio
ACTOR = Actor("device", "here", "request")


def caller_of(start: Start) -> SignedIn:
    return SignedIn(start.device.account_id, start.device.id)


async def proven(house: House, caller: SignedIn, clock: SetClock) -> bool:
    try:
        await house.database.write(
            caller.account_id, lambda work: require_step_up(work, caller, clock())
        )
    except StepUpRequired:
        return False
    return True


async def test_a_proof_is_good_for_five_minutes(house: House, clock: SetClock) -> None:
    caller = caller_of((await house.sign_up()).start)
    assert not await proven(house, caller, clock)
    until = await house.accounts.step_up.by_password(caller, PASSWORD, ACTOR)
    assert until == clock() + timedelta(minutes=5)
    assert await proven(house, caller, clock)
    clock.advance(minutes=4, seconds=59)
    assert await proven(house, caller, clock)
    clock.advance(seconds=1)
    assert not await proven(house, caller, clock)


async def test_a_proof_of_a_clock_that_ran_ahead_ends_with_its_correction(
    house: House, clock: SetClock
) -> None:
    caller = caller_of((await house.sign_up()).start)
    clock.advance(hours=2)
    await house.accounts.step_up.by_password(caller, PASSWORD, ACTOR)
    assert await proven(house, caller, clock)
    clock.advance(hours=-2)
    assert not await proven(house, caller, clock)
    await house.accounts.step_up.by_password(caller, PASSWORD, ACTOR)
    clock.advance(hours=2)
    assert not await proven(house, caller, clock)


async def test_signing_in_and_refreshing_are_no_proof(house: House, clock: SetClock) -> None:
    address = an_address()
    await house.sign_up(address)
    start = await house.sign_in(address)
    await house.refresh(start.pair.refresh_token)
    assert not await proven(house, caller_of(start), clock)


async def test_a_proof_belongs_to_the_device_that_gave_it(house: House, clock: SetClock) -> None:
    address = an_address()
    first, second = caller_of((await house.sign_up(address)).start), None
    second = caller_of(await house.sign_in(address))
    await house.accounts.step_up.by_password(first, PASSWORD, ACTOR)
    assert await proven(house, first, clock)
    assert not await proven(house, second, clock)


async def test_a_wrong_proof_is_noted_and_leaves_the_device_signed_in(
    house: House, clock: SetClock
) -> None:
    start = (await house.sign_up()).start
    caller = caller_of(start)
    with pytest.raises(CredentialsRefused):
        await house.accounts.step_up.by_password(caller, "something else entirely", ACTOR)
    assert not await proven(house, caller, clock)
    assert await house.caller(start.pair.access_token) == caller
    await house.accounts.step_up.by_password(caller, PASSWORD, ACTOR)
    assert (await house.events(caller.account_id))[-2:] == [
        ("step_up", str(caller.device_id), "refused"),
        ("step_up", str(caller.device_id), "done"),
    ]


async def test_a_proof_dies_with_its_device(house: House, clock: SetClock) -> None:
    caller = caller_of((await house.sign_up()).start)
    await house.accounts.step_up.by_password(caller, PASSWORD, ACTOR)
    await house.accounts.devices.revoke(caller, caller.device_id, ACTOR)
    assert not await proven(house, caller, clock)
    with pytest.raises(TokenInvalid):
        await house.accounts.step_up.by_password(caller, PASSWORD, ACTOR)


async def test_a_proof_that_has_ended_is_not_revived_by_the_clock(
    house: House, clock: SetClock
) -> None:
    start = (await house.sign_up()).start
    caller = caller_of(start)
    await house.accounts.step_up.by_password(caller, PASSWORD, ACTOR)
    clock.advance(minutes=6)
    await house.refresh(start.pair.refresh_token)
    clock.advance(minutes=-5)
    assert not await proven(house, caller, clock)

"""Every line of the table of rotation, on both engines."""

import asyncio
from uuid import uuid4

import pytest

from app.accounts.derivation import DeviceTokens, new_secret, read_refresh_token
from app.accounts.issuing import Pair, Start, tokens_of
from app.accounts.refusals import RefreshRefused
from app.web.problems import TokenInvalid
from tests.accounts.house import House, an_address
from tests.clocks import SetClock

pytestmark = pytest.mark.anyio


async def a_device(house: House) -> tuple[str, Start]:
    address = an_address()
    return address, (await house.sign_up(address)).start


async def refused(house: House, token: str) -> bool:
    try:
        await house.refresh(token)
    except RefreshRefused:
        return True
    return False


async def works(house: House, access_token: str) -> bool:
    try:
        await house.caller(access_token)
    except TokenInvalid:
        return False
    return True


async def stands(house: House, start: Start) -> bool:
    devices = await house.accounts.devices.of_account(start.device.account_id)
    return start.device.id in {each.device.id for each in devices}


async def test_the_newest_token_gets_a_successor(house: House) -> None:
    _, start = await a_device(house)
    pair = await house.refresh(start.pair.refresh_token)
    assert pair != start.pair
    claim = read_refresh_token(pair.refresh_token)
    assert claim[:2] == (start.device.id, 1)
    assert await works(house, pair.access_token)


async def test_requests_under_way_with_the_former_access_token_still_count(house: House) -> None:
    _, start = await a_device(house)
    await house.refresh(start.pair.refresh_token)
    assert await works(house, start.pair.access_token)


async def test_a_lost_reply_is_given_again_bit_for_bit(house: House, clock: SetClock) -> None:
    _, start = await a_device(house)
    lost = await house.refresh(start.pair.refresh_token)
    clock.advance(minutes=5)
    again = await house.refresh(start.pair.refresh_token)
    assert again[:2] == lost[:2]
    assert again.expires_in == 300
    assert await works(house, again.access_token)


async def test_a_lost_reply_is_given_again_without_a_time_limit(
    house: House, clock: SetClock
) -> None:
    _, start = await a_device(house)
    lost = await house.refresh(start.pair.refresh_token)
    clock.advance(days=29)
    again = await house.refresh(start.pair.refresh_token)
    assert again.refresh_token == lost.refresh_token
    assert again.access_token != lost.access_token
    assert again.expires_in == 600
    assert await works(house, again.access_token)
    assert not await works(house, lost.access_token)


async def test_less_than_half_of_its_life_left_makes_a_new_access_token(
    house: House, clock: SetClock
) -> None:
    _, start = await a_device(house)
    lost = await house.refresh(start.pair.refresh_token)
    clock.advance(minutes=5, seconds=1)
    again = await house.refresh(start.pair.refresh_token)
    assert again.refresh_token == lost.refresh_token
    assert again.access_token != lost.access_token
    assert await works(house, lost.access_token)
    assert await works(house, again.access_token)


async def test_a_confirmed_successor_is_given_again_for_thirty_seconds(
    house: House, clock: SetClock
) -> None:
    _, start = await a_device(house)
    pair = await house.refresh(start.pair.refresh_token)
    assert await works(house, pair.access_token)
    clock.advance(seconds=30)
    assert (await house.refresh(start.pair.refresh_token))[:2] == pair[:2]
    assert await stands(house, start)


async def test_copies_of_a_late_retry_are_under_way_too(house: House, clock: SetClock) -> None:
    _, start = await a_device(house)
    await house.refresh(start.pair.refresh_token)
    clock.advance(hours=1)
    pair = await house.refresh(start.pair.refresh_token)
    assert await works(house, pair.access_token)
    clock.advance(seconds=20)
    assert (await house.refresh(start.pair.refresh_token))[:2] == pair[:2]
    clock.advance(seconds=11)
    assert await refused(house, start.pair.refresh_token)
    assert not await stands(house, start)


async def test_a_spent_token_after_the_grace_is_theft(house: House, clock: SetClock) -> None:
    address, start = await a_device(house)
    pair = await house.refresh(start.pair.refresh_token)
    assert await works(house, pair.access_token)
    clock.advance(seconds=30, microseconds=1)
    assert await refused(house, start.pair.refresh_token)
    assert not await works(house, pair.access_token)
    assert not await works(house, start.pair.access_token)
    assert await refused(house, pair.refresh_token)
    assert not await stands(house, start)
    assert (await house.mails_to(address))[-1]["Subject"].startswith("A device was signed out")
    events = await house.events(start.device.account_id)
    assert events[-1] == ("refresh_replayed", str(start.device.id), "refused")


async def test_a_token_two_generations_old_is_theft_even_in_the_grace(house: House) -> None:
    _, start = await a_device(house)
    pair = await house.refresh(start.pair.refresh_token)
    newest = await house.refresh(pair.refresh_token)
    assert await refused(house, start.pair.refresh_token)
    assert not await works(house, newest.access_token)
    assert not await stands(house, start)


async def test_theft_ends_one_device_and_no_other(house: House) -> None:
    address, start = await a_device(house)
    other = await house.sign_in(address)
    for token in (start.pair, await house.refresh(start.pair.refresh_token)):
        newest: Pair = await house.refresh(token.refresh_token)
    assert newest
    assert await refused(house, start.pair.refresh_token)
    assert await works(house, other.pair.access_token)
    assert await stands(house, other)


async def test_forged_unknown_and_malformed_tokens_change_nothing(house: House) -> None:
    address, start = await a_device(house)
    forger = DeviceTokens(start.device.id, new_secret())
    forged = [forger.refresh_token(generation) for generation in (0, 1, 2**32 - 1)]
    unknown = DeviceTokens(uuid4(), new_secret())
    for token in (*forged, unknown.refresh_token(0), start.pair.access_token, "", "agr_é" * 16):
        assert await refused(house, token)
    assert await stands(house, start)
    assert await house.refresh(start.pair.refresh_token)
    assert len(await house.mails_to(address)) == 1


async def test_a_token_of_a_generation_to_come_is_refused(house: House) -> None:
    _, start = await a_device(house)
    tokens = tokens_of(house.vault, start.device)
    assert await refused(house, tokens.refresh_token(1))
    assert await house.refresh(start.pair.refresh_token)


async def test_thirty_days_without_use_end_a_device(house: House, clock: SetClock) -> None:
    for _ in range(2):
        _, start = await a_device(house)
        clock.advance(days=30)
        pair = await house.refresh(start.pair.refresh_token)
        clock.advance(days=30, seconds=1)
        assert await refused(house, pair.refresh_token)
        clock.advance(days=-40)
        assert await refused(house, pair.refresh_token)


async def test_a_hundred_and_eighty_days_end_a_device_in_use(house: House, clock: SetClock) -> None:
    _, start = await a_device(house)
    pair = start.pair
    for _ in range(9):
        clock.advance(days=20)
        pair = await house.refresh(pair.refresh_token)
    clock.advance(seconds=1)
    assert await refused(house, pair.refresh_token)
    assert (await house.events(start.device.account_id))[-1][0] == "device.expired"


async def test_a_clock_set_backwards_signs_nobody_out(house: House, clock: SetClock) -> None:
    _, start = await a_device(house)
    pair = await house.refresh(start.pair.refresh_token)
    assert await works(house, pair.access_token)
    clock.advance(hours=-2)
    assert not await works(house, pair.access_token)
    newest = await house.refresh(pair.refresh_token)
    assert await works(house, newest.access_token)
    assert (await house.refresh(pair.refresh_token))[:2] == newest[:2]
    clock.advance(hours=2)
    assert await house.refresh(newest.refresh_token)


async def test_twenty_parallel_refreshes_give_one_pair(house: House, clock: SetClock) -> None:
    _, start = await a_device(house)
    token = start.pair.refresh_token
    for _ in range(3):
        pairs = await asyncio.gather(*(house.refresh(token) for _ in range(20)))
        assert len({pair[:2] for pair in pairs}) == 1
        assert await works(house, pairs[0].access_token)
        clock.advance(minutes=9)
        late = await asyncio.gather(*(house.refresh(pairs[0].refresh_token) for _ in range(20)))
        assert len({pair[:2] for pair in late}) == 1
        token = late[0].refresh_token


async def test_twenty_parallel_requests_after_a_lost_reply_get_one_access_token(
    house: House, clock: SetClock
) -> None:
    _, start = await a_device(house)
    await house.refresh(start.pair.refresh_token)
    clock.advance(minutes=9)
    pairs = await asyncio.gather(*(house.refresh(start.pair.refresh_token) for _ in range(20)))
    assert len({pair[:2] for pair in pairs}) == 1

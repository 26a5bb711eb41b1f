"""Every line of the table of rotation, on both engines."""

import asyncio

import pytest
from sqlalchemy import bindparam, select

from app.accounts.derivation import read_refresh_token
from app.accounts.tables import AccessTokenRow
from app.database import table_of
from tests.accounts.house import House
from tests.accounts.rotating import a_device, refused, stands, works
from tests.clocks import SetClock

pytestmark = pytest.mark.anyio
TOKEN = table_of(AccessTokenRow)
KEPT = select(TOKEN.c.generation).where(TOKEN.c.account_id == bindparam("account"))


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


async def test_access_tokens_end_with_the_generation_before_the_last_or_their_time(
    house: House, clock: SetClock
) -> None:
    _, start = await a_device(house)
    pair = await house.refresh(start.pair.refresh_token)
    other = await house.sign_up()
    newest = await house.refresh(pair.refresh_token)
    assert not await works(house, start.pair.access_token)
    assert await works(house, pair.access_token)
    assert await works(house, other.start.pair.access_token)
    clock.advance(minutes=11)
    await house.refresh(newest.refresh_token)
    rows = await house.database.read(
        start.device.account_id,
        lambda work: work.fetch(KEPT, {"account": start.device.account_id}),
    )
    assert [row[0] for row in rows] == [3]


async def test_a_device_was_seen_whenever_it_showed_itself(house: House, clock: SetClock) -> None:
    _, start = await a_device(house)

    async def seen_now() -> bool:
        (known,) = await house.accounts.devices.of_account(start.device.account_id)
        return known.device.seen_at == clock()

    clock.advance(hours=1)
    assert not await seen_now()
    pair = await house.refresh(start.pair.refresh_token)
    assert await seen_now()
    clock.advance(hours=1)
    pair = await house.refresh(start.pair.refresh_token)
    assert await seen_now()
    clock.advance(minutes=1)
    assert await works(house, pair.access_token)
    assert await seen_now()


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

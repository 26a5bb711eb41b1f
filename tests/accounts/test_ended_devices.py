"""Spent, forged and old tokens: theft and time end a device, on both engines."""

from uuid import uuid4

import pytest
from sqlalchemy import bindparam, select

from app.accounts.derivation import DeviceTokens, new_secret
from app.accounts.issuing import Pair, tokens_of
from app.audit.tables import AuditEventRow
from app.database import table_of
from tests.accounts.house import House
from tests.accounts.rotating import a_device, refused, stands, works
from tests.clocks import SetClock

pytestmark = pytest.mark.anyio
EVENT = table_of(AuditEventRow)
WHO = (
    select(
        EVENT.c.actor_kind,
        EVENT.c.actor_id,
        EVENT.c.request_id,
        EVENT.c.object_kind,
        EVENT.c.object_id,
    )
    .where(EVENT.c.account_id == bindparam("account"))
    .order_by(EVENT.c.seq)
)


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


async def test_the_chain_says_which_device_was_signed_out_by_which_request(
    house: House, clock: SetClock
) -> None:
    _, start = await a_device(house)
    pair = await house.refresh(start.pair.refresh_token)
    await works(house, pair.access_token)
    clock.advance(minutes=1)
    await refused(house, start.pair.refresh_token)
    rows = await house.database.read(
        start.device.account_id,
        lambda work: work.fetch(WHO, {"account": start.device.account_id}),
    )
    device = str(start.device.id)
    assert tuple(rows[-1]) == ("device", device, "request", "device", device)


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


async def test_a_clock_set_backwards_revives_no_spent_token(house: House, clock: SetClock) -> None:
    """Else whoever holds a copy of it would be given the newest pair for two hours."""
    _, start = await a_device(house)
    clock.advance(hours=1)
    pair = await house.refresh(start.pair.refresh_token)
    assert await works(house, pair.access_token)
    clock.advance(hours=-2)
    assert await refused(house, start.pair.refresh_token)
    assert not await stands(house, start)

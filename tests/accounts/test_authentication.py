"""One read tells who calls, and a revoked token is dead at the next request."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TypeVar
from uuid import UUID

import pytest

from app.accounts.authentication import TokenAuthenticator
from app.accounts.tokens import TokenKind, mint
from app.audit import Actor
from app.database import Database, Transaction
from app.web.identity import SignedIn
from app.web.problems import TokenInvalid
from tests.accounts.house import House, an_address
from tests.clocks import SetClock

pytestmark = pytest.mark.anyio
T = TypeVar("T")
ACTOR = Actor("device", "here", "request")


class Counting:
    """A database that counts the transactions that pass through it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.engine, self.has_replica = database.engine, database.has_replica
        self.reads = self.writes = 0

    async def read(
        self,
        account_id: UUID | None,
        work: Callable[[Transaction], Awaitable[T]],
        *,
        brief: bool = False,
        replica: bool = False,
    ) -> T:
        self.reads += 1
        return await self._database.read(account_id, work, brief=brief, replica=replica)

    async def write(
        self,
        account_id: UUID | None,
        work: Callable[[Transaction], Awaitable[T]],
        *,
        brief: bool = False,
    ) -> T:
        self.writes += 1
        return await self._database.write(account_id, work, brief=brief)

    async def close(self) -> None:
        await self._database.close()


async def works(house: House, token: str) -> bool:
    try:
        await house.caller(token)
    except TokenInvalid:
        return False
    return True


async def test_the_bearer_is_the_account_and_device_of_the_token(house: House) -> None:
    start = (await house.sign_up()).start
    caller = await house.caller(start.pair.access_token)
    assert caller == SignedIn(start.device.account_id, start.device.id)


async def test_a_confirmed_token_costs_one_read_and_no_write(house: House) -> None:
    start = (await house.sign_up()).start
    counting = Counting(house.database)
    authenticate = TokenAuthenticator(replace(house.equipment, database=counting))
    await authenticate(start.pair.access_token)
    assert (counting.reads, counting.writes) == (1, 1)
    for _ in range(3):
        await authenticate(start.pair.access_token)
    assert (counting.reads, counting.writes) == (4, 1)


async def test_a_text_that_is_no_token_never_reaches_the_database(house: House) -> None:
    start = (await house.sign_up()).start
    counting = Counting(house.database)
    authenticate = TokenAuthenticator(replace(house.equipment, database=counting))
    for token in ("", "x", start.pair.refresh_token, mint(TokenKind.SHARE), "aga_" + "0" * 49):
        with pytest.raises(TokenInvalid):
            await authenticate(token)
    assert (counting.reads, counting.writes) == (0, 0)


async def test_a_well_formed_token_that_nobody_gave_is_refused(house: House) -> None:
    assert not await works(house, mint(TokenKind.ACCESS))


async def test_a_token_lives_for_ten_minutes_and_no_clock_brings_it_back(
    house: House, clock: SetClock
) -> None:
    start = (await house.sign_up()).start
    clock.advance(minutes=9, seconds=59)
    assert await works(house, start.pair.access_token)
    clock.advance(seconds=1)
    assert not await works(house, start.pair.access_token)
    clock.advance(minutes=-9)
    assert not await works(house, start.pair.access_token)


async def test_a_token_from_a_clock_that_ran_ahead_waits_for_its_time(
    house: House, clock: SetClock
) -> None:
    clock.advance(days=40)
    start = (await house.sign_up()).start
    clock.advance(days=-40)
    assert not await works(house, start.pair.access_token)
    clock.advance(days=40, minutes=-1)
    assert await works(house, start.pair.access_token)


@pytest.mark.parametrize("by", ["itself", "another", "others"])
async def test_revoking_holds_at_the_next_request(house: House, by: str) -> None:
    address = an_address()
    first = (await house.sign_up(address)).start
    second = await house.sign_in(address)
    assert await works(house, first.pair.access_token)
    callers = {"itself": first, "another": second, "others": second}
    caller = await house.caller(callers[by].pair.access_token)
    if by == "others":
        await house.accounts.devices.revoke_others(caller, ACTOR)
    else:
        await house.accounts.devices.revoke(caller, first.device.id, ACTOR)
    assert not await works(house, first.pair.access_token)
    assert await works(house, second.pair.access_token)

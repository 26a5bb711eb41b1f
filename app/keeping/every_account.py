"""What an operator ends for every account, on the worst day and after a restore."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple
from uuid import UUID

from app.accounts.locking import end_devices
from app.audit import Actor
from app.clock import Clock
from app.database import WholeDatabase
from app.keeping.store import accounts_signed_in, accounts_with_links
from app.sharing.shares import revoke_links
from app.vault.rewrapping import patiently

TOGETHER = 32
"""Accounts at once: SQLite lets them share a commit."""


class Ended(NamedTuple):
    """How many there were, devices or links, and how many accounts had any."""

    number: int
    accounts: int


async def sign_everybody_out(database: WholeDatabase, clock: Clock, actor: Actor) -> Ended:
    """End the devices and tokens of all accounts. Run again after an interruption, it goes on."""
    accounts = await database.read(None, accounts_signed_in)
    return await _of_each(accounts, lambda each: end_devices(database, clock, each, actor))


async def revoke_all_links(database: WholeDatabase, clock: Clock, actor: Actor) -> Ended:
    """Withdraw the links of all accounts. Run again after an interruption, it goes on."""
    accounts = await database.read(None, accounts_with_links)
    return await _of_each(accounts, lambda each: revoke_links(database, clock, each, actor))


async def _of_each(accounts: Sequence[UUID], end: Callable[[UUID], Awaitable[int]]) -> Ended:
    async def ended(account_id: UUID) -> int:
        return await patiently(lambda: end(account_id))

    found: list[int] = []
    for start in range(0, len(accounts), TOGETHER):
        together = accounts[start : start + TOGETHER]
        found += await asyncio.gather(*(ended(each) for each in together))
    return Ended(sum(found), sum(number > 0 for number in found))

"""Ending every device of every account, on the worst day and after a restore."""

import asyncio
from typing import NamedTuple
from uuid import UUID

from app.accounts.locking import end_devices
from app.audit import Actor
from app.clock import Clock
from app.database import WholeDatabase
from app.keeping.store import accounts_signed_in
from app.vault.rewrapping import patiently

TOGETHER = 32
"""Accounts at once: SQLite lets them share a commit."""


class Ended(NamedTuple):
    """Devices that were signed in, and accounts that had any."""

    devices: int
    accounts: int


async def sign_everybody_out(database: WholeDatabase, clock: Clock, actor: Actor) -> Ended:
    """End the devices and tokens of all accounts. Run again after an interruption, it goes on."""

    async def end(account_id: UUID) -> int:
        return await patiently(lambda: end_devices(database, clock, account_id, actor))

    accounts = await database.read(None, accounts_signed_in)
    found: list[int] = []
    for start in range(0, len(accounts), TOGETHER):
        together = accounts[start : start + TOGETHER]
        found += await asyncio.gather(*(end(each) for each in together))
    return Ended(sum(found), sum(devices > 0 for devices in found))

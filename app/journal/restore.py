"""After a restore: journals begin a new epoch, so that phones bring what the backup lacks."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from uuid import UUID

from app.audit import Actor, AuditEvent, ChainMissing, append_event
from app.clock import Clock, system_clock
from app.database import Database, Row, Transaction
from app.journal import store
from app.journal.cursors import EPOCH_STEP, MOST_CURSOR

JUMP = 2**30
"""How far the head moves, so that no number a phone may still hold is ever used again."""
MOST_EPOCH = MOST_CURSOR // EPOCH_STEP
MOST_TIMES = EPOCH_STEP // JUMP - 1
"""No journal has room for more epochs at once."""
TOGETHER = 32
"""Journals raised at once: SQLite lets them share a commit."""

OPERATOR = Actor("operator", "restored")


class RestoreRefused(Exception):
    """A journal has no room left for another epoch; nothing was changed."""


async def begin_epoch(
    database: Database,
    account_id: UUID | None = None,
    times: int = 1,
    *,
    clock: Clock = system_clock,
) -> int:
    """Raise epoch and head of all journals, or of one; the number of journals.

    It stands in each patient's chain, by which a replica shows that it has the new epoch too.
    Run it after a restore, before the service opens. Running it more often than needed is
    harmless: phones read everything once more. When the same backup is restored again after the
    service was open on it, give as `times` how often it was restored, this time included: else
    the new life of the database would use the epoch and the numbers of the life before. Should
    it be torn off half-way, run it again; that counts as one of `times` too.

    Raises RestoreRefused when an epoch would pass 8191 or a head 2^40, ValueError for `times`
    below 1.
    """
    journals = await database.read(None, store.all_journals)
    accounts = _with_room([row for row in journals if account_id in (None, row[0])], times)
    for start in range(0, len(accounts), TOGETHER):
        together = accounts[start : start + TOGETHER]
        await asyncio.gather(*(_alone(database, each, times, clock) for each in together))
    return len(accounts)


async def begin_epochs(
    transaction: Transaction, times: int = 1, *, clock: Clock = system_clock
) -> int:
    """As `begin_epoch`, of all journals or, should it be torn off, of none.

    For a restore, whose mark is cleared in the same transaction: were some journals raised before
    it goes on, they would come to the place that a later `times` is to bring them to. Nobody is
    served meanwhile, so nobody waits for the locks.
    """
    accounts = _with_room(await store.all_journals(transaction), times)
    for account_id in accounts:
        await _raise(transaction, account_id, times, clock())
    return len(accounts)


def _with_room(journals: Sequence[Row], times: int) -> list[UUID]:
    """Whose journals they are. Raises as `begin_epoch`."""
    if times < 1:
        raise ValueError("a restore counts at least once")
    if any(not _has_room(epoch, head, times) for _, epoch, head in journals):
        raise RestoreRefused("a journal has no room left for another epoch")
    return [row[0] for row in journals]


def _has_room(epoch: int, head: int, times: int) -> bool:
    return epoch + times <= MOST_EPOCH and head + times * JUMP < EPOCH_STEP


async def _alone(database: Database, account_id: UUID, times: int, clock: Clock) -> None:
    """One journal in a transaction of its own, beside a service that may run."""
    now = clock()
    await database.write(account_id, lambda work: _raise(work, account_id, times, now))


async def _raise(transaction: Transaction, account_id: UUID, times: int, now: datetime) -> None:
    """A journal whose chain is gone begins its epoch as well.

    That the chain is gone is told by those who verify chains, and phones must not wait for it.
    """
    event = AuditEvent(now, OPERATOR, "journal.restored", "account", str(account_id))
    if await store.raise_epoch(transaction, account_id, times, times * JUMP):
        with suppress(ChainMissing):
            await append_event(transaction, account_id, event)

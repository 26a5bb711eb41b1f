"""After a restore: journals begin a new epoch, so that phones bring what the backup lacks."""

from uuid import UUID

from app.database import Database, Transaction
from app.journal import store
from app.journal.cursors import EPOCH_STEP, MOST_CURSOR

JUMP = 2**30
"""How far the head moves, so that no number a phone may still hold is ever used again."""
MOST_EPOCH = MOST_CURSOR // EPOCH_STEP


class RestoreRefused(Exception):
    """A journal has no room left for another epoch; nothing was changed."""


async def begin_epoch(database: Database, account_id: UUID | None = None, times: int = 1) -> int:
    """Raise epoch and head of all journals, or of one; the number of journals.

    Run it after a restore, before the service opens. Running it more often than needed is
    harmless: phones read everything once more. When the same backup is restored again after the
    service was open on it, give as `times` how often it was restored, this time included: else
    the new life of the database would use the epoch and the numbers of the life before.

    Raises RestoreRefused when an epoch would pass 8191 or a head 2^40, ValueError for `times`
    below 1.
    """
    if times < 1:
        raise ValueError("a restore counts at least once")

    async def work(transaction: Transaction) -> int:
        raised = await store.raise_epochs(transaction, account_id, times, times * JUMP)
        epoch, head = await store.furthest(transaction)
        if epoch > MOST_EPOCH or head >= EPOCH_STEP:
            raise RestoreRefused("a journal has no room left for another epoch")
        return raised

    return await database.write(account_id, work)

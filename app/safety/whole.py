"""All signals of a journal, page by page, for an export."""

from collections.abc import AsyncIterator

from app.database import Transaction
from app.safety.keeper import SignalPlace, opened_signal
from app.safety.rules import StoredSignal
from app.safety.store import signal_page
from app.vault import PatientKeys

PAGE = 200


async def all_signals(
    transaction: Transaction, keys: PatientKeys
) -> AsyncIterator[list[StoredSignal]]:
    """Every signal, newest first, some hundred at once."""
    after: SignalPlace | None = None
    while rows := await signal_page(transaction, keys.account_id, after, PAGE):
        yield [opened_signal(keys, row) for row in rows]
        after = SignalPlace(rows[-1].created_at, rows[-1].id)

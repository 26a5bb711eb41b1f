"""All signals of a journal, page by page, for an export."""

from collections.abc import AsyncIterator
from functools import partial

from app.database import Transaction
from app.safety.keeper import SignalPlace
from app.safety.rules import StoredSignal
from app.safety.sealed import opened_signal
from app.safety.store import KeptSignal, signal_page
from app.vault import PatientKeys, opened_and_closed

PAGE = 200


async def all_signals(
    transaction: Transaction, keys: PatientKeys
) -> AsyncIterator[tuple[list[StoredSignal], list[KeptSignal]]]:
    """Every signal, newest first, some hundred at once: those that open, and those that do not."""
    after: SignalPlace | None = None
    while rows := await signal_page(transaction, keys.account_id, after, PAGE):
        yield opened_and_closed(rows, partial(opened_signal, keys))
        after = SignalPlace(rows[-1].created_at, rows[-1].id)

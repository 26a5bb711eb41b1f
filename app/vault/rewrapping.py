"""Moving what the ring's keys seal to the current one: online, in batches, to be resumed at will.

Each row is replaced only if it is still what was read, so nothing is lost to a request that was
faster, and a process that is killed leaves every row under the one key or the other.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import NamedTuple, TypeVar

from app.database import Database, DatabaseOverloaded, DatabaseUnavailable
from app.vault.envelope import SealBroken
from app.vault.providers import KeyProvider
from app.vault.ring_keys import KeyRingRefused
from app.vault.sealed_columns import Cells, SealedColumn, number_bytes

T = TypeVar("T")
BATCH = 500
TRIES = 8
FIRST_WAIT_SECONDS = 0.1
NO_KEY = bytes(5)
"""Longer than the number of any key, or of what is none: every row is under another one."""


class Moved(NamedTuple):
    """Rows that were sealed anew, and rows that do not open (they stay as they are)."""

    rows: int
    unreadable: int


async def move_to_current(
    database: Database, column: SealedColumn, provider: KeyProvider, batch: int = BATCH
) -> Moved:
    """Seal under the provider's current key whatever another key of it sealed.

    It goes through the rows until none is left that a rotation could move. Raises
    DatabaseUnavailable when the database stays away.
    """
    rows = 0
    while True:
        turn = await _pass(database, column, provider, batch)
        rows += turn.rows
        if turn.rows == 0:
            return Moved(rows, turn.unreadable)


async def _pass(
    database: Database, column: SealedColumn, provider: KeyProvider, batch: int
) -> Moved:
    """Once through the table, by its key."""
    rows = unreadable = 0
    current = number_bytes(provider.current())
    page = await _page(database, column, current, batch, None)
    while page:
        turn = await _move(database, column, provider, _one_an_account(column, page))
        rows, unreadable = rows + turn.rows, unreadable + turn.unreadable
        page = await _page(database, column, current, batch, page[-1])
    return Moved(rows, unreadable)


async def _page(
    database: Database, column: SealedColumn, number: bytes, batch: int, after: Cells | None
) -> list[Cells]:
    bound: dict[str, object] = {"number": number, "most": batch}
    statement = column.others if after is None else column.others_after
    bound |= {} if after is None else column.key(after)
    found = await patiently(lambda: database.read(None, lambda work: work.fetch(statement, bound)))
    return [column.cells(row) for row in found]


def _one_an_account(column: SealedColumn, page: list[Cells]) -> list[Cells]:
    """Two rows of one account in a transaction could wait for a request that waits for us."""
    if not column.has_account:
        return page
    return list({cells["account_id"]: cells for cells in page}.values())


async def _move(
    database: Database, column: SealedColumn, provider: KeyProvider, page: list[Cells]
) -> Moved:
    rows: list[dict[str, object]] = []
    unreadable = 0
    for cells in page:
        place, old = column.place(cells), column.sealed(cells)
        try:
            new = provider.wrap(place, provider.unwrap(place, old))
        except (SealBroken, KeyRingRefused):
            unreadable += 1
            continue
        rows.append({**column.key(cells), "old": old, "new": new})
    if rows:
        await patiently(
            lambda: database.write(None, lambda work: work.execute_many(column.replace, rows))
        )
    return Moved(len(rows), unreadable)


async def patiently(attempt: Callable[[], Awaitable[T]]) -> T:
    """Try again while the database is busy with requests. Raises what the last try raises."""
    wait = FIRST_WAIT_SECONDS
    for _ in range(TRIES - 1):
        try:
            return await attempt()
        except (DatabaseOverloaded, DatabaseUnavailable):
            await asyncio.sleep(wait)
            wait *= 2
    return await attempt()


async def rows_by_key(database: Database, column: SealedColumn) -> dict[int, int]:
    """How many rows each key sealed. Raises DatabaseUnavailable."""
    found = await database.read(None, lambda work: work.fetch(column.counts))
    return {int.from_bytes(number, "big"): int(rows) for number, rows in found}


async def unreadable_rows(
    database: Database, column: SealedColumn, provider: KeyProvider, batch: int = BATCH
) -> int:
    """How many rows do not open; every one is tried."""
    unreadable, after = 0, None
    while page := await _page(database, column, NO_KEY, batch, after):
        for cells in page:
            try:
                provider.unwrap(column.place(cells), column.sealed(cells))
            except (SealBroken, KeyRingRefused):
                unreadable += 1
        after = page[-1]
    return unreadable

"""Moving what a patient's keys seal to the newest version, account by account."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from uuid import UUID

from app.database import Database, Transaction
from app.vault.envelope import SealBroken
from app.vault.patient_keys import PatientKeys
from app.vault.rewrapping import Moved, patiently
from app.vault.sealed_columns import Cells, SealedColumn, number_bytes
from app.vault.store import accounts_with_keys
from app.vault.vault import Vault

IN_JOURNAL = 200
"""Rows sealed anew under one lock of a journal."""

PAGE = 200
NOBODY = UUID(int=0)
Lock = Callable[[Transaction, UUID], Awaitable[object | None]]
"""Locks a patient's journal until the commit; None when there is none."""


class Resealing:
    """Everything it takes to seal an account anew."""

    def __init__(
        self, database: Database, vault: Vault, columns: Sequence[SealedColumn], lock: Lock
    ) -> None:
        """`columns` are those under patients' keys. `vault` holds no keys from before."""
        self._database = database
        self._vault = vault
        self._columns = columns
        self._lock = lock

    async def account(self, account_id: UUID) -> Moved:
        """Seal an account's rows under the version of its key that seals now."""
        rows = unreadable = 0
        for column in self._columns:
            moved = 1
            while moved:
                moved, left = await self._pass(column, account_id)
                rows += moved
            unreadable += left
        return Moved(rows, unreadable)

    async def _pass(self, column: SealedColumn, account_id: UUID) -> Moved:
        """Once through an account's rows of a column."""
        rows = unreadable = 0
        turn, last = await self._turn(column, account_id, None)
        while last:
            rows, unreadable = rows + turn.rows, unreadable + turn.unreadable
            turn, last = await self._turn(column, account_id, last)
        return Moved(rows, unreadable)

    async def _turn(
        self, column: SealedColumn, account_id: UUID, after: Cells | None
    ) -> tuple[Moved, Cells | None]:
        """One batch, and its last row: many rows under the journal's lock, or else one by one.

        Without that lock a second row could wait for a request that waits for the first.
        """
        statement = column.others_of_account_after if after else column.others_of_account
        bound: dict[str, object] = {"account": account_id}
        bound["most"] = IN_JOURNAL if column.in_journal else 1
        bound |= column.key(after) if after else {}

        async def work(transaction: Transaction) -> tuple[Moved, Cells | None]:
            if column.in_journal:  # without one nobody writes, and its rows are moved all the same
                await self._lock(transaction, account_id)
            keys = await self._vault.patient(transaction, account_id)
            sealing = number_bytes(keys.sealing)
            found = await transaction.fetch(statement, {**bound, "number": sealing})
            page = [column.cells(row) for row in found]
            moved = await _replace(transaction, column, keys, page)
            return moved, page[-1] if page else None

        return await patiently(lambda: self._database.write(account_id, work))


async def _replace(
    transaction: Transaction, column: SealedColumn, keys: PatientKeys, page: list[Cells]
) -> Moved:
    rows: list[dict[str, object]] = []
    copies: list[dict[str, object]] = []
    for cells, old, new in _sealed_anew(column, keys, page):
        rows.append({**column.key(cells), "old": old, "new": new})
        if column.twin:
            copies.append({**column.twin_key(column.twin, cells), "old": old, "new": new})
    if rows:
        await transaction.execute_many(column.replace, rows)
    if column.twin and copies:
        await transaction.execute_many(column.twin.replace, copies)
    return Moved(len(rows), len(page) - len(rows))


def _sealed_anew(
    column: SealedColumn, keys: PatientKeys, page: list[Cells]
) -> Iterator[tuple[Cells, bytes, bytes]]:
    for cells in page:
        place, old = column.place(cells), column.sealed(cells)
        try:
            yield cells, old, keys.seal(place, keys.open(place, old))
        except SealBroken:
            continue


async def all_accounts(database: Database) -> list[UUID]:
    """The ids of all accounts that have a key, in order."""
    found: list[UUID] = []
    page = [NOBODY]
    while page:
        after = page[-1]
        page = await patiently(
            lambda: database.read(None, lambda work: accounts_with_keys(work, after, PAGE))  # noqa: B023 - run at once
        )
        found += page
    return found

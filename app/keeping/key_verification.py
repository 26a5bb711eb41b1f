"""Whether everything opens that a rotation, a restore or an operator may have touched."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID

from app.clock import Clock
from app.database import FINAL_ID, FIRST_ID, Database, Transaction
from app.keeping.key_rotation import rows_under
from app.keeping.sealed import UNDER_PATIENT, UNDER_RING
from app.keeping.store_keys import first_patient_keys
from app.vault import KeyRing, KeyRingRefused, SealBroken, SealedColumn, Vault
from app.vault.providers import RingKeys
from app.vault.resealing import all_accounts
from app.vault.rewrapping import patiently, unreadable_rows
from app.vault.ring_keys import Purpose
from app.vault.sealed_columns import number_bytes
from app.vault.store import UNDER_KEK

TOGETHER = 200


class Span(NamedTuple):
    """The ids of accounts from one to another."""

    first: UUID
    last: UUID


@dataclass(slots=True)
class Verified:
    """Rows by key of the ring, rows by version of the patients' keys, and what does not open."""

    by_key: dict[Purpose, dict[int, int]] = field(default_factory=dict)
    by_version: Counter[int] = field(default_factory=Counter)
    unreadable: Counter[str] = field(default_factory=Counter)
    """Rows by the column's name. A row under patients' keys stands for all of its version."""


async def verify_keys(database: Database, ring: KeyRing, clock: Clock) -> Verified:
    """Open every row under the ring, and of every patient one row a version and column.

    Counts all rows. Raises DatabaseUnavailable.
    """
    found = Verified()
    for purpose, columns in UNDER_RING.items():
        found.by_key[purpose] = await rows_under(database, purpose)
        for column in columns:
            unreadable = await unreadable_rows(database, column, RingKeys(ring, purpose))
            found.unreadable[column.name] += unreadable
    for span in _spans(await all_accounts(database)):
        await _verify_accounts(database, Vault(ring, clock), span, found)
    return found


async def is_anothers(database: Database, ring: KeyRing) -> bool:
    """Whether there are patients' keys, and the ring opens none of the first ones.

    Raises DatabaseUnavailable.
    """
    wrapped = await patiently(lambda: database.read(None, first_patient_keys))
    provider, opened = RingKeys(ring, Purpose.KEK), 0
    for cells in wrapped:
        with suppress(SealBroken, KeyRingRefused):
            provider.unwrap(UNDER_KEK.place(cells), UNDER_KEK.sealed(cells))
            opened += 1
    return bool(wrapped) and not opened


def _spans(accounts: Sequence[UUID]) -> Iterator[Span]:
    """Every id there can be, once: an account whose keys are gone has rows all the same."""
    first = FIRST_ID
    for account_id in accounts[TOGETHER::TOGETHER]:
        yield Span(first, UUID(int=account_id.int - 1))
        first = account_id
    yield Span(first, FINAL_ID)


async def _verify_accounts(database: Database, vault: Vault, span: Span, found: Verified) -> None:
    """The rows of accounts that follow one another, whether or not they have a key."""
    for column in UNDER_PATIENT:
        statement = column.counts_of_accounts
        rows = await patiently(
            lambda: database.read(None, lambda work: work.fetch(statement, span._asdict()))  # noqa: B023
        )
        for account_id, number, count in rows:
            version = int.from_bytes(number, "big")
            found.by_version[version] += int(count)
            opens = await _opens(database, vault, column, account_id, version)
            found.unreadable[column.name] += 0 if opens else int(count)


async def _opens(
    database: Database, vault: Vault, column: SealedColumn, account_id: UUID, version: int
) -> bool:
    """Whether one row does that a version of this account's key sealed.

    Row and keys are of one moment: of an account that is erased meanwhile neither is there.
    """

    async def work(transaction: Transaction) -> bool:
        bound = {"account": account_id, "number": number_bytes(version)}
        row = await transaction.fetch_one(column.one_of_account, bound)
        if row is None:
            return True  # it has changed or gone since it was counted
        cells = column.cells(row)
        try:
            keys = await vault.patient(transaction, account_id)
            keys.open(column.place(cells), column.sealed(cells))
        except (SealBroken, KeyRingRefused):
            return False
        return True

    return await patiently(lambda: database.read(account_id, work))

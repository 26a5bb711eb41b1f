"""What the journal asks of the signals' keeper, in words both know."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from app.database import Transaction
from app.safety.rules import Looked, StoredSignal
from app.vault import PatientKeys


@dataclass(frozen=True, slots=True)
class Sightings:
    """What stands beside a saved entry, as ready JSON.

    `signals` is a JSON array, `crisis_resources` a JSON array or None where none is due;
    `unavailable` is true when a rule failed and absence of a signal means nothing at all, or when
    the profile does not open, so that the patient's own resources are missing.
    """

    signals: bytes = b"[]"
    crisis_resources: bytes | None = None
    unavailable: bool = False


class SignalKeeper(Protocol):
    """Keeps the signals that the rules raise, and tells them beside a save."""

    async def keep(
        self,
        transaction: Transaction,
        keys: PatientKeys,
        looked: Mapping[str, Looked],
        new_entries: frozenset[str],
        now: datetime,
    ) -> None:
        """Store what was raised and supersede what no longer holds.

        `new_entries` are the ids that have no signals yet, so that none need be looked for.
        """
        ...

    async def forget(
        self, transaction: Transaction, account_id: UUID, entry_ids: Sequence[UUID]
    ) -> None:
        """Remove the signals of deleted entries: their facts are content too."""
        ...

    async def tell(
        self, transaction: Transaction, keys: PatientKeys, entry_id: UUID, kind: str
    ) -> Sightings:
        """The live signals of a saved entry, and where help is if that is due."""
        ...

    async def of_entries(
        self, transaction: Transaction, keys: PatientKeys
    ) -> tuple[list[StoredSignal], frozenset[UUID]]:
        """All signals of a journal, newest first, and the entries that have one that is closed."""
        ...

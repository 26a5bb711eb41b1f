"""What the journal asks of those who look after a save; it knows none of them by name."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from app.database import Transaction
from app.journal.desk import Desk


@dataclass(frozen=True, slots=True)
class Sightings:
    """What was seen in one saved entry, as ready JSON.

    `signals` is a JSON array, `crisis_resources` a JSON array or None where none is due;
    `unavailable` is true when a rule failed and absence of a signal means nothing at all.
    """

    signals: bytes = b"[]"
    crisis_resources: bytes | None = None
    unavailable: bool = False


class Watch(Protocol):
    """Evaluates the safety rules on what a write changed, and keeps what they raise."""

    async def look(self, transaction: Transaction, desk: Desk) -> dict[UUID, Sightings]:
        """Look at `desk.changed`, inside the write's transaction. Never refuses a save."""
        ...


class NobodyWatches:
    """No rules at all: for tools and tests that only need the journal."""

    async def look(self, transaction: Transaction, desk: Desk) -> dict[UUID, Sightings]:
        """Nothing is ever seen."""
        return {}

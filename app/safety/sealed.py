"""What is sealed of a signal: all of it but its place in time and the entry it is about."""

from uuid import UUID

from app.safety.rules import StoredSignal
from app.safety.store import KeptSignal
from app.vault import PatientKeys, Place


def opened_signal(keys: PatientKeys, kept: KeptSignal) -> StoredSignal:
    """A kept signal with its seal open. Raises SealBroken."""
    place = _place(keys.account_id, kept.id, kept.revision)
    return StoredSignal.model_validate_json(keys.open(place, kept.sealed))


def sealed_signal(keys: PatientKeys, signal: StoredSignal, revision: int) -> bytes:
    """A signal sealed for its row at this revision."""
    text = signal.model_dump_json(exclude_none=True).encode()
    return keys.seal(_place(keys.account_id, signal.id, revision), text)


def _place(account_id: UUID, signal_id: UUID, revision: int) -> Place:
    return Place("signal", "content", account_id, str(signal_id), revision)

"""Scope is authorisation: who reads what of whose journal. Nothing is read without one."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.journal.kinds import KIND_NAMES


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """First argument of every function that reads the journal or its trends.

    `first` and `last` are local dates, both included, None for no bound. `notes` covers every
    free text, `item_answers` every answer of a questionnaire.
    """

    account_id: UUID
    kinds: frozenset[str]
    first: date | None
    last: date | None
    notes: bool
    signals: bool
    item_answers: bool

    @classmethod
    def of_patient(cls, account_id: UUID) -> "Scope":
        """Everything: what the patient sees of the own journal."""
        return cls(
            account_id=account_id,
            kinds=KIND_NAMES,
            first=None,
            last=None,
            notes=True,
            signals=True,
            item_answers=True,
        )

    def holds(self, kind: str, day: date) -> bool:
        """Whether an entry of this kind on this local date may be seen."""
        after_start = self.first is None or day >= self.first
        before_end = self.last is None or day <= self.last
        return kind in self.kinds and after_start and before_end

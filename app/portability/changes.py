"""The changes that imports make: an entry brought in, and one taken out again."""

from dataclasses import dataclass
from uuid import UUID

from app.faults import Fault
from app.journal.desk import Decision, Desk
from app.journal.kinds import Draft, judge


class ImportDecision(Decision, frozen=True):
    """A decision with what is wrong, when it refuses."""

    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class BroughtIn:
    """A new entry. One that is there already stays as it is, and a deleted one stays deleted.

    `restored`: it comes from our own export, so it was accepted before.
    """

    draft: Draft
    restored: bool

    @property
    def id(self) -> UUID:
        """The id in the draft."""
        return self.draft.id

    @property
    def session_id(self) -> UUID | None:
        """The session in the draft."""
        return self.draft.content.linked_session_id

    def decide(self, desk: Desk) -> Decision:
        """Refuses by a decision: neighbours are not held up."""
        before = desk.entries.get(self.id)
        if before is not None:
            return ImportDecision("deleted" if before.deleted else "known")
        context = desk.rule_context(self.draft.content, None)
        if self.restored:
            context = context.of_return()
        faults = judge(self.draft.content, context)
        if faults:
            return ImportDecision("refused", fault=faults[0])
        return ImportDecision("created", self.draft.content, returned=self.restored)


@dataclass(frozen=True, slots=True)
class TakenOut:
    """The end of an imported entry, unless the patient has changed it since."""

    id: UUID
    revision: int
    session_id: None = None

    def decide(self, desk: Desk) -> Decision:
        """Never raises."""
        before = desk.entries.get(self.id)
        if before is None or before.deleted:
            return ImportDecision("deleted")
        if before.revision != self.revision:
            return ImportDecision("kept")
        return ImportDecision("removed", tombstone=True)

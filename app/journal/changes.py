"""The changes of single entries: create, replace, patch and delete, each by its rules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from app.database import id_from
from app.faults import Fault
from app.journal.desk import Decision, Desk
from app.journal.kinds import (
    CheckInPart,
    Content,
    Draft,
    EntryRefused,
    in_body,
    judge,
    merge_patch,
    read_content,
)
from app.journal.kinds.values import UUID_TEXT
from app.journal.opening import EntryUnreadable
from app.journal.stored import ClosedEntry, StoredEntry
from app.web.problems import InvalidRequest, NotFound, PreconditionFailed, Refusal

UNCHANGED = Decision("unchanged")


class EntryExists(Refusal):
    """The id is taken by other content."""

    status = 409
    code = "entry_exists"
    title = "An entry with this id exists and holds other content"


class EntryDeleted(Refusal):
    """The id belongs to a deleted entry; ids never come back to life."""

    status = 409
    code = "entry_deleted"
    title = "The entry with this id was deleted"


def judged(
    content: Content, desk: Desk, before: StoredEntry | None, *, comes_back: bool = False
) -> Content:
    """`content`, when it obeys every rule, of its return when it `comes_back`.

    Raises EntryRefused.
    """
    context = desk.rule_context(content, before)
    faults = judge(content, context.of_return() if comes_back else context)
    if faults:
        raise EntryRefused(faults)
    return content


def refused(refusal: EntryRefused) -> InvalidRequest:
    """The 422 answer for an entry that breaks rules."""
    return InvalidRequest(faults=refusal.faults)


def id_of(text: object) -> UUID | None:
    """A UUID from a member that may hold anything."""
    return id_from(text) if isinstance(text, str) and UUID_TEXT.fullmatch(text) else None


@dataclass(frozen=True, slots=True)
class Creation:
    """A new entry under the id its client made. The same again changes nothing.

    `parts` are those of the check-in whose part it is: their faults are told together.
    """

    draft: Draft
    parts: Sequence[CheckInPart] = ()

    @property
    def id(self) -> UUID:
        """The id in the draft."""
        return self.draft.id

    @property
    def session_id(self) -> UUID | None:
        """The session in the draft."""
        return self.draft.content.linked_session_id

    def decide(self, desk: Desk) -> Decision:
        """Raises EntryExists, EntryDeleted, EntryUnreadable or InvalidRequest."""
        before = desk.entries.get(self.id)
        if isinstance(before, ClosedEntry):
            raise EntryUnreadable("Whether it is the same cannot be told.")
        if before is not None and before.deleted:
            raise EntryDeleted
        if before is not None:
            if before.members() == self.draft.content.members():
                return UNCHANGED
            raise EntryExists
        try:
            return Decision("created", judged(self.draft.content, desk, None))
        except EntryRefused as refusal:
            faults = self._faults_of_parts(desk) if self.parts else refusal.faults
            raise InvalidRequest(faults=faults) from None

    def _faults_of_parts(self, desk: Desk) -> list[Fault]:
        """Parts that lie on the desk were accepted, now or before."""
        new = [part for part in self.parts if part.draft.id not in desk.entries]
        contents = [part.draft.content for part in new]
        judged_parts = [judge(each, desk.rule_context(each, None)) for each in contents]
        return in_body(zip(new, judged_parts, strict=True))


@dataclass(frozen=True, slots=True)
class Amendment:
    """New content for a known entry: a whole replacement, or a merge patch."""

    id: UUID
    revision: int | None
    data: Mapping[str, object]
    whole: bool

    @property
    def session_id(self) -> UUID | None:
        """The session in the body, if it names one."""
        return id_of(self.data.get("session_id"))

    def decide(self, desk: Desk) -> Decision:
        """Raises NotFound, PreconditionFailed, EntryUnreadable or InvalidRequest."""
        before = desk.entries.get(self.id)
        if before is None or before.deleted:
            raise NotFound
        _require(before, self.revision)
        try:
            if isinstance(before, ClosedEntry):
                return Decision("changed", self._in_place_of(before, desk), returned=True)
            content = self._content(before)
            if content.members() == before.members():
                return UNCHANGED
            return Decision("changed", judged(content, desk, before))
        except EntryRefused as refusal:
            raise refused(refusal) from None

    def _content(self, before: StoredEntry) -> Content:
        if self.whole:
            imported = before.members().get("source") == "import"
            return read_content(before.kind, self.data, imported=imported)
        return merge_patch(before.kind, before.members(), self.data)

    def _in_place_of(self, before: ClosedEntry, desk: Desk) -> Content:
        """The content that puts an entry right of which nothing opens. A part says nothing."""
        if not self.whole:
            raise EntryUnreadable("Only a whole replacement can put it right.")
        content = read_content(before.kind, self.data, imported=True)
        return judged(content, desk, None, comes_back=True)


@dataclass(frozen=True, slots=True)
class Deletion:
    """The end of an entry: a tombstone stays. Deleting it again changes nothing."""

    id: UUID
    revision: int | None
    session_id: None = None

    def decide(self, desk: Desk) -> Decision:
        """Raises NotFound or PreconditionFailed."""
        before = desk.entries.get(self.id)
        if before is None:
            raise NotFound
        if before.deleted:
            return UNCHANGED
        _require(before, self.revision)
        return Decision("deleted", tombstone=True)


def _require(before: StoredEntry, revision: int | None) -> None:
    """`revision` None means any; a stale one is refused with the current ETag."""
    if revision is not None and revision != before.revision:
        raise PreconditionFailed(headers={"ETag": f'"{before.revision}"'})

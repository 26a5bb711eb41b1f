"""Rules that need more than one member: the clock, the zone, the linked session."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace
from pydantic import Field

from app.faults import Fault
from app.journal.kinds.content import Content
from app.journal.kinds.headlines import Payload
from app.journal.kinds.instants import instant_of, written_instant
from app.journal.kinds.zones import offset_agrees

FIRST_YEAR = 1900

ALONE = "This value stands alone or not at all."


@dataclass(frozen=True, slots=True)
class LinkedSession:
    """A live session as other entries' rules see it: `instant` is its first dose, in UTC."""

    id: UUID
    status: str
    instant: datetime

    @property
    def dosed(self) -> bool:
        """Whether a dose was given, so that there is something to dissociate after."""
        return self.status in ("in_progress", "completed")


class RuleContext(Struct, frozen=True):
    """`now` by the server's clock; the session the content names, None when not found.

    `session_changed` tells whether the link is new: an old one stays when its session goes.
    `replaced` is the payload that the content takes the place of, None for a new entry.
    """

    now: datetime
    linked_session: LinkedSession | None = None
    session_changed: bool = True
    replaced: Payload | None = None

    def of_return(self) -> "RuleContext":
        """The same for an entry that was accepted before, was lost, and is brought back.

        Its session may have been moved or deleted since: the link and what hangs on it stand.
        """
        return replace(self, linked_session=None, session_changed=False)


@dataclass(frozen=True, slots=True)
class WarningContext:
    """The other live sessions near this one; when the same instrument was last filled in."""

    other_sessions: Sequence[LinkedSession] = ()
    previous_assessment_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class EntryWarning:
    """Something worth a second look. It refuses nothing and is not stored."""

    code: Annotated[str, Field(max_length=64)]
    message: Annotated[str, Field(max_length=400)]
    pointer: Annotated[str, Field(max_length=200)]


def judge(content: Content, context: RuleContext) -> list[Fault]:
    """Everything that is wrong across members; empty when the entry may be saved."""
    faults = [*_time_faults(content, context.now), *_link_faults(content, context)]
    return faults + list(content.conflicts(context))


def warnings(content: Content, context: WarningContext) -> list[EntryWarning]:
    """What is worth a second look in an entry that is saved all the same."""
    return list(content.oddities(context))


def alone(field: str, values: Sequence[str] | None, *loners: str) -> Iterator[Fault]:
    """`exclusive_value` at the field when one of the loners has company."""
    if values and len(values) > 1 and any(loner in values for loner in loners):
        yield Fault("exclusive_value", ALONE, f"/{field}")


def is_before(text: str, moment: datetime) -> bool:
    """Whether an accepted instant lies before an aware one."""
    return instant_of(text) < moment


def _time_faults(content: Content, now: datetime) -> Iterator[Fault]:
    written = written_instant(content.occurred_at)
    if written.year < FIRST_YEAR:
        yield Fault("too_early", f"Entries begin with the year {FIRST_YEAR}.", "/occurred_at")
    elif written - now > content.furthest_ahead:
        yield Fault("in_future", "This lies in the future.", "/occurred_at")
    if not offset_agrees(written, content.time_zone):
        message = "At this instant the zone has another offset than the one written."
        yield Fault("offset_mismatch", message, "/time_zone")


def _link_faults(content: Content, context: RuleContext) -> Iterator[Fault]:
    linked = content.linked_session_id is not None
    if linked and context.session_changed and context.linked_session is None:
        yield Fault("session_not_found", "There is no such session.", "/session_id")

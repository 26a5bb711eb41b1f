"""What the patient's client sees of the audit chain."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field, WithJsonSchema
from typing_extensions import TypeAliasType

from app.audit.actions import ActorKind, AuditAction, Outcome, ShownKind
from app.audit.chain import Link
from app.model import Model
from app.web.paging import MOST_CURSOR_CHARACTERS, MOST_LIMIT

MOST_NUMBER = 2**31 - 1
MOST_OBJECTS = 2**31 - 1

AuditActorKind = TypeAliasType("AuditActorKind", ActorKind)
AuditObjectKind = TypeAliasType("AuditObjectKind", ShownKind)
AuditOutcome = TypeAliasType("AuditOutcome", Outcome)
Name = Annotated[str, Field(min_length=1, max_length=64)]
ServerTime = Annotated[
    datetime, WithJsonSchema({"type": "string", "format": "date-time", "maxLength": 32})
]


class Told(Model):
    """A part of an answer. Members are there or absent, never null."""

    model_config = ConfigDict(frozen=True)


class AuditActor(Told):
    """Who did something."""

    kind: AuditActorKind
    """`service`: the server itself, or somebody who was not let in."""
    id: Name | None = None
    """Of a device, as in `listDevices` while it is signed in; of a reader, one visit to a link."""
    this_device: bool | None = None
    """Of devices only: whether it is the one that asks."""


class AuditObject(Told):
    """What something was done to."""

    kind: AuditObjectKind
    id: Name | None = None
    """Its id; of an export its format, of a report its paper, of a key its version."""
    count: Annotated[int, Field(ge=0, le=MOST_OBJECTS)] | None = None
    """How many, in place of an id, where several entries were changed at once."""


class AuditEvent(Told):
    """One thing that was done with the patient's data."""

    number: Annotated[int, Field(ge=1, le=MOST_NUMBER)]
    """Its place in the chain: 1 is the oldest, and none is missing."""
    at: ServerTime
    action: AuditAction
    """What was done. Tolerate codes you do not know."""
    outcome: AuditOutcome
    """`refused`: it was tried, and nothing came of it."""
    actor: AuditActor
    object: AuditObject
    request_id: Name | None = None
    """The `X-Request-Id` of the answer, for a word with the operator; commands have none."""

    @classmethod
    def of(cls, link: Link, asking: UUID | None) -> "AuditEvent":
        """As it is answered to a device, or where None, told to nobody in particular.

        What nobody here wrote is shown as it lies there.
        """
        return cls.model_construct(
            number=link.seq,
            at=link.at,
            action=link.action,
            outcome=link.outcome,
            actor=_actor(link, asking),
            object=_object(link),
            request_id=link.request_id or None,
        )


class AuditEventPage(Told):
    """A page of the audit chain, newest first."""

    items: Annotated[list[AuditEvent], Field(max_length=MOST_LIMIT)]
    next_cursor: Annotated[str, Field(max_length=MOST_CURSOR_CHARACTERS)] | None = None
    """Absent on the last page."""


def _actor(link: Link, asking: UUID | None) -> AuditActor:
    own = link.actor_id == str(asking) if asking and link.actor_kind == "device" else None
    return AuditActor.model_construct(
        kind=link.actor_kind, id=link.actor_id or None, this_device=own
    )


def _object(link: Link) -> AuditObject:
    if link.object_kind == "entries":
        number = int(link.object_id) if link.object_id.isdecimal() else None
        return AuditObject.model_construct(kind="entry", count=number)
    return AuditObject.model_construct(kind=link.object_kind, id=link.object_id or None)

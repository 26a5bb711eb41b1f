"""The content of an entry: the envelope all kinds share, and the shapes requests take."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any, Self
from uuid import UUID

from pydantic import ConfigDict, GetJsonSchemaHandler, WithJsonSchema, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError

from app.faults import Fault
from app.journal.kinds.headlines import Payload
from app.journal.kinds.instants import instant_of, written_date
from app.journal.kinds.values import (
    ClientSource,
    EntryId,
    EntrySource,
    FreeText,
    Instant,
    Maybe,
    Tags,
    Within,
    ZoneName,
)
from app.model import Model

if TYPE_CHECKING:
    from app.journal.kinds.rules import EntryWarning, RuleContext, WarningContext

CLOCK_TOLERANCE = timedelta(minutes=5)
"""How far ahead of the server's clock a phone may be."""

MOST_REVISION = 2**40 - 1


class Shape(Model):
    """An object of a request: strict, frozen, and without unknown members."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        strict=True,
        allow_inf_nan=False,
        hide_input_in_errors=True,
    )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Absent members have no default: `default: null` would say that null is a value."""
        described = super().__get_pydantic_json_schema__(schema, handler)
        for member in handler.resolve_ref_schema(described).get("properties", {}).values():
            member.pop("title", None)
            if "default" in member and member["default"] is None:
                del member["default"]
        return described


class Filled(Shape):
    """An object that says nothing without a member (error `too_few` at the object)."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1})

    @model_validator(mode="after")
    def _not_empty(self) -> Self:
        if not self.model_fields_set:
            raise PydanticCustomError("too_few", "nothing in it")
        return self


class Envelope(Shape):
    """The members that the client gives entries of every kind. Values are JSON values."""

    kind: str
    """What sort of entry this is; it never changes."""
    occurred_at: Instant
    """When it was, with the offset of the patient's clock; returned as it was sent.

    From 1900 to 5 minutes ahead of the server's clock; the `status` of a session may allow more.
    Seconds are needed, with at most six decimals; `-00:00` is no offset.
    """
    time_zone: ZoneName
    """IANA name of the zone the patient was in; it must agree with the offset."""
    note: Maybe[FreeText] = None
    """Free text, never in a share unless the patient chose notes."""
    tags: Maybe[Tags] = None
    """The patient's own words for finding entries; private like the note."""
    source: EntrySource = "self"
    """Who said so: the patient, the clinic's record that the patient copied, or an import."""


class LinkedEnvelope(Envelope):
    """The envelope of an entry that may belong to a treatment session."""

    session_id: Maybe[EntryId] = None
    """A treatment session that is there when it is linked; the link stays when it is deleted."""


class Content(Envelope):
    """What the client says in an entry, and what follows from it alone."""

    @property
    def instant(self) -> datetime:
        """When it occurred, in UTC."""
        return instant_of(self.occurred_at)

    @property
    def local_date(self) -> date:
        """The date the patient's clock showed."""
        return written_date(self.occurred_at)

    @property
    def linked_session_id(self) -> UUID | None:
        """The treatment session this entry belongs to, if it names one."""
        return None

    @property
    def furthest_ahead(self) -> timedelta:
        """How far after the server's clock it may lie."""
        return CLOCK_TOLERANCE

    def members(self) -> dict[str, Any]:
        """The client's members as JSON values (hence Any), defaults filled, absent left out."""
        return self.model_dump(exclude_none=True)

    def derived(self, before: Payload | None) -> bytes:
        """JSON text of the members that the server adds for this kind, without braces.

        `before` is the payload that this content replaces, None for a new entry.
        """
        return b""

    def conflicts(self, context: "RuleContext") -> Iterator[Fault]:
        """The faults of this kind's rules across members."""
        yield from ()

    def oddities(self, context: "WarningContext") -> Iterator["EntryWarning"]:
        """What is worth a second look and still saved."""
        yield from ()


class LinkedContent(Content, LinkedEnvelope):
    """Content that may belong to a treatment session."""

    @property
    def linked_session_id(self) -> UUID | None:
        """The session's id."""
        return UUID(self.session_id) if self.session_id else None


class Replacement(Shape):
    """What a client may send in place of what is stored."""

    source: EntrySource = "self"
    """Who said so: the patient, the clinic's record that the patient copied, or an import.

    `import` only where the entry says so already, or comes back after it was lost.
    """


class NeverImported(Shape):
    """What a client makes anew never claims that it was imported."""

    source: ClientSource = "self"
    """Who said so: the patient, or the clinic's record that the patient copied."""


class Identified(Shape):
    """A new entry carries the id that the client made for it."""

    id: EntryId
    """UUID, version 7 preferred, 4 accepted."""


ServerInstant = Annotated[
    str, WithJsonSchema({"type": "string", "format": "date-time", "maxLength": 32})
]
LocalDate = Annotated[str, WithJsonSchema({"type": "string", "format": "date", "maxLength": 10})]


class ServerMade(Shape):
    """An object of an answer. Clients ignore members they do not know, so others may follow."""

    model_config = ConfigDict(extra="ignore")

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Members with a default were filled when the entry was saved: they are always there."""
        described = super().__get_pydantic_json_schema__(schema, handler)
        shape = handler.resolve_ref_schema(described)
        filled = [name for name, member in shape["properties"].items() if "default" in member]
        for name in filled:
            del shape["properties"][name]["default"]
        shape["required"] = [*shape["required"], *filled]
        return described


class Recorded(ServerMade, Identified):
    """What the server adds to an entry that is read."""

    model_config = ConfigDict(extra="ignore")

    local_date: LocalDate
    """The date the patient's clock showed; it never moves with the profile's zone."""
    retrospective: bool
    """Whether it was written down more than 24 hours after it occurred."""
    revision: Annotated[int, Within(1, MOST_REVISION)]
    """Version, ETag and position in the change feed at once."""
    created_at: ServerInstant
    updated_at: ServerInstant

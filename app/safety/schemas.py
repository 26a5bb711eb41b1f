"""What clients see of safety: signals, and where help is."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Literal

from pydantic import ConfigDict, Field
from typing_extensions import TypeAliasType

from app.model import Model
from app.safety.rules.signals import StoredSignal
from app.web.paging import Lacking

MOST_SIGNALS = 200
MOST_RESOURCES = 32

CrisisResourceKind = TypeAliasType(
    "CrisisResourceKind",
    Annotated[
        Literal["clinic", "crisis", "emergency"],
        Field(
            description="The patient's own clinic, somebody to talk to in a crisis (a line, or a "
            "person of the patient's own crisis plan), or the emergency number."
        ),
    ],
)
SignalAnswer = TypeAliasType(
    "SignalAnswer",
    Annotated[
        Literal["acknowledged", "dismissed"],
        Field(description="Seen, or not wanted any more."),
    ],
)
CountryCode = Annotated[str, Field(pattern="^[A-Za-z]{2}$", max_length=2)]
"""ISO 3166-1 alpha-2; `EU` for the Union and `ZZ` for anywhere."""


class Shown(Model):
    """An object of an answer. Members are there or absent, never null."""

    model_config = ConfigDict(frozen=True)


class CrisisResource(Shown):
    """A place where help is, and who says so since when."""

    id: Annotated[str, Field(max_length=64)]
    country: CountryCode
    """ISO 3166-1 alpha-2; `EU` for the European Union, `ZZ` for anywhere."""
    kind: CrisisResourceKind
    name: Annotated[str, Field(max_length=200)]
    phone: Annotated[str | None, Field(max_length=40)] = None
    """As it is dialled there."""
    text: Annotated[str | None, Field(max_length=40)] = None
    """The number for text messages."""
    website: Annotated[str | None, Field(max_length=2048)] = None
    hours: Annotated[str, Field(max_length=200)]
    """When somebody answers."""
    languages: Annotated[tuple[Annotated[str, Field(max_length=35)], ...], Field(max_length=10)]
    """BCP 47, as far as they are known."""
    source: Annotated[str, Field(max_length=200)]
    """Where it was checked."""
    checked_on: date
    """When it was checked last."""


class CrisisResourceList(Shown):
    """Where help is in a country, in the order to show it in."""

    country: CountryCode
    """The country the list is for; `ZZ` when the one asked for is not known."""
    items: Annotated[tuple[CrisisResource, ...], Field(max_length=MOST_RESOURCES)]


class Signal(StoredSignal):
    """Something a rule noticed in what was entered. Nobody reads entries as they arrive.

    It is no statement about the patient, and absence of a signal means nothing.
    """

    resources: Annotated[tuple[CrisisResource, ...], Field(max_length=MOST_RESOURCES)]
    """Where help is."""
    monitored: Literal[False]
    """Nobody is watching: always false."""

    @classmethod
    def shown(cls, signal: StoredSignal, resources: Sequence[CrisisResource]) -> "Signal":
        """A stored signal with where help is today."""
        return cls.model_construct(
            **{name: getattr(signal, name) for name in StoredSignal.model_fields},
            resources=tuple(resources),
            monitored=False,
        )

    def json_bytes(self) -> bytes:
        """The JSON of an answer, members that are None left out."""
        return self.model_dump_json(exclude_none=True).encode()


class SignalPage(Shown):
    """A page of signals, newest first. Nobody reads entries as they arrive."""

    items: Annotated[tuple[Signal, ...], Field(max_length=MOST_SIGNALS)]
    """An empty page means nothing."""
    next_cursor: Annotated[str | None, Field(max_length=512)] = None
    """Absent on the last page."""
    unreadable: Lacking = None
    """Signals that belong here and do not open; absent where all do. They can be dismissed."""
    monitored: Literal[False]
    """Nobody is watching: always false."""


class SignalPatch(Model):
    """The patient's answer to a signal."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        strict=True,
        hide_input_in_errors=True,
    )

    status: SignalAnswer

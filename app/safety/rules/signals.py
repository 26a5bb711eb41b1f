"""What a signal is: raised by a rule, kept sealed, and answered by the patient."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal
from uuid import UUID

from pydantic import ConfigDict, Field, PlainSerializer, WithJsonSchema
from typing_extensions import TypeAliasType

from app.model import Model

CODES_TOLD = """What was noticed.

- `self_harm_item`: item 9 of a phq-9 was answered with 1 or more
- `asked_for_help`: "I need help now" was pressed
- `dissociation_persistent`: dissociation stayed above its usual level for hours after a session
- `dissociation_distress`: strong distress long after the dose, or after discharge
- `bp_high_pre`: blood pressure was raised before the dose
- `bp_high`: blood pressure was high, or rose much
- `spo2_low`: oxygen saturation was low
- `sedation_deep`: sedation was deep
- `red_flag_effect`: an adverse effect that can need quick help
- `urinary`: urinary effects in two sessions that lie close together
- `unsupervised_session`: a session without supervision
- `presence_lost`: contact with the surroundings was lost in flashbacks on several dates
"""
LEVELS_TOLD = """What the wording suggests. It says nothing about how likely anything is.

- `info`: good to know
- `mention_to_clinician`: worth mentioning at the next contact
- `contact_clinic`: worth a call to the clinic
- `support`: people who listen are listed
- `urgent_care`: the emergency number is listed
"""
STATUSES_TOLD = """What became of it.

- `open`: nobody answered it yet
- `acknowledged`: the patient has seen it
- `dismissed`: the patient does not want to see it again
- `superseded`: the entry was changed, or another one on which it stood was changed or deleted
"""

SignalCode = TypeAliasType(
    "SignalCode",
    Annotated[
        Literal[
            "self_harm_item",
            "asked_for_help",
            "dissociation_persistent",
            "dissociation_distress",
            "bp_high_pre",
            "bp_high",
            "spo2_low",
            "sedation_deep",
            "red_flag_effect",
            "urinary",
            "unsupervised_session",
            "presence_lost",
        ],
        Field(description=CODES_TOLD),
    ],
)
SignalLevel = TypeAliasType(
    "SignalLevel",
    Annotated[
        Literal["info", "mention_to_clinician", "contact_clinic", "support", "urgent_care"],
        Field(description=LEVELS_TOLD),
    ],
)
SignalStatus = TypeAliasType(
    "SignalStatus",
    Annotated[
        Literal["open", "acknowledged", "dismissed", "superseded"],
        Field(description=STATUSES_TOLD),
    ],
)

LATE_AFTER = timedelta(hours=1)
"""An entry saved later than this after it occurred says so in its signals."""

Number = Annotated[int | float, WithJsonSchema({"type": "number", "format": "double"})]
"""Whole numbers stay whole: 240, not 240.0."""


def instant_text(instant: datetime) -> str:
    """UTC, milliseconds, `Z`: as every instant of the server is written."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


ServerInstant = Annotated[
    datetime,
    PlainSerializer(instant_text, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date-time", "maxLength": 32}),
]


class SignalFact(Model):
    """A number that the rule looked at."""

    model_config = ConfigDict(frozen=True)

    name: Annotated[str, Field(max_length=64)]
    value: Number
    """In the unit it was entered in; else minutes, days, or a count."""


Facts = tuple[SignalFact, ...]


def facts(**numbers: int | float | None) -> Facts:
    """Facts in the order given; what is None was not entered and is left out."""
    return tuple(
        SignalFact(name=name, value=whole(number))
        for name, number in numbers.items()
        if number is not None
    )


class StoredSignal(Model):
    """A signal as it is sealed: its JSON without the members that are None."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    code: SignalCode
    level: SignalLevel
    entry_id: UUID
    """The entry it was raised for."""
    rule_version: Annotated[str, Field(max_length=64)]
    """Code of the rule and version of its numbers."""
    facts: Annotated[tuple[SignalFact, ...], Field(max_length=8)]
    """The numbers the rule looked at; the same facts are not raised twice for an entry."""
    status: SignalStatus
    created_at: ServerInstant
    acknowledged_at: ServerInstant | None = None
    dismissed_at: ServerInstant | None = None
    late_hours: Number | None = None
    """Hours between the entry's time and the save, when that was more than one."""
    message_key: Annotated[str, Field(max_length=64)]
    """For a translation that the client brings along."""
    message: Annotated[str, Field(max_length=500)]
    """What was entered, and where help is."""

    @property
    def live(self) -> bool:
        """Whether it still stands for something in the journal."""
        return self.status != "superseded"

    def superseded(self) -> "StoredSignal":
        """The same signal once it no longer holds; what the patient answered stays readable."""
        return self.model_copy(update={"status": "superseded"})

    def answered(
        self, status: Literal["acknowledged", "dismissed"], now: datetime
    ) -> "StoredSignal":
        """The signal after the patient's answer at `now` (aware).

        Repeating an answer changes nothing, and what is superseded stays so.
        """
        if not self.live or self.status == status:
            return self
        return self.model_copy(update={"status": status, f"{status}_at": to_milliseconds(now)})


@dataclass(frozen=True, slots=True, kw_only=True)
class RaisedSignal:
    """What a rule found in an entry, before it has an id. `late_hours` as in StoredSignal."""

    code: SignalCode
    level: SignalLevel
    entry_id: UUID
    rule_version: str
    facts: Facts
    late_hours: int | float | None
    message_key: str
    message: str

    def stored(self, signal_id: UUID, now: datetime) -> StoredSignal:
        """The open signal to be sealed, raised at `now` (aware)."""
        return StoredSignal(
            id=signal_id,
            code=self.code,
            level=self.level,
            entry_id=self.entry_id,
            rule_version=self.rule_version,
            facts=self.facts,
            status="open",
            created_at=to_milliseconds(now),
            late_hours=self.late_hours,
            message_key=self.message_key,
            message=self.message,
        )


def late_hours(instant: datetime, now: datetime) -> int | float | None:
    """Hours from `instant` to the save at `now`, one decimal; None up to one hour."""
    late = now - instant
    return whole(round(late / timedelta(hours=1), 1)) if late > LATE_AFTER else None


def whole(number: float) -> int | float:
    """A number without its fraction when that is nothing."""
    return int(number) if float(number).is_integer() else number


def to_milliseconds(instant: datetime) -> datetime:
    """An aware instant in UTC, cut to what its text can hold."""
    return datetime.fromisoformat(instant_text(instant))

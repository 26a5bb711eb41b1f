"""The components of an Observation: which member of an entry becomes which coded part."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.sharing.fhir.codes import OWN, Json, own, own_word, quantity, score
from app.sharing.fhir.frame import moment, plain_text

Value = Any
"""A JSON value whose type the member's own rules have already settled."""

Shape = Callable[[str, Value], Iterator[Json]]
"""Makes the components of one member from its own code and its value."""


@dataclass(frozen=True, slots=True)
class Part:
    """The member of an entry, its own code, and how the value is written."""

    member: str
    code: str
    shape: Shape


def scaled(code: str, value: Value) -> Iterator[Json]:
    """A number on the scale that the table names."""
    yield {"code": own(code), "valueQuantity": score(value), "referenceRange": scale_of(code)}


def scale_of(code: str) -> list[Json]:
    """The range of an own code and its direction, in words."""
    return [{"text": OWN[code].scale}]


def counted(code: str, value: Value) -> Iterator[Json]:
    """A whole number of things."""
    yield {"code": own(code), "valueInteger": value}


def minutes(code: str, value: Value) -> Iterator[Json]:
    """A length of time."""
    yield {"code": own(code), "valueQuantity": quantity(value, "min")}


def hours(code: str, value: Value) -> Iterator[Json]:
    """A longer length of time."""
    yield {"code": own(code), "valueQuantity": quantity(value, "h")}


def yes_or_no(code: str, value: Value) -> Iterator[Json]:
    """A statement that is true or false."""
    yield {"code": own(code), "valueBoolean": value}


def only_yes(code: str, value: Value) -> Iterator[Json]:
    """A statement that is worth a part only when it is true."""
    if value:
        yield from yes_or_no(code, value)


def instant(code: str, value: Value) -> Iterator[Json]:
    """A moment, with the offset it was written with where FHIR knows it."""
    yield {"code": own(code), "valueDateTime": moment(value)}


def text(code: str, value: Value) -> Iterator[Json]:
    """A short name from the app, as far as FHIR can carry it."""
    told = plain_text(value)
    if told:
        yield {"code": own(code), "valueString": told}


def word(code: str, value: Value) -> Iterator[Json]:
    """One word of the table."""
    yield {"code": own(code), "valueCodeableConcept": own_word(code, value)}


def word_of_others(code: str, value: Value) -> Iterator[Json]:
    """Who spoke, when it was not the patient."""
    if value != "self":
        yield from word(code, value)


def words(code: str, value: Value) -> Iterator[Json]:
    """Several words, a part each: codings of one concept would claim to mean the same."""
    for each in value:
        yield from word(code, each)


def scaled_members(code: str, value: Value) -> Iterator[Json]:
    """An object of numbers, each on a scale of its own."""
    for member, number in value.items():
        yield from scaled(f"{code}-{member}".replace("_", "-"), number)


def components(entry: Mapping[str, Value], parts: Sequence[Part]) -> list[Json]:
    """The parts that the entry has, in the order of `parts`."""
    return [
        component
        for part in parts
        if part.member in entry
        for component in part.shape(part.code, entry[part.member])
    ]


EVERY_ENTRY = (
    Part("retrospective", "retrospective", only_yes),
    Part("source", "source", word_of_others),
    Part("help_wanted", "help-wanted", only_yes),
)

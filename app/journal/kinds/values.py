"""The values that fields of entries hold, each with its limits in the JSON schema."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeVar

from pydantic import (
    AfterValidator,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    WithJsonSchema,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema
from typing_extensions import TypeAliasType

from app.journal.kinds.instants import LONGEST_INSTANT, checked_instant
from app.journal.kinds.zones import checked_zone

UUID_TEXT = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")

Value = TypeVar("Value")


class NeverNull:
    """Marks an optional member: it may be absent, but null is no value of it."""

    def __get_pydantic_core_schema__(
        self,
        source: Any,  # pydantic hands over whatever the annotation holds
        handler: GetCoreSchemaHandler,
    ) -> CoreSchema:
        """The schema of the value alone."""
        schema = handler(source)
        return schema["schema"] if schema["type"] == "nullable" else schema


Maybe = Annotated[Value | None, NeverNull()]
"""An optional member: in Python None means absent, in JSON it is never null."""


def halves(number: float) -> bool:
    """Whether a number is a multiple of 0.5."""
    return (number * 2).is_integer()


def tenths(number: float) -> bool:
    """Whether a number has at most one decimal."""
    return round(number, 1) == number


def hundredths(number: float) -> bool:
    """Whether a number has at most two decimals."""
    return round(number, 2) == number


@dataclass(frozen=True, slots=True)
class Within:
    """Bounds of a number, both included, and the steps it may take (error `off_step`)."""

    least: float
    most: float
    on_step: Callable[[float], bool] | None = None

    def __get_pydantic_core_schema__(
        self,
        source: Any,  # pydantic hands over whatever the annotation holds
        handler: GetCoreSchemaHandler,
    ) -> CoreSchema:
        """Bounds are pydantic's; steps are ours, for its tolerance would let 0.5000000001 pass."""
        if source is int:
            return core_schema.int_schema(ge=int(self.least), le=int(self.most))
        schema = core_schema.float_schema(ge=self.least, le=self.most)
        return core_schema.no_info_after_validator_function(self._checked, schema)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Bounds, format, and the step where binary numbers can express it."""
        described = handler(schema)
        whole = "int32" if self.most < 2**31 else "int64"
        described["format"] = whole if schema["type"] == "int" else "double"
        if self.on_step is halves:
            described["multipleOf"] = 0.5
        return described

    def _checked(self, number: float) -> float:
        if self.on_step is not None and not self.on_step(number):
            raise PydanticCustomError("off_step", "off the step")
        return number


@dataclass(frozen=True, slots=True)
class Different:
    """A list of 1 to `most` values, none of them twice (error `duplicate` at the second)."""

    most: int

    def __get_pydantic_core_schema__(
        self,
        source: Any,  # pydantic hands over whatever the annotation holds
        handler: GetCoreSchemaHandler,
    ) -> CoreSchema:
        """The list's own schema with its lengths and the check."""
        limited = handler(Annotated[source, Field(min_length=1, max_length=self.most)])
        return core_schema.no_info_after_validator_function(all_different, limited)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """A list with lengths, values unique."""
        return {**handler(schema), "uniqueItems": True}


def all_different(values: list[Value]) -> list[Value]:
    """`values` themselves, or error `duplicate` at every place that repeats an earlier one."""
    if len(set(values)) == len(values):
        return values
    repeats = [(place,) for place, value in enumerate(values) if value in values[:place]]
    raise PydanticCustomError("duplicate", "a value twice", {"places": repeats})


def lower_uuid(text: str) -> str:
    """A UUID in its canonical form, in lower case; else error `bad_uuid`."""
    if not UUID_TEXT.fullmatch(text):
        raise PydanticCustomError("bad_uuid", "not a UUID")
    return text.lower()


def only_true(pressed: bool) -> bool:  # noqa: FBT001 - pydantic calls it with the value
    """True, or error `unknown_value`: absence is how the wish is not expressed."""
    if not pressed:
        raise PydanticCustomError("unknown_value", "only true")
    return pressed


EntryId = Annotated[
    str,
    AfterValidator(lower_uuid),
    WithJsonSchema({"type": "string", "format": "uuid", "maxLength": 36}),
]
Instant = Annotated[
    str,
    AfterValidator(checked_instant),
    WithJsonSchema({"type": "string", "format": "date-time", "maxLength": LONGEST_INSTANT}),
]
ZoneName = Annotated[str, Field(min_length=1, max_length=64), AfterValidator(checked_zone)]
FreeText = Annotated[str, Field(min_length=1, max_length=2000)]
Tags = Annotated[list[Annotated[str, Field(min_length=1, max_length=32)]], Different(10)]
HelpWanted = Annotated[
    bool, AfterValidator(only_true), WithJsonSchema({"type": "boolean", "const": True})
]
Scale = Annotated[float, Within(0, 10, halves)]

Total = Annotated[
    int, WithJsonSchema({"type": "integer", "format": "int32", "minimum": 0, "maximum": 112})
]
"""A questionnaire's total. Its bounds depend on the questionnaire and are judged with it."""

RatingScope = TypeAliasType("RatingScope", Literal["moment", "day"])
EntrySource = TypeAliasType("EntrySource", Literal["self", "clinic", "import"])
ClientSource = TypeAliasType("ClientSource", Literal["self", "clinic"])

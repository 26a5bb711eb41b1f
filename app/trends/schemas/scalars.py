"""The values that answers hold, each with its limits in the JSON schema."""

from datetime import date
from typing import Annotated, TypeVar

from pydantic import AfterValidator, ConfigDict, Field, GetJsonSchemaHandler, WithJsonSchema
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from app.journal.kinds.content import Shape
from app.journal.kinds.instants import LONGEST_INSTANT
from app.journal.kinds.values import Within

DIGITS = 6
MOST_ENTRIES = 2**31 - 1

Value = TypeVar("Value")


class NotNull:
    """Marks a member that is absent when there is nothing to tell, and never null."""

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """The schema of the value alone."""
        described = handler(schema)
        return next(each for each in described["anyOf"] if each != {"type": "null"})


Maybe = Annotated[Value | None, NotNull()]
"""A member that may be absent: None in Python, not there in JSON."""


def six_digits(number: float) -> float:
    """At most six decimals, half to even, without negative zero."""
    return round(number, DIGITS) + 0.0


Double = Annotated[
    float, AfterValidator(six_digits), WithJsonSchema({"type": "number", "format": "double"})
]
DayNumber = Annotated[float, WithJsonSchema({"type": "number", "format": "double"})]
"""A value of a day or a median of such: quarters and eighths, which need no rounding."""
Interval = Annotated[list[Double], Field(min_length=2, max_length=2)]
"""Low and high."""

Count = Annotated[int, Within(0, MOST_ENTRIES)]
Offset = Annotated[int, Within(-28, 42)]
"""Days from a session's date."""
Day = Annotated[date, WithJsonSchema({"type": "string", "format": "date", "maxLength": 10})]
WrittenInstant = Annotated[
    str, WithJsonSchema({"type": "string", "format": "date-time", "maxLength": LONGEST_INSTANT})
]
"""An entry's time, as it was written."""
Id = Annotated[str, WithJsonSchema({"type": "string", "format": "uuid", "maxLength": 36})]


class Part(Shape):
    """An object of an answer. Readers ignore members they do not know."""

    model_config = ConfigDict(extra="ignore")

"""Local dates in the bodies of requests: `YYYY-MM-DD` and nothing else that pydantic would read."""

import re
from datetime import date
from typing import Annotated

from pydantic import BeforeValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

WRITTEN_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def date_of(value: object) -> date:
    """The date a JSON value says; error `wrong_type` or `bad_date` when it says none."""
    if not isinstance(value, str):
        raise PydanticCustomError("wrong_type", "no text")
    try:
        if WRITTEN_DATE.fullmatch(value):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise PydanticCustomError("bad_date", "not a date")


LocalDate = Annotated[
    date,
    BeforeValidator(date_of),
    WithJsonSchema({"type": "string", "format": "date", "maxLength": 10}),
]

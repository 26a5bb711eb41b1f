"""A range of local dates in a query: `from` and `to`, both included."""

import re
from datetime import date
from typing import Annotated

from fastapi import Query
from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

from app.faults import Fault
from app.web.problems import InvalidRequest

WRITTEN_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def written_day(value: object) -> object:
    """`YYYY-MM-DD` alone; pydantic would read other forms too."""
    if isinstance(value, str) and not WRITTEN_DATE.fullmatch(value):
        raise PydanticCustomError("bad_date", "not a date")
    return value


FirstDay = Annotated[
    date | None,
    BeforeValidator(written_day),
    Query(alias="from", description="First local date, included."),
]
LastDay = Annotated[
    date | None,
    BeforeValidator(written_day),
    Query(alias="to", description="Last local date, included."),
]


def check_days(first: date | None, last: date | None) -> None:
    """Raises InvalidRequest when the range ends before it begins."""
    if first and last and first > last:
        fault = Fault("range_reversed", "The range ends before it begins.", parameter="from")
        raise InvalidRequest(faults=[fault])

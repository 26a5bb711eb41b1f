"""Instants as the patient's phone wrote them: RFC 3339 text, kept as sent."""

import re
from datetime import UTC, date, datetime

from pydantic_core import PydanticCustomError

LONGEST_INSTANT = 32
INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?"
    r"(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
)


def written_instant(text: str) -> datetime:
    """The aware datetime of an accepted text, in the offset that was written."""
    return datetime.fromisoformat(text)


def instant_of(text: str) -> datetime:
    """The aware datetime of an accepted text, in UTC."""
    return datetime.fromisoformat(text).astimezone(UTC)


def written_date(text: str) -> date:
    """The date part of an accepted text as written: the day the patient's clock showed."""
    return date.fromisoformat(text[:10])


def checked_instant(text: str) -> str:
    """`text` itself when it is an instant that UTC can hold, else error `bad_instant`."""
    if len(text) > LONGEST_INSTANT or not INSTANT.fullmatch(text) or text.endswith("-00:00"):
        raise PydanticCustomError("bad_instant", "not an instant")
    try:
        instant_of(text)
    except (ValueError, OverflowError):
        raise PydanticCustomError("bad_instant", "not an instant") from None
    return text

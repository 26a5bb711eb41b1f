"""Pages: a limit, and an opaque cursor that says where the next one begins."""

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from app.faults import Fault
from app.model import Model
from app.web.problems import InvalidRequest

DEFAULT_LIMIT = 50
MOST_LIMIT = 200
MOST_CURSOR_CHARACTERS = 512

AS_JSON = json.JSONEncoder(separators=(",", ":")).encode
DIGITS = re.compile(r"-?[0-9]{1,16}")


def plain_integer(value: object) -> object:
    """Digits alone: pydantic would also read `+5`, ` 5 `, `5.0` and `1_0`."""
    if isinstance(value, str) and not DIGITS.fullmatch(value):
        raise PydanticCustomError("wrong_type", "digits are wanted")
    return value


PageLimit = Annotated[
    int,
    BeforeValidator(plain_integer),
    Query(ge=1, le=MOST_LIMIT, description="Items a page, at most 200."),
]
"""For a parameter `limit: PageLimit = DEFAULT_LIMIT`."""

PageCursor = Annotated[
    str | None,
    Query(
        max_length=MOST_CURSOR_CHARACTERS,
        description="`next_cursor` of the page before, with its other parameters; absent for the "
        "first page.",
    ),
]
"""For a parameter `cursor: PageCursor = None`."""


class UnreadableRecord(Model):
    """Something that is kept and does not open: it is damaged, not gone."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    """By which it is ended, answered or deleted, as before."""


Lacking = Annotated[list[UnreadableRecord] | None, Field(max_length=MOST_LIMIT)]
"""For a member `unreadable: Lacking = None` of a page."""


def lacking(ids: Iterable[UUID]) -> list[UnreadableRecord] | None:
    """What a page says of the records it lacks; None where it lacks none."""
    return [UnreadableRecord(id=each) for each in ids] or None


def encode_cursor(*parts: str | int) -> str:
    """An opaque cursor that holds `parts`, in the alphabet of URLs."""
    return urlsafe_b64encode(AS_JSON(parts).encode()).decode().rstrip("=")


def decode_cursor(cursor: str, *kinds: type[str] | type[int]) -> tuple[str | int, ...]:
    """The parts of a cursor, one of each of `kinds`. Raises InvalidRequest when they do not fit."""
    parts = _parts(cursor)
    if not isinstance(parts, list) or [type(part) for part in parts] != list(kinds):
        raise foreign_cursor()
    return tuple(parts)


def encode_place(at: datetime, row_id: UUID) -> str:
    """The cursor of a list that is ordered by an instant, and within it by id."""
    return encode_cursor(at.isoformat(), str(row_id))


def decode_place(cursor: str) -> tuple[datetime, UUID]:
    """What `encode_place` held. Raises InvalidRequest for anything else."""
    written, row_id = decode_cursor(cursor, str, str)
    try:
        at, found = datetime.fromisoformat(str(written)), UUID(str(row_id))
    except ValueError:
        raise foreign_cursor() from None
    if at.utcoffset() != timedelta(0):
        raise foreign_cursor()
    return at, found


def foreign_cursor() -> InvalidRequest:
    """The answer to a cursor of another list, or of nobody."""
    fault = Fault("bad_cursor", "This is not a cursor of this list.", parameter="cursor")
    return InvalidRequest(faults=[fault])


def _parts(cursor: str) -> object:
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        text = urlsafe_b64decode(padded).decode("utf-8")
        return json.loads(text) if encode_cursor(*json.loads(text)) == cursor else None
    except (ValueError, TypeError, NotBase64, RecursionError):
        return None

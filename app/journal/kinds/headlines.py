"""What trends need of an entry of any kind; each kind adds its own numbers in its file."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, ClassVar, TypedDict

from msgspec import Struct

from app.journal.kinds.instants import instant_of, written_date

Payload = Mapping[str, Any]
"""An opened payload: JSON of a shape that its kind's model vouched for when it was saved."""


class Headline(Struct, frozen=True, kw_only=True, array_like=True, gc=False):
    """`id` lower-case UUID text; `instant` in UTC; `occurred_at` as the client wrote it.

    In a digest it is an array: names would be most of it. It holds nothing that could hold it.
    """

    kind: ClassVar[str]

    id: str
    revision: int
    instant: datetime
    local_date: date
    occurred_at: str
    retrospective: bool
    has_note: bool


class HeadlineStart(TypedDict):
    """The members that every headline begins with."""

    id: str
    revision: int
    instant: datetime
    local_date: date
    occurred_at: str
    retrospective: bool
    has_note: bool


def headline_start(payload: Payload, revision: int) -> HeadlineStart:
    """What all headlines share, read from an opened payload."""
    occurred_at = payload["occurred_at"]
    return {
        "id": payload["id"],
        "revision": revision,
        "instant": instant_of(occurred_at),
        "local_date": written_date(occurred_at),
        "occurred_at": occurred_at,
        "retrospective": payload["retrospective"],
        "has_note": "note" in payload,
    }

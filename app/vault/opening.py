"""Opening what some rows hold, one of which may be broken: it stands in no other's way."""

from collections.abc import Callable, Iterable
from typing import NamedTuple, TypeVar
from uuid import UUID

from app.vault.envelope import SealBroken

Kept = TypeVar("Kept")
Held = TypeVar("Held")


class Closed(NamedTuple):
    """Something that is kept and does not open: its record, as its place names it, and its id."""

    record: str
    id: UUID
    revision: int | None = None


def opened_and_closed(
    rows: Iterable[Kept], opened: Callable[[Kept], Held]
) -> tuple[list[Held], list[Kept]]:
    """What `opened` finds in each row, and the rows for which it raises SealBroken.

    The vault has told it of those.
    """
    found: list[Held] = []
    closed: list[Kept] = []
    for row in rows:
        try:
            found.append(opened(row))
        except SealBroken:
            closed.append(row)
    return found, closed

"""What trends need of one month's entries, in one small text.

A digest is a cache: made of the same entries it is the same to the byte, whichever way it came
about. It has one line for each kind, which is read only when somebody asks for that kind.
"""

from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import chain
from typing import Any

from msgspec import MsgspecError, json

from app.journal.kinds import (
    AnxietyHeadline,
    AssessmentHeadline,
    DissociationHeadline,
    FlashbackHeadline,
    Headline,
    MoodHeadline,
    SessionHeadline,
)
from app.vault import SealBroken

VERSION = 3
"""Raised when a headline gets other members, or takes them from entries in another way."""

# Each reads headlines of its own class, hence Any. Trends do little else than read these, and this
# takes a small part of pydantic's time.
LINES: dict[str, json.Decoder[list[Any]]] = {
    shape.kind: json.Decoder(list[shape])  # type: ignore[valid-type]  # one of six classes
    for shape in (
        MoodHeadline,
        AnxietyHeadline,
        FlashbackHeadline,
        DissociationHeadline,
        SessionHeadline,
        AssessmentHeadline,
    )
}
KINDS = tuple(LINES)


class Digest:
    """The headlines of one month."""

    def __init__(self, lines: Sequence[bytes]) -> None:
        """A line for each kind, in the order of `KINDS`. Raises SealBroken for another number."""
        if len(lines) != len(KINDS):
            raise SealBroken("a sealed digest holds no digest")
        self._lines = lines

    @classmethod
    def of(cls, headlines: Iterable[Headline]) -> "Digest":
        """From the headlines of all live entries of the month, in any order."""
        kinds: dict[str, list[Headline]] = defaultdict(list)
        for headline in sorted(headlines, key=lambda each: each.revision):
            kinds[headline.kind].append(headline)
        return cls([json.encode(kinds[kind]) for kind in KINDS])

    @classmethod
    def read(cls, text: bytes) -> "Digest":
        """From its text. Raises SealBroken."""
        return cls(text.split(b"\n"))

    def text(self) -> bytes:
        """What is sealed of it."""
        return b"\n".join(self._lines)

    def headlines(self, kinds: Iterable[str] = KINDS) -> Iterator[Headline]:
        """Those of some kinds. Raises SealBroken."""
        try:
            found = [LINES[kind].decode(self._lines[KINDS.index(kind)]) for kind in kinds]
        except MsgspecError:
            raise SealBroken("a sealed digest holds no headlines") from None
        return chain.from_iterable(found)

    def after(self, changed: Sequence[Headline]) -> "Digest":
        """With what `changed` of its entries, or came to them.

        None can have left: that takes the digest of its month away (`app/journal/write.py`).
        """
        if not changed:
            return self
        ids = {headline.id for headline in changed}
        return Digest.of([*(each for each in self.headlines() if each.id not in ids), *changed])


def month_of(day: date) -> date:
    """The first day of a date's month."""
    return day.replace(day=1)


def months_between(first: date, last: date) -> list[date]:
    """The months that the dates `first` … `last` touch, in order."""
    numbers = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    return [date(number // 12, number % 12 + 1, 1) for number in numbers]


def last_day(month: date) -> date:
    """The last day of a month that begins on `month`."""
    return month.replace(day=monthrange(month.year, month.month)[1])

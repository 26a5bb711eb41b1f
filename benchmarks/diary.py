"""A synthetic diary: entries of every kind, so many a day for so many years."""

import os
from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Any
from uuid import UUID

from app.journal.kinds import Content, read_content

ZONE = "UTC"
DEVICE = "0197c0de-0000-7000-8000-00000000d001"
SESSION_EVERY_DAYS = 14
HOURS = (8, 12, 17, 21, 23, 6, 14, 19)
NOTE = "Slept badly, the morning was slow; went for a walk by the river and it got lighter."
KINDS_OF_A_DAY = ("mood", "anxiety", "flashback", "mood")
KINDS_OF_A_SESSION_DAY = ("session", "dissociation", "anxiety", "mood")
# Members of entries are JSON values.
Members = dict[str, Any]
EXAMPLES: dict[str, Members] = {
    "mood": {"score": 6, "emotions": ["calm", "tired"], "note": NOTE},
    "anxiety": {"level": 4, "note": NOTE},
    "flashback": {"report": "daily_count", "count": 1, "worst_distress": 4},
    "dissociation": {"spontaneous": True, "intensity": 3},
    "session": {"status": "completed", "substance": "ketamine_racemic", "route": "iv_infusion"},
}
RATED = {"mood": "score", "anxiety": "level", "flashback": "worst_distress"}


def members_of(kind: str, day: date, hour: int) -> Members:
    """The members of an entry of a kind, as a client sends them, but for its id."""
    written = f"{day}T{hour:02}:10:00+00:00"
    return {"kind": kind, "occurred_at": written, "time_zone": ZONE, **EXAMPLES[kind]}


def new_id(milliseconds: int) -> UUID:
    """A UUID of version 7, as clients make them: ids of neighbouring instants lie together."""
    random = int.from_bytes(os.urandom(10), "big")
    head = milliseconds << 80 | 7 << 76 | (random >> 68 & 0xFFF) << 64
    return UUID(int=head | 2 << 62 | random & (1 << 62) - 1)


class Diary:
    """Writes the contents of diaries; every content was judged by its kind's own model."""

    def __init__(self, years: float, a_day: int, last: date) -> None:
        """A diary ends on `last` and has `a_day` entries on each of its days (1 to 8)."""
        self._days = max(1, round(years * 365))
        self._a_day = a_day
        self.last = last
        self.first = last - timedelta(days=self._days - 1)
        self._models = {
            kind: read_content(kind, members_of(kind, last, 8), imported=True) for kind in EXAMPLES
        }

    @property
    def entries(self) -> int:
        """How many entries a diary has."""
        return self._days * self._a_day

    def contents(self, random: Random) -> Iterator[Content]:
        """The contents of one diary, oldest first."""
        for ago in range(self._days - 1, -1, -1):
            day = self.last - timedelta(days=ago)
            session_day = ago % SESSION_EVERY_DAYS == SESSION_EVERY_DAYS - 1
            kinds = KINDS_OF_A_SESSION_DAY if session_day else KINDS_OF_A_DAY
            for place in range(self._a_day):
                yield self._content(kinds[place % len(kinds)], day, HOURS[place], random)

    def _content(self, kind: str, day: date, hour: int, random: Random) -> Content:
        change: Members = {"occurred_at": f"{day}T{hour:02}:10:00+00:00"}
        rating = RATED.get(kind)
        if rating:
            change[rating] = random.randrange(21) / 2
        if random.random() > 1 / 3:  # a note in every third entry
            change["note"] = None
        return self._models[kind].model_copy(update=change)

"""What a reader gets and what it gives back, row by row."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from app.faults import Fault
from app.web.problems import InvalidRequest

MOST_ENTRIES = 1000
"""In one request: it is one transaction."""

MOST_ROWS = 20_000
"""In one request, blank ones among them: each costs time, whatever becomes of it."""

NOTE = 2000
TAG, TAGS = 32, 10
SEVERITY = re.compile(r"\s?\([^()]{1,40}\)$")
"""The word for its rating, which follows a symptom's name."""


class RowRefused(Exception):
    """A row cannot become an entry."""

    def __init__(self, fault: Fault) -> None:
        """`fault` names rule and column, never the value."""
        super().__init__(fault.code)
        self.fault = fault


@dataclass(frozen=True, slots=True, kw_only=True)
class FileText:
    """A file as the client sent it, and what the patient says of it.

    `now`: when that was. `scores`: what a mood of a name is worth, 0 to 10. `mood_top`: the highest
    rating of the diary. `anxiety`: names of symptoms that are anxiety, in lower case.
    """

    content: str
    zone: ZoneInfo
    now: datetime
    scores: Mapping[str, float] = field(default_factory=dict)
    mood_top: int = 10
    anxiety: frozenset[str] = frozenset({"anxiety"})


@dataclass(frozen=True, slots=True)
class Mark:
    """By what a row is known again: its slot (category, day and clock), its name in it, its number.

    The name is that of what was measured, in lower case; none where a patient may rename or rate
    anew what was noted, for then the row is still the same. The number counts the rows of one slot
    and name, whatever becomes of them: what a name is worth changes no other row's mark.
    """

    slot: str
    name: str
    number: int

    def key(self, number: int | None = None) -> str:
        """What the row's id is made from, or that of another number of the same name."""
        return f"{self.slot}|{self.name}|{self.number if number is None else number}"


@dataclass(frozen=True, slots=True)
class ReadRow:
    """A row that became a draft. One without a mark brings the id of its entry in the draft.

    `earlier`: which draft of its slot it is; it was numbered by that before there were marks.
    (Members are JSON values, hence Any.)
    """

    number: int
    data: dict[str, Any]
    mark: Mark | None = None
    earlier: int = 0


@dataclass(slots=True)
class ReadFile:
    """All rows: what they became, what is wrong with them, what has no place here.

    `slots` counts the rows of each slot, `marks` those of each slot and name.
    """

    entries: list[ReadRow] = field(default_factory=list)
    refused: list[tuple[int, Fault]] = field(default_factory=list)
    rows: int = 0
    skipped: int = 0
    names: Counter[str] = field(default_factory=Counter)
    unknown: set[str] = field(default_factory=set)
    slots: Counter[str] = field(default_factory=Counter)
    marks: Counter[tuple[str, str]] = field(default_factory=Counter)
    _drafts: Counter[str] = field(default_factory=Counter)

    def mark(self, slot: str, name: str = "") -> Mark:
        """The mark of the next row; to be asked for before the row is skipped or refused."""
        self.slots[slot] += 1
        self.marks[slot, name] += 1
        return Mark(slot, name, self.marks[slot, name])

    def add(self, number: int, data: dict[str, Any], mark: Mark | None = None) -> None:
        """Keep a draft.

        Raises InvalidRequest for more entries than one request may bring.
        """
        earlier = 0
        if mark is not None:
            self._drafts[mark.slot] += 1
            earlier = self._drafts[mark.slot]
        self.entries.append(ReadRow(number, data, mark, earlier))
        _check_most(len(self.entries), MOST_ENTRIES, "entries")


def check_rows(count: int) -> None:
    """Raises InvalidRequest for more rows than one request may bring."""
    _check_most(count, MOST_ROWS, "rows")


def _check_most(count: int, most: int, what: str) -> None:
    if count > most:
        message = f"One request brings at most {most} {what}: split the file."
        raise InvalidRequest(faults=[Fault("too_many_rows", message, "/content")])


def unreadable(fault: Fault) -> InvalidRequest:
    """The answer to a file that is not of the format it is said to be."""
    return InvalidRequest(faults=[fault])


def words_of(names: Iterable[str], texts: Iterable[str]) -> dict[str, Any]:
    """The members `tags` and `note` for a row's labels and texts; nothing is cut or left out.

    Labels that do not fit as tags stand as a line of the note.
    """
    labels = list(dict.fromkeys(name.strip() for name in names if name.strip()))
    lines = [text for text in texts if text.strip()]
    members: dict[str, Any] = {}
    if labels and len(labels) <= TAGS and all(len(each) <= TAG for each in labels):
        members["tags"] = labels
    elif labels:
        lines.append(" | ".join(labels))
    if lines:
        members["note"] = "\n".join(lines)
    return members


def name_of(label: str) -> str:
    """A symptom's name without the word for its rating."""
    return SEVERITY.sub("", label.strip())

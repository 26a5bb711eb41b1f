"""What a reader gets and what it gives back, row by row."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from app.faults import Fault
from app.web.problems import InvalidRequest

MOST_ENTRIES = 1000
"""In one request: it is one transaction."""

NOTE = 2000
TAG, TAGS = 32, 10


class RowRefused(Exception):
    """A row cannot become an entry."""

    def __init__(self, fault: Fault) -> None:
        """`fault` names rule and column, never the value."""
        super().__init__(fault.code)
        self.fault = fault


@dataclass(frozen=True, slots=True, kw_only=True)
class FileText:
    """A file as the client sent it, and what the patient says of it.

    `scores`: what a mood of a name is worth, 0 to 10. `mood_top`: the highest rating of the diary.
    `anxiety`: names of symptoms that are anxiety, in lower case.
    """

    content: str
    zone: ZoneInfo
    scores: Mapping[str, float] = field(default_factory=dict)
    mood_top: int = 10
    anxiety: frozenset[str] = frozenset({"anxiety"})


@dataclass(frozen=True, slots=True)
class ReadRow:
    """A row that became a draft; its id is made from `key` unless the draft brings one.

    (Members are JSON values, hence Any.)
    """

    number: int
    key: str
    data: dict[str, Any]


@dataclass(slots=True)
class ReadFile:
    """All rows: what they became, what is wrong with them, what has no place here."""

    entries: list[ReadRow] = field(default_factory=list)
    refused: list[tuple[int, Fault]] = field(default_factory=list)
    rows: int = 0
    skipped: int = 0
    names: Counter[str] = field(default_factory=Counter)
    unknown: set[str] = field(default_factory=set)
    _keys: Counter[str] = field(default_factory=Counter)

    def add(self, number: int, key: str, data: dict[str, Any]) -> None:
        """Keep a draft. Rows with the same key are told apart by their order.

        Raises InvalidRequest for more entries than one request may bring.
        """
        self._keys[key] += 1
        self.entries.append(ReadRow(number, f"{key}#{self._keys[key]}", data))
        if len(self.entries) > MOST_ENTRIES:
            message = f"One request brings at most {MOST_ENTRIES} entries: split the file."
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

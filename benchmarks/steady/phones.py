"""What the phones of a steady load know, and what they write."""

from array import array
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from benchmarks.diary import NOTE, new_id

DAYS = 365


@dataclass(slots=True)
class Changing:
    """An entry that is changed over and over, by one request at a time."""

    id: str
    revision: int
    score: float
    busy: bool = False


@dataclass(slots=True)
class Phone:
    """A patient's phone."""

    token: str
    refresh_token: str
    link: str = ""
    """The token of a direct link."""
    changing: list[Changing] = field(default_factory=list)
    changes: int = 0
    """Acknowledged: how often entries were created or changed."""
    sent: int = 0
    """New entries, whatever became of them: day after day, a year back, and then anew."""
    created: "array[int]" = field(default_factory=lambda: array("Q"))
    """The numbers of entries whose creation was acknowledged."""
    unsure: dict[int, int] = field(default_factory=dict)
    """Writes that were sent and not acknowledged: first number, and how many entries."""
    cursor: int = 0
    tag: bytes = b""
    under_way: int = 0
    refreshed: float = 0.0


@dataclass(slots=True)
class Writing:
    """What is written: the number of an entry says all that it holds."""

    id_head: str
    last: date
    next: int = 0

    @classmethod
    def begun(cls) -> "Writing":
        """Entries that no other run has written."""
        now = datetime.now(UTC)
        head = str(new_id(int(now.timestamp() * 1000)))[:24]
        return cls(head, now.date() - timedelta(days=1))

    def take(self, number: int) -> int:
        """The first of so many new numbers."""
        first = self.next
        self.next += number
        return first

    def id(self, number: int) -> str:
        """The id of an entry."""
        return f"{self.id_head}{number:012x}"

    def content(self, number: int, back: int) -> dict[str, object]:
        """An entry without its id, of so many days ago."""
        written = f"{self.last - timedelta(days=back % DAYS)}T{8 + number % 12:02}:10:00+00:00"
        content = {"kind": "mood", "occurred_at": written, "time_zone": "UTC", "note": NOTE}
        return content | {"score": score_of(number)}


def score_of(number: int) -> float:
    """The score of an entry with this number."""
    return number % 21 / 2

"""Which entries stand beside what was written: those whose signals look at it."""

from collections import defaultdict
from collections.abc import Iterator, Set

from app.journal.kinds import Payload
from app.journal.kinds.instants import written_date
from app.safety.rules.context import RuleContext
from app.safety.rules.needs import dose_moved, names_urinary
from app.safety.rules.thresholds import THRESHOLDS
from app.safety.rules.write import Write


class Beside:
    """All writes of a review together, so that each entry is looked at once for all of them."""

    def __init__(self) -> None:
        """Nothing was written yet."""
        self._sessions: set[str] = set()
        self._lost: set[int] = set()
        self._urinary: set[int] = set()
        self.writes: dict[str, set[str]] = defaultdict(set)
        """By kind of the entries that may stand beside them, the ids of those that were written."""

    def add(self, write: Write) -> None:
        """Both states of a write. What a state lacks that it should have is raised."""
        for state in (write.before, write.after):
            if state is not None:
                self._add(write.entry_id, state)
        if dose_moved(write.after, write.before, returned=write.returned):
            self._sessions.add(write.entry_id)
            self.writes["dissociation"].add(write.entry_id)

    def _add(self, entry_id: str, state: Payload) -> None:
        kind = state["kind"]
        if kind == "dissociation" and state.get("session_id") is not None:
            self._sessions.add(state["session_id"])
        elif kind == "flashback" and _is_lost(state):
            self._lost.add(_day(state))
        elif kind == "session" and names_urinary(state):
            self._urinary.add(_day(state))
        else:
            return
        self.writes[kind].add(entry_id)

    def of_kind(self, kind: str, context: RuleContext) -> Iterator[str]:
        """Ids of the entries of a kind, some that were written among them."""
        for payload in context.payloads_of(kind):
            if self._looks(payload):
                yield payload["id"]

    def _looks(self, payload: Payload) -> bool:
        if payload["kind"] == "dissociation":
            return payload.get("session_id") in self._sessions
        if payload["kind"] == "flashback":
            days = THRESHOLDS.presence_lost.days
            return _is_lost(payload) and _is_near(payload, self._lost, -days + 1, 0)
        days = THRESHOLDS.urinary.days
        return names_urinary(payload) and _is_near(payload, self._urinary, -days, days)


def _is_lost(flashback: Payload) -> bool:
    return bool(flashback.get("presence") == THRESHOLDS.presence_lost.presence)


def _is_near(payload: Payload, days: Set[int], first: int, last: int) -> bool:
    """Whether one of the days lies `first` to `last` days from that of an entry."""
    day = _day(payload)
    return any(day + n in days for n in range(first, last + 1))


def _day(payload: Payload) -> int:
    """The local date as a number, which one may count from at either end of all dates."""
    return written_date(payload["occurred_at"]).toordinal()

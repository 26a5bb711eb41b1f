"""Which other entries a review needs, so that they can be loaded in one query."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

from app.journal.kinds import Payload
from app.journal.kinds.instants import written_date
from app.safety.rules.entries import DOSED
from app.safety.rules.thresholds import THRESHOLDS

SESSION_BEFORE, SESSION_AFTER = 2, 5
"""Days around a dose that hold the local dates of its entries: −2 to 72 hours, any two zones."""

DOSE_MEMBERS = ("occurred_at", "discharge_ready_at")
"""What the rules on dissociation look at in a session in which something was given."""


class DayWindow(NamedTuple):
    """Live entries of a kind whose local date lies in `first` … `last`, both included."""

    kind: str
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class ContextNeed:
    """Sessions by id, and windows of days; windows of one kind neither touch nor overlap.

    `moved_ids` are sessions whose entries are needed wherever they lie: known ones that were moved,
    held after all, taken back or deleted, and those that came back, with a dose or without, since
    they may have left entries behind before.
    """

    session_ids: frozenset[str] = frozenset()
    windows: tuple[DayWindow, ...] = ()
    moved_ids: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        """Whether anything is to be loaded."""
        return bool(self.session_ids or self.windows)


NOTHING_NEEDED = ContextNeed()
"""What most writes need: their kinds are judged alone."""


@dataclass(slots=True)
class _Gathered:
    session_ids: set[str] = field(default_factory=set)
    windows: list[DayWindow] = field(default_factory=list)
    moved_ids: set[str] = field(default_factory=set)

    def around(self, payload: Payload, kind: str, before: int, after: int) -> None:
        day = written_date(payload["occurred_at"])
        first, last = day - timedelta(days=before), day + timedelta(days=after)
        self.windows.append(DayWindow(kind, first, last))


def context_needed(
    after: Payload | None, before: Payload | None = None, *, returned: bool = False
) -> ContextNeed:
    """What the review of one write has to see: of the new content and of the superseded one.

    `after` is None for a deleted entry, `before` for a new one; `returned` tells of a new one that
    it was there before and was lost. Most writes need nothing.
    """
    states = [each for each in (before, after) if each is not None and each["kind"] in _GATHERERS]
    if not states:
        return NOTHING_NEEDED
    gathered = _Gathered()
    for payload in states:
        _GATHERERS[payload["kind"]](payload, gathered)
    if dose_moved(after, before, returned=returned):
        for payload in states:
            gathered.around(payload, "dissociation", SESSION_BEFORE, SESSION_AFTER)
        moved = _of_dose(after, "occurred_at") != _of_dose(before, "occurred_at")
        if returned or (before is not None and moved):
            gathered.moved_ids.update(payload["id"] for payload in states)
    return ContextNeed(
        frozenset(gathered.session_ids),
        _merged(gathered.windows),
        frozenset(gathered.moved_ids),
    )


def combined(needs: Iterable[ContextNeed]) -> ContextNeed:
    """One need for all the writes of a transaction."""
    every = [need for need in needs if need is not NOTHING_NEEDED]
    ids = frozenset(each for need in every for each in need.session_ids)
    moved = frozenset(each for need in every for each in need.moved_ids)
    return ContextNeed(ids, _merged(window for need in every for window in need.windows), moved)


def dose_moved(after: Payload | None, before: Payload | None, *, returned: bool = False) -> bool:
    """Whether a session changed in what its dissociation entries are judged by.

    A new one may be named already: an import and a phone after a loss bring entries in any order.
    Of one that `returned` nobody knows: they may have a signal by what it said before.
    """
    state = after or before
    if state is None or state["kind"] != "session":
        return False
    return returned or any(_of_dose(after, name) != _of_dose(before, name) for name in DOSE_MEMBERS)


def names_urinary(session: Payload) -> bool:
    """Whether the payload of a session has the adverse effect."""
    return any(effect["code"] == "urinary" for effect in session.get("adverse_effects", ()))


def _of_dose(session: Payload | None, name: str) -> object:
    """A member of a session in which something was given, None of any other."""
    if session is None or session["status"] not in DOSED:
        return None
    return session.get(name)


def _of_flashback(payload: Payload, gathered: _Gathered) -> None:
    numbers = THRESHOLDS.presence_lost
    if payload.get("presence") == numbers.presence:
        gathered.around(payload, "flashback", numbers.days - 1, numbers.days - 1)


def _of_dissociation(payload: Payload, gathered: _Gathered) -> None:
    if "session_id" in payload:
        gathered.session_ids.add(payload["session_id"])
        # The others lie in the same 74 hours as this one, earlier or later, in any two zones.
        gathered.around(payload, "dissociation", SESSION_AFTER, SESSION_AFTER)


def _of_session(payload: Payload, gathered: _Gathered) -> None:
    if names_urinary(payload):
        # Twice as far as the rule: the others are evaluated again with theirs around them.
        reach = 2 * THRESHOLDS.urinary.days
        gathered.around(payload, "session", reach, reach)


_GATHERERS = {
    "flashback": _of_flashback,
    "dissociation": _of_dissociation,
    "session": _of_session,
}


def _merged(windows: Iterable[DayWindow]) -> tuple[DayWindow, ...]:
    merged: list[DayWindow] = []
    for window in sorted(windows):
        last = merged[-1] if merged else None
        if last and last.kind == window.kind and window.first <= last.last + timedelta(days=1):
            merged[-1] = last._replace(last=max(last.last, window.last))
        else:
            merged.append(window)
    return tuple(merged)

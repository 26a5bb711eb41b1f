"""What a rule may look at besides the entry: the other entries that were loaded for it."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta

from app.journal.kinds import Payload
from app.safety.rules.course import Course
from app.safety.rules.entries import RuleEntry, rule_entry

Holds = Callable[[RuleEntry], bool]
"""Of an entry alone; a function that stays, for what it finds is kept by it."""


class RuleContext:
    """Opened payloads of other entries, tombstones left out, in any order.

    A view is made when a rule first asks for its kind: a payload that cannot be read fails the
    rules that need it (MsgspecError) and no others. So is whatever is found in all of a kind, so
    that to evaluate every entry of a day or a session takes no longer than to load them.
    """

    def __init__(self, payloads: Iterable[Payload] = ()) -> None:
        """`payloads` may hold more than any rule asks for, the entry itself included."""
        self._payloads: dict[str, list[Payload]] = {}
        for payload in payloads:
            self._payloads.setdefault(payload["kind"], []).append(payload)
        self._sessions: dict[object, Payload] | None = None
        self._entries: dict[str, tuple[RuleEntry, ...]] = {}
        self._unreadable: dict[str, Exception] = {}
        self._courses: dict[str, Course] | None = None
        self._dates: dict[tuple[str, Holds], Mapping[date, set[str]]] = {}

    def payloads_of(self, kind: str) -> Sequence[Payload]:
        """All entries of a kind, as they were opened."""
        return self._payloads.get(kind, ())

    def of_kind(self, kind: str) -> tuple[RuleEntry, ...]:
        """All entries of a kind."""
        if kind in self._unreadable:
            raise self._unreadable[kind].with_traceback(None)
        if kind not in self._entries:
            try:
                self._entries[kind] = tuple(map(rule_entry, self.payloads_of(kind)))
            except Exception as fault:
                self._unreadable[kind] = fault
                raise
        return self._entries[kind]

    def session_of(self, entry: RuleEntry) -> RuleEntry | None:
        """The session an entry belongs to; None when it has none or it is gone.

        It alone is viewed: another that cannot be read fails nothing here.
        """
        if entry.session_id is None:
            return None
        if self._sessions is None:
            self._sessions = {each.get("id"): each for each in self.payloads_of("session")}
        session = self._sessions.get(entry.session_id)
        return None if session is None else rule_entry(session)

    def course_of(self, entry: RuleEntry) -> Course:
        """The dissociation entries of the session that one of them belongs to; else none."""
        if self._courses is None:
            found: dict[str, list[RuleEntry]] = defaultdict(list)
            for each in self.of_kind("dissociation"):
                if each.session_id is not None:
                    found[each.session_id].append(each)
            self._courses = {named: Course(entries) for named, entries in found.items()}
        return self._courses.get(entry.session_id or "", Course(()))

    def others_by_day(
        self, entry: RuleEntry, holds: Holds, before: int, after: int
    ) -> dict[date, int]:
        """How many others of its kind hold, for each local date on which any does.

        Of the dates from `before` to `after` days from its own.
        """
        dates = self._dates_of(entry.kind, holds)
        reach = (entry.local_date + timedelta(days=n) for n in range(-before, after + 1))
        found = {day: dates[day] for day in reach if day in dates}
        counts = {day: len(ids) - (entry.id in ids) for day, ids in found.items()}
        return {day: count for day, count in counts.items() if count}

    def _dates_of(self, kind: str, holds: Holds) -> Mapping[date, set[str]]:
        """The ids of all entries of a kind that hold, by local date."""
        found = self._dates.get((kind, holds))
        if found is None:
            dates: dict[date, set[str]] = defaultdict(set)
            for each in self.of_kind(kind):
                if holds(each):
                    dates[each.local_date].add(each.id)
            found = self._dates[kind, holds] = dict(dates)
        return found

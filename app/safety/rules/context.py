"""What a rule may look at besides the entry: the other entries that were loaded for it."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from app.journal.kinds import Payload
from app.safety.rules.entries import RuleEntry, rule_entry


class RuleContext:
    """Opened payloads of other entries, tombstones left out, in any order.

    A view is made when a rule first asks for its kind: a payload that cannot be read fails the
    rules that need it (MsgspecError) and no others.
    """

    def __init__(self, payloads: Iterable[Payload] = ()) -> None:
        """`payloads` may hold more than any rule asks for, the entry itself included."""
        self._payloads: dict[str, list[Payload]] = {}
        for payload in payloads:
            self._payloads.setdefault(payload["kind"], []).append(payload)
        self._entries: dict[str, tuple[RuleEntry, ...]] = {}

    def payloads_of(self, kind: str) -> Sequence[Payload]:
        """All entries of a kind, as they were opened."""
        return self._payloads.get(kind, ())

    def of_kind(self, kind: str) -> tuple[RuleEntry, ...]:
        """All entries of a kind."""
        if kind not in self._entries:
            self._entries[kind] = tuple(map(rule_entry, self.payloads_of(kind)))
        return self._entries[kind]

    def session_of(self, entry: RuleEntry) -> RuleEntry | None:
        """The session an entry belongs to; None when it has none or it is gone.

        It alone is viewed: another that cannot be read fails nothing here.
        """
        if entry.session_id is None:
            return None
        sessions = self.payloads_of("session")
        named = (each for each in sessions if each["id"] == entry.session_id)
        return next(map(rule_entry, named), None)

    def with_same_session(self, entry: RuleEntry) -> list[RuleEntry]:
        """The other dissociation entries of its session."""
        return [
            each
            for each in self.of_kind("dissociation")
            if each.session_id == entry.session_id and each.id != entry.id
        ]

    def within_days(self, entry: RuleEntry, before: int, after: int) -> list[RuleEntry]:
        """Other entries of its kind from `before` to `after` days from its local date."""
        first = entry.local_date - timedelta(days=before)
        last = entry.local_date + timedelta(days=after)
        return [
            each
            for each in self.of_kind(entry.kind)
            if first <= each.local_date <= last and each.id != entry.id
        ]

"""What really happened, seen beside the service: the truth that phones are compared with."""

import json
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.sync.merging import Content, content_of

Marker = tuple[str, str, str]  # entry, member, value; a value is written once and never again
MARKED = ("note", "tags", "occurred_at")
CLEARED = '["cleared", '  # A value no entry holds: it stands for a member that was taken away.


def markers_of(entry_id: str, content: Content) -> set[Marker]:
    """The markers that an entry's content holds."""
    return {marker(entry_id, name, content[name]) for name in MARKED if name in content}


def marker(entry_id: str, member: str, value: Any) -> Marker:
    """One value of one member, as something that can stand in a set."""
    return (entry_id, member, json.dumps(value))


@dataclass(slots=True)
class Truth:
    """What the server has acknowledged: every version of every entry, and its tombstones."""

    versions: dict[str, list[tuple[int, Content]]] = field(default_factory=dict)
    tombstones: dict[str, int] = field(default_factory=dict)

    def see(self, request: httpx.Request, answer: httpx.Response) -> None:
        """Note what a carried-out request changed. A witness of a FaultyLine."""
        if request.method != "GET" and answer.status_code < 300:
            body = answer.json() if answer.content else {}
            for result in body.get("results", []):
                if result["status"] == "applied":
                    self.note(result["id"], result["revision"], result.get("entry"))

    def note(self, entry_id: str, revision: int, entry: dict[str, Any] | None) -> None:
        """A new version of an entry, or its tombstone."""
        if entry is None:
            self.tombstones[entry_id] = revision
        else:
            self.versions.setdefault(entry_id, []).append((revision, content_of(entry)))

    def live(self) -> dict[str, tuple[int, Content]]:
        """The newest version of each entry that was not deleted."""
        return {
            each: versions[-1]
            for each, versions in self.versions.items()
            if each not in self.tombstones
        }

    def markers(self) -> set[Marker]:
        """Every marker that any version of any entry holds."""
        return {
            each
            for entry_id, versions in self.versions.items()
            for _, content in versions
            for each in markers_of(entry_id, content)
        }


@dataclass(slots=True)
class Ledger:
    """The truth, its copies, and which marker was written over which by somebody who saw it."""

    truth: Truth = field(default_factory=Truth)
    copies: dict[str, Truth] = field(default_factory=dict)
    seen_before: dict[Marker, frozenset[Marker]] = field(default_factory=dict)
    created: set[str] = field(default_factory=set)
    deleted: set[str] = field(default_factory=set)
    perhaps_deleted: set[str] = field(default_factory=set)
    lost: set[Marker] = field(default_factory=set)
    held: set[Marker] = field(default_factory=set)

    def write(self, entry_id: str, member: str, value: Any, before: Any) -> None:
        """Somebody who saw `before` wrote `value`; None stands for an absent member."""
        earlier: frozenset[Marker] = frozenset()
        if before is not None:
            seen = marker(entry_id, member, before)
            earlier = self.seen_before.get(seen, frozenset()) | {seen}
        self.seen_before[marker(entry_id, member, value)] = earlier

    def back_up(self, name: str) -> None:
        """Remember the truth of a copy of the database."""
        self.copies[name] = deepcopy(self.truth)

    def restore(self, name: str, held: set[Marker], buried: set[str]) -> None:
        """The truth becomes what the copy knew.

        `held` is what phones have at this moment, `buried` the ids they know to be deleted. What
        was on the server alone is lost, as with every backup.
        """
        kept = deepcopy(self.copies[name])
        self.lost |= self.truth.markers() - kept.markers()
        self.lost |= {each for each in self.seen_before if each[2].startswith(CLEARED)}
        self.held |= held
        on_phones = {each for each, _, _ in held}
        self.created -= self.truth.versions.keys() - kept.versions.keys() - on_phones
        forgotten = self.truth.tombstones.keys() - kept.tombstones.keys() - buried
        self.deleted -= forgotten
        self.perhaps_deleted |= forgotten
        self.truth = kept

    def overtaken(self, older: Marker, newer: Marker) -> bool:
        """Whether `newer` was written by somebody who had seen `older`."""
        return older in self.seen_before.get(newer, frozenset())

    def excused(self, *markers: Marker) -> bool:
        """A restore may bring one of several lost texts back in any order: none can tell."""
        return not self.lost.isdisjoint(markers)

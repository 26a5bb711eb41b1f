"""Which entry a row of a foreign diary has: the one an import made of it before, or a new one."""

from collections import defaultdict, deque
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import count
from typing import Any, NamedTuple
from uuid import UUID

from app.portability.importers import ReadFile
from app.portability.importers.rows import MOST_ENTRIES, Mark, ReadRow, name_of

Members = Mapping[str, Any]  # of entries: JSON values

RATED = ("score", "level", "scope")
"""Together with its words what a row says, but for when: the zone is the patient's to choose."""


@dataclass(frozen=True, slots=True)
class Made:
    """An entry that an import made, as it stands now, and whether the patient has changed it.

    `members` are None once it was deleted.
    """

    members: Members | None
    changed: bool


class Candidate(NamedTuple):
    """Something made of a slot, under the origin it has.

    `name`: its mark's, or else the one that its label tells; None where it tells none of the names.
    """

    origin: UUID
    made: Made
    name: str | None


Marked = tuple[ReadRow, Mark]
Way = tuple[Callable[[ReadRow, Mark], Hashable], Callable[[Candidate], Hashable]]


class Recognition:
    """Gives each row of a file its origin: the id that the first import of that row gave it.

    An id is made from the row's mark. What imports made before is recognised all the same, where
    rows of one slot changed their order or came to it later, and where a release before there were
    marks had numbered the drafts of a slot without their names. Of all that was made of its slot, a
    row takes, and no other row can take it then:

    1. what says the same as the row;
    2. what has the same words, if it has any;
    3. what was made under the row's own mark;
    4. what else was made of its name, in order; what was made without a mark is of the symptom that
       its label tells, and of moods all is of one name;
    5. what was made without a mark under the number that the row would have had, if it was deleted
       or changed since, so that it need not tell its symptom any more.

    A row that finds nothing is new. So a row that stays the same never makes a second entry, and
    one that was rated or worded anew does so only where others of its slot and name came before it.
    """

    def __init__(self, found: ReadFile, keyed: Callable[[str], UUID]) -> None:
        """`keyed`: the id of a key."""
        self._found = found
        self._keyed = cache(keyed)
        self._slots: dict[str, list[Marked]] = defaultdict(list)
        for row in found.entries:
            if row.mark is not None:
                self._slots[row.mark.slot].append((row, row.mark))

    def asked(self) -> set[UUID]:
        """Every origin that something may have been made under."""
        return {each for slot in self._slots for each in (*self._marked(slot), *self._before(slot))}

    def doubtful(self, made: Collection[UUID]) -> set[UUID]:
        """Those of `made` whose entries must be looked at.

        Not where each row of a slot is the only one of its name and made under its own mark.
        """
        return {
            each
            for slot, rows in self._slots.items()
            if not all(self._is_plain(mark, made) for _, mark in rows)
            for each in (*self._marked(slot), *self._before(slot))
            if each in made
        }

    def origins(self, made: Mapping[UUID, Made]) -> dict[int, UUID]:
        """The origin of each marked row, by the row's number. `made`: all that is doubtful."""
        origins: dict[int, UUID] = {}
        for slot, rows in self._slots.items():
            names = {mark.name for _, mark in rows}
            marked = self._marked(slot)
            candidates = [
                Candidate(each, made[each], marked[each]) for each in marked if each in made
            ]
            candidates += [
                Candidate(each, made[each], _told(made[each].members, names))
                for each in self._before(slot)
                if each in made
            ]
            origins |= self._taken(rows, candidates)
            self._add_new(origins, rows, {each.origin for each in candidates})
        return origins

    def _taken(self, rows: Sequence[Marked], candidates: Sequence[Candidate]) -> dict[int, UUID]:
        """What rows of one slot take of what was made of it, by the row's number."""
        taken: dict[int, UUID] = {}
        for of_row, of_candidate in self._ways():
            used = set(taken.values())
            lying: dict[Hashable, deque[UUID]] = defaultdict(deque)
            for each in candidates:
                if each.origin not in used:
                    lying[of_candidate(each)].append(each.origin)
            for row, mark in rows:
                likeness = of_row(row, mark)
                if likeness is not None and row.number not in taken and lying[likeness]:
                    taken[row.number] = lying[likeness].popleft()
        return taken

    def _ways(self) -> Iterable[Way]:
        """What must be equal for a row to take something, the surest first; None equals nothing."""
        yield (
            lambda row, mark: (mark.name, _said(row.data)),
            lambda each: (each.name, _said(each.made.members or {})),
        )
        yield (
            lambda row, mark: _words(row.data) and (mark.name, _words(row.data)),
            lambda each: (each.name, _words(each.made.members or {})),
        )
        yield lambda _, mark: self._keyed(mark.key()), lambda each: each.origin
        yield lambda _, mark: mark.name, lambda each: each.name
        yield (
            lambda row, mark: self._keyed(f"{mark.slot}#{row.earlier}"),
            lambda each: each.origin if each.made.changed else None,
        )

    def _add_new(
        self, origins: dict[int, UUID], rows: Sequence[Marked], used: Collection[UUID]
    ) -> None:
        """Rows that took nothing get the id of their mark, or else of a number that is free."""
        used = set(used)
        for row, mark in rows:
            if row.number not in origins and (own := self._keyed(mark.key())) not in used:
                origins[row.number] = own
                used.add(own)
        numbers: dict[str, Iterator[int]] = defaultdict(lambda: count(1))
        for row, mark in rows:
            if row.number not in origins:
                ids = (self._keyed(mark.key(number)) for number in numbers[mark.name])
                origins[row.number] = next(each for each in ids if each not in used)
                used.add(origins[row.number])

    def _is_plain(self, mark: Mark, made: Collection[UUID]) -> bool:
        alone = self._found.marks[mark.slot, mark.name] == 1
        return alone and self._keyed(mark.key()) in made

    def _marked(self, slot: str) -> dict[UUID, str]:
        """The origins of all rows of the names in a slot, with the names."""
        marks = {mark.name: mark for _, mark in self._slots[slot]}
        return {
            self._keyed(mark.key(number + 1)): name
            for name, mark in marks.items()
            for number in range(self._found.marks[slot, name])
        }

    def _before(self, slot: str) -> list[UUID]:
        """The origins that its drafts had before there were marks."""
        most = min(self._found.slots[slot], MOST_ENTRIES)
        return [self._keyed(f"{slot}#{n + 1}") for n in range(most)]


def _said(members: Members) -> Hashable:
    return (*(members.get(name) for name in RATED), _words(members))


def _words(members: Members) -> Hashable:
    """None where there is not one."""
    if not ("tags" in members or "note" in members):
        return None
    return tuple(members.get("tags", ())), members.get("note")


def _told(members: Members | None, names: Collection[str]) -> str | None:
    """Which of the names an entry was made for: its label is a tag, or else ends its note."""
    if "" in names:
        return ""
    lines = members.get("tags") or members.get("note", "").splitlines()[-1:] if members else ()
    told = (name_of(each).casefold() for each in lines)
    return next((name for name in told if name in names), None)

"""Whatever is imported again, by whichever release: each row has one entry and keeps it."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import NAMESPACE_OID, UUID, uuid5
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from app.portability.importers import READERS, FileText, ReadFile
from app.portability.importers.rows import ReadRow
from app.portability.recognition import Made, Recognition

BERLIN = ZoneInfo("Europe/Berlin")
LATER = datetime(2026, 6, 1, tzinfo=BERLIN)
NAMES = ("Anxiety", "Panic", "Dread")
HEADS = {
    "bearable": "date formatted,time of day,category,rating/amount,detail,notes\n",
    "daylio": "full_date,time,mood,activities,note\n",
}


class Row(NamedTuple):
    """A row of a diary: a symptom or a mood of a name, what it was rated, and a note."""

    name: str
    rating: int
    note: str
    day: int

    def text(self, diary: str) -> str:
        """As the diary writes it."""
        if diary == "daylio":
            return f"2026-01-0{self.day},9:00,{self.name},walk,{self.note}\n"
        label = f"{self.name} (word {self.rating})"
        return f"2026-01-0{self.day},am,Symptom,{self.rating},{label},{self.note}\n"


@dataclass
class Kept:
    """What a journal keeps of imports: entries by their origins."""

    entries: dict[UUID, dict[str, Any]] = field(default_factory=dict)

    def bring_in(self, found: ReadFile) -> int:
        """As an import does; how many entries are new."""
        recognition = Recognition(found, keyed)
        doubtful = recognition.doubtful(self.entries.keys() & recognition.asked())
        made = {each: Made(self.entries[each], changed=False) for each in doubtful}
        origins = recognition.origins(made)
        assert len(set(origins.values())) == len(found.entries)
        return sum(self._kept(origins[row.number], row) for row in found.entries)

    def bring_in_as_before(self, found: ReadFile) -> None:
        """As releases did that numbered the drafts of a slot."""
        for row in found.entries:
            self._kept(as_before(row), row)

    def _kept(self, origin: UUID, row: ReadRow) -> bool:
        is_new = origin not in self.entries
        self.entries.setdefault(origin, row.data)
        return is_new

    def told(self) -> Counter[str]:
        """How often each content is there."""
        return contents(self.entries.values())


def contents(entries: Any) -> Counter[str]:
    """Equal ones counted together."""
    return Counter(repr(sorted(each.items())) for each in entries)


def keyed(key: str) -> UUID:
    """The id of a key."""
    return uuid5(NAMESPACE_OID, key)


def as_before(row: ReadRow) -> UUID:
    """The id that earlier releases gave a row."""
    assert row.mark
    return keyed(f"{row.mark.slot}#{row.earlier}")


def read(diary: str, rows: list[Row], names: set[str]) -> ReadFile:
    """The rows of a file in which so many names have a meaning."""
    known = {each.casefold() for each in names}
    scores = dict.fromkeys(known, 5.0)
    content = HEADS[diary] + "".join(row.text(diary) for row in rows)
    anxiety = frozenset(known)
    file = FileText(content=content, zone=BERLIN, now=LATER, anxiety=anxiety, scores=scores)
    return READERS[diary](file)


ROWS = st.builds(
    Row, st.sampled_from(NAMES), st.integers(0, 4), st.sampled_from(["", "x", "y"]), st.just(1)
) | st.builds(Row, st.sampled_from(NAMES), st.just(2), st.just(""), st.integers(1, 2))
DIARIES = st.sampled_from(["bearable", "daylio"])
STEPS = st.lists(st.tuples(st.sets(st.integers(0, 9)), st.sets(st.sampled_from(NAMES))), max_size=4)


@given(
    st.sampled_from(["bearable", "daylio"]), st.lists(ROWS, max_size=10), STEPS, st.integers(0, 1)
)
def test_files_that_grow_and_names_that_get_a_meaning_double_nothing_and_lose_nothing(
    diary: str, rows: list[Row], steps: list[Any], before: int
) -> None:
    kept, there, names = Kept(), set[int](), set[str]()
    for number, (more_rows, more_names) in enumerate(steps):
        there |= more_rows
        names |= more_names
        found = read(diary, [row for n, row in enumerate(rows) if n in there], names)
        if number < before:
            kept.bring_in_as_before(found)
        else:
            kept.bring_in(found)
        assert kept.told() == contents(row.data for row in found.entries)
        assert kept.bring_in(found) == 0


@given(st.lists(ROWS, max_size=8), st.lists(st.integers(0, 4), min_size=8, max_size=8))
def test_rows_that_were_rated_anew_stay_the_same_rows(rows: list[Row], ratings: list[int]) -> None:
    kept = Kept()
    rated = [row._replace(rating=ratings[n]) for n, row in enumerate(rows)]
    assert kept.bring_in(read("bearable", rows, set(NAMES))) == len(rows)
    assert kept.bring_in(read("bearable", rated, set(NAMES))) == 0


@given(st.lists(ROWS, max_size=8), st.permutations(["Panic", "Dread", "Anxiety"]))
def test_moods_whose_names_change_stay_the_same_rows(rows: list[Row], other: list[str]) -> None:
    kept, names = Kept(), dict(zip(NAMES, other, strict=True))
    renamed = [row._replace(name=names[row.name]) for row in rows]
    assert kept.bring_in(read("daylio", rows, set(NAMES))) == len(rows)
    assert kept.bring_in(read("daylio", renamed, set(NAMES))) == 0


def test_the_number_of_a_refused_row_stays_its_own() -> None:
    rows = [Row("Dread", 1, "", 1), Row("Panic", 1, "", 1)]
    (row,) = read("daylio", rows, {"Panic"}).entries
    assert row.mark
    assert row.mark.key() == "daylio 2026-01-01 09:00:00||2"


def test_what_no_longer_tells_its_name_is_known_by_its_number_of_before() -> None:
    found = read("bearable", [Row("Panic", 1, "", 1), Row("Anxiety", 1, "", 1)], set(NAMES))
    first, second = (as_before(row) for row in found.entries)
    panic, anxiety = (keyed(row.mark.key()) for row in found.entries if row.mark)

    def taken(**made: Made) -> list[UUID]:
        under = {{"first": first, "second": second}[name]: each for name, each in made.items()}
        origins = Recognition(found, keyed).origins(under)
        return [origins[row.number] for row in found.entries]

    gone, silent = Made(None, changed=True), Made({"level": 1.0}, changed=True)
    assert taken(first=gone, second=silent) == [first, second]
    tagged = Made({"tags": ["Anxiety (mild)"], "level": 9.5}, changed=True)
    assert taken(first=tagged) == [panic, first]
    noted = Made({"note": "so tight\nAnxiety (mild)", "level": 9.5}, changed=False)
    assert taken(first=noted) == [panic, first]
    of_other = Made({"tags": ["Dread (mild)"], "level": 2.5}, changed=False)
    assert taken(first=of_other) == [panic, anxiety]


def test_entries_are_looked_at_only_where_rows_could_be_taken_for_one_another() -> None:
    alone, twice = Row("Anxiety", 1, "", 1), Row("Anxiety", 2, "", 2)
    found = read("bearable", [alone, twice, twice], set(NAMES))
    recognition = Recognition(found, keyed)
    own = [keyed(row.mark.key()) for row in found.entries if row.mark]
    assert recognition.doubtful(own) == set(own[1:])
    assert recognition.doubtful(set()) == set()

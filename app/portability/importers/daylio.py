"""Daylio's CSV: each row a mood by its name, activities and a note."""

from app.faults import Fault
from app.portability.importers.rows import FileText, ReadFile, RowRefused, words_of
from app.portability.importers.tables import rows_of
from app.portability.importers.times import day_of, instant_in, time_of

COLUMNS = ("full_date", "time", "mood", "activities", "note")
TITLE = "note_title"
"""A column that not every file has."""
SCORES = {"rad": 10.0, "good": 7.5, "meh": 5.0, "bad": 2.5, "awful": 0.0}
"""The five moods the app begins with, evenly spread; patients rename them and add others."""


def read_daylio(file: FileText) -> ReadFile:
    """Every row as a `mood`. Raises InvalidRequest for another kind of file."""
    scores = {**SCORES, **file.scores}
    found = ReadFile()
    for number, cells in rows_of(file.content, found, COLUMNS, (TITLE,)):
        name = cells["mood"].strip()
        found.names[name] += 1
        try:
            _add(found, file, scores, number, cells)
        except RowRefused as refusal:
            found.refused.append((number, refusal.fault))
    found.unknown = {name for name in found.names if name.casefold() not in scores}
    return found


def _add(
    found: ReadFile, file: FileText, scores: dict[str, float], number: int, cells: dict[str, str]
) -> None:
    day = day_of(cells["full_date"], "full_date")
    when = time_of(cells["time"], "time")
    mark = found.mark(f"daylio {day} {when.clock}")
    score = scores.get(cells["mood"].strip().casefold())
    if score is None:
        message = "Say in `scores` what a mood of this name is worth."
        raise RowRefused(Fault("unknown_name", message, "/mood"))
    texts = (cells.get(TITLE, ""), cells["note"])
    data = {
        "kind": "mood",
        "occurred_at": instant_in(file.zone, day, when, file.now),
        "time_zone": file.zone.key,
        "score": score,
        "scope": "moment" if when.clock else "day",
        "source": "import",
        **words_of(cells["activities"].split("|"), texts),
    }
    found.add(number, data, mark)

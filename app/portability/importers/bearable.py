"""Bearable's CSV: each row one measurement of a category, rated at a time of the day."""

import re
from typing import Any

from app.faults import Fault
from app.portability.importers.rows import FileText, ReadFile, RowRefused, words_of
from app.portability.importers.tables import rows_of
from app.portability.importers.times import clock_of, day_of, instant_in

COLUMNS = ("date formatted", "time of day", "category", "rating/amount", "detail", "notes")
SEVERITY = re.compile(r"\s?\([^()]{1,40}\)$")
"""The word for its rating, which follows a symptom's name."""

HIGHEST_SYMPTOM = 4
"""A symptom is rated 0 (none) to 4 (unbearable)."""


def read_bearable(file: FileText) -> ReadFile:
    """Moods as `mood`, symptoms that are anxiety as `anxiety`; the rest has no place here.

    Raises InvalidRequest for another kind of file.
    """
    found = ReadFile()
    for number, cells in rows_of(file.content, COLUMNS):
        found.rows += 1
        try:
            _add(found, file, number, cells)
        except RowRefused as refusal:
            found.refused.append((number, refusal.fault))
    found.unknown = {name for name in found.names if name.casefold() not in file.anxiety}
    return found


def _add(found: ReadFile, file: FileText, number: int, cells: dict[str, str]) -> None:
    category = cells["category"].strip().casefold()
    data: dict[str, Any]
    if category == "mood":
        labels = cells["detail"].split("|")
        data = {"kind": "mood", "score": _rated(cells, file.mood_top)}
    elif category == "symptom":
        name = SEVERITY.sub("", cells["detail"].strip())
        found.names[name] += 1
        if name.casefold() not in file.anxiety:
            found.skipped += 1
            return
        labels = [cells["detail"]]
        data = {"kind": "anxiety", "level": _rated(cells, HIGHEST_SYMPTOM)}
    else:
        found.skipped += 1
        return
    day = day_of(cells["date formatted"], "date formatted")
    clock = clock_of(cells["time of day"], "time of day")
    data |= {
        "occurred_at": instant_in(file.zone, day, clock),
        "time_zone": file.zone.key,
        "scope": "moment" if clock else "day",
        "source": "import",
        **words_of(labels, [cells["notes"]]),
    }
    found.add(number, f"bearable {data['kind']} {day} {clock}", data)


def _rated(cells: dict[str, str], top: int) -> float:
    """The rating on our scale of 0 to 10. Raises RowRefused for what is no rating."""
    try:
        rating = float(cells["rating/amount"])
    except ValueError:
        message = "This is not a number."
        raise RowRefused(Fault("wrong_type", message, "/rating~1amount")) from None
    if not 0 <= rating <= top:
        message = "This rating lies outside the diary's scale."
        raise RowRefused(Fault("out_of_range", message, "/rating~1amount"))
    return rating * 10 / top

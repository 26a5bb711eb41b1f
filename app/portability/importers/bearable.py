"""Bearable's CSV: each row one measurement of a category, rated at a time of the day."""

import re
from datetime import date
from typing import Any

from app.faults import Fault
from app.portability.importers.rows import FileText, ReadFile, RowRefused, name_of, words_of
from app.portability.importers.tables import rows_of
from app.portability.importers.times import TimeOfDay, day_of, instant_in, time_of

COLUMNS = ("date formatted", "time of day", "category", "rating/amount", "detail", "notes")
RATING = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")
HIGHEST_SYMPTOM = 4
"""A symptom is rated 0 (none) to 4 (unbearable)."""


def read_bearable(file: FileText) -> ReadFile:
    """Moods as `mood`, symptoms that are anxiety as `anxiety`; the rest has no place here.

    Raises InvalidRequest for another kind of file.
    """
    found = ReadFile()
    for number, cells in rows_of(file.content, found, COLUMNS):
        try:
            _add(found, file, number, cells)
        except RowRefused as refusal:
            found.refused.append((number, refusal.fault))
    found.unknown = {name for name in found.names if name.casefold() not in file.anxiety}
    return found


def _add(found: ReadFile, file: FileText, number: int, cells: dict[str, str]) -> None:
    category = cells["category"].strip().casefold()
    if category == "mood":
        _add_mood(found, file, number, cells)
    elif category == "symptom":
        _add_symptom(found, file, number, cells)
    else:
        found.skipped += 1


def _add_mood(found: ReadFile, file: FileText, number: int, cells: dict[str, str]) -> None:
    day, when = _when(cells)
    mark = found.mark(f"bearable mood {day} {when.clock}")
    data = {"kind": "mood", "score": _rated(cells, file.mood_top)}
    data |= _placed(file, day, when) | words_of(cells["detail"].split("|"), [cells["notes"]])
    found.add(number, data, mark)


def _add_symptom(found: ReadFile, file: FileText, number: int, cells: dict[str, str]) -> None:
    name = name_of(cells["detail"])
    found.names[name] += 1
    meant = name.casefold() in file.anxiety
    try:
        day, when = _when(cells)
    except RowRefused:
        if meant:
            raise
        found.skipped += 1
        return
    mark = found.mark(f"bearable anxiety {day} {when.clock}", name.casefold())
    if not meant:
        found.skipped += 1
        return
    data = {"kind": "anxiety", "level": _rated(cells, HIGHEST_SYMPTOM)}
    data |= _placed(file, day, when) | words_of([cells["detail"]], [cells["notes"]])
    found.add(number, data, mark)


def _when(cells: dict[str, str]) -> tuple[date, TimeOfDay]:
    """Raises RowRefused."""
    day = day_of(cells["date formatted"], "date formatted")
    return day, time_of(cells["time of day"], "time of day")


def _placed(file: FileText, day: date, when: TimeOfDay) -> dict[str, Any]:
    """The members that say when it was and where it comes from. Raises RowRefused."""
    return {
        "occurred_at": instant_in(file.zone, day, when, file.now),
        "time_zone": file.zone.key,
        "scope": "moment" if when.clock else "day",
        "source": "import",
    }


def _rated(cells: dict[str, str], top: int) -> float:
    """The rating on our scale of 0 to 10, to the nearest half, its step.

    Raises RowRefused for what is no rating.
    """
    text = cells["rating/amount"].strip()
    if not RATING.fullmatch(text):
        message = "This is not a number."
        raise RowRefused(Fault("wrong_type", message, "/rating~1amount"))
    rating = float(text)
    if not 0 <= rating <= top:
        message = "This rating lies outside the diary's scale."
        raise RowRefused(Fault("out_of_range", message, "/rating~1amount"))
    return round(rating * 20 / top) / 2

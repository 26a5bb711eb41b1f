"""CSV as diaries write it: a heading, then rows, told apart by the names of the columns."""

import csv
from collections.abc import Collection, Iterator
from io import StringIO

from app.faults import Fault
from app.portability.importers.rows import ReadFile, check_rows, unreadable

MOST_COLUMNS = 64
"""Of a table; diaries write a dozen. What a row costs does not hang on its heading beyond that."""


def rows_of(
    content: str, found: ReadFile, needed: Collection[str], welcome: Collection[str] = ()
) -> Iterator[tuple[int, dict[str, str]]]:
    """Each row with its number in the file (the heading is row 1), cells by lower-case name.

    `found` counts them. A row with something beyond the heading is refused there: a comma that was
    not quoted has cut a cell in two. What stands in columns neither `needed` nor `welcome` is no
    matter.
    Raises InvalidRequest when the heading lacks a column or has too many, when a cell is not
    closed, or when there are more rows than one request may bring.
    """
    reader = csv.reader(StringIO(content.removeprefix("\ufeff"), newline=""), strict=True)
    number = 0
    try:
        heading = next(reader, [])
        number = 1
        places = _places(heading, needed, welcome)
        for number, cells in enumerate(reader, start=2):
            check_rows(number - 1)
            if not cells:
                continue
            found.rows += 1
            if any(cell.strip() for cell in cells[len(heading) :]):
                fault = Fault("malformed_row", "This row has more cells than the heading.", "")
                found.refused.append((number, fault))
            else:
                yield number, {name: _cell(cells, place) for name, place in places.items()}
    except csv.Error:
        message = f"The file cannot be read as a table from row {number + 1} on."
        raise unreadable(Fault("malformed_table", message, "/content")) from None


def _places(
    heading: list[str], needed: Collection[str], welcome: Collection[str]
) -> dict[str, int]:
    """Where in a row the wanted columns stand. Raises InvalidRequest."""
    if len(heading) > MOST_COLUMNS:
        message = f"The heading has more than {MOST_COLUMNS} columns."
        raise unreadable(Fault("unknown_columns", message, "/content"))
    places = {name.strip().casefold(): place for place, name in enumerate(heading)}
    if not set(needed) <= set(places):
        raise unreadable(Fault("unknown_columns", "The heading lacks columns.", "/content"))
    return {name: places[name] for name in (*needed, *welcome) if name in places}


def _cell(cells: list[str], place: int) -> str:
    """A row that ends early has blank cells."""
    return cells[place] if place < len(cells) else ""

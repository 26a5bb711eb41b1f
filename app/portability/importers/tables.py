"""CSV as diaries write it: a heading, then rows, told apart by the names of the columns."""

import csv
from collections.abc import Collection, Iterator
from io import StringIO

from app.faults import Fault
from app.portability.importers.rows import unreadable


def rows_of(content: str, needed: Collection[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Each row with its number in the file (the heading is row 1), cells by lower-case name.

    Raises InvalidRequest when the heading lacks a column or a cell is not closed.
    """
    reader = csv.reader(StringIO(content.removeprefix("\ufeff"), newline=""), strict=True)
    try:
        heading = [name.strip().casefold() for name in next(reader, [])]
        if not set(needed) <= set(heading):
            raise unreadable(Fault("unknown_columns", "The heading lacks columns.", "/content"))
        for number, cells in enumerate(reader, start=2):
            if cells:
                padded = [*cells, *[""] * len(heading)]
                yield number, dict(zip(heading, padded, strict=False))
    except csv.Error:
        fault = Fault("malformed_table", "The file cannot be read as a table.", "/content")
        raise unreadable(fault) from None

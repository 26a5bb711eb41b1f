"""Rows as lines of JSON that either engine can read back."""

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Table
from sqlmodel.sql.sqltypes import UTCDateTime

from app.database import Row

# The values of a row have the types of its columns, which are known at run time alone.
Value = Any
ENCODERS: dict[type, Callable[[Value], Value]] = {
    bytes: lambda value: b64encode(value).decode(),
    UUID: str,
    datetime: datetime.isoformat,
    date: date.isoformat,
    bool: bool,
}
DECODERS: dict[type, Callable[[Value], Value]] = {
    bytes: lambda text: b64decode(text, validate=True),
    UUID: UUID,
    datetime: datetime.fromisoformat,
    date: date.fromisoformat,
}


class RowLines:
    """Writes and reads the rows of one table."""

    def __init__(self, table: Table, columns: Sequence[str] | None = None) -> None:
        """`columns`: in their order in the lines; all of the table's unless given.

        Raises ValueError for a column the table lacks.
        """
        self.columns = tuple(columns if columns is not None else table.columns.keys())
        unknown = set(self.columns) - set(table.columns.keys())
        if unknown or len(set(self.columns)) != len(self.columns):
            raise ValueError("the table has other columns")
        self._encoders = [_of(ENCODERS, table.columns[name]) for name in self.columns]
        self._decoders = [_of(DECODERS, table.columns[name]) for name in self.columns]

    def written(self, rows: Iterable[Row]) -> bytes:
        """A line for each row."""
        return b"".join(line(self._encoded(row)) for row in rows)

    def read(self, values: Sequence[Value]) -> dict[str, Value]:
        """A row by column. Raises ValueError."""
        cells = zip(self.columns, self._decoders, values, strict=True)
        return {
            name: value if value is None or decode is None else decode(value)
            for name, decode, value in cells
        }

    def _encoded(self, row: Row) -> list[Value]:
        return [
            value if value is None or encode is None else encode(value)
            for encode, value in zip(self._encoders, row, strict=True)
        ]


def line(value: Value) -> bytes:
    """One value as one line."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"


def _of(
    converters: dict[type, Callable[[Value], Value]], column: Column[Value]
) -> Callable[[Value], Value] | None:
    instant = isinstance(column.type, UTCDateTime)  # whose python_type is any object
    return converters.get(datetime if instant else column.type.python_type)

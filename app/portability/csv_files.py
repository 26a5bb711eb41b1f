"""The export for spreadsheets: a zip with one CSV a kind of entry and one of the signals.

A further one names what does not open, if there is anything.
"""

import json
import re
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Iterator, Mapping
from contextlib import aclosing
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from pydantic_core import from_json

from app.journal.kinds import KINDS
from app.portability.source import ExportSource
from app.portability.zip_sink import ZipSink

# Cells hold JSON values of every type, hence Any.
Members = Mapping[str, Any]

BYTE_ORDER_MARK = "\ufeff"
"""Without it spreadsheets on Windows read UTF-8 as something else; the viewer writes it too."""

LEADING = ("id", "occurred_at", "local_date", "time_zone")
TRAILING = (
    *("session_id", "note", "tags", "source", "retrospective"),
    *("revision", "created_at", "updated_at"),
)
SIGNALS = "signals"
UNREADABLE, UNREADABLE_COLUMNS = "unreadable", ("record", "id", "revision")
SIGNAL_COLUMNS = (
    *("id", "entry_id", "created_at", "code", "level", "status", "facts"),
    *("acknowledged_at", "dismissed_at", "late_hours", "rule_version", "message"),
)
# Characters that begin a formula, also in their full-width forms, and those that are skipped
# before one is looked for. A plain negative number is none.
FORMULA = re.compile(r"[\s\x00-\x1f\u200b\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20]")
NUMBER = re.compile(r"-?\d+(\.\d+)?")


def columns_of(kind: str) -> tuple[str, ...]:
    """The heading of a kind's file: when, what the kind holds, then the rest of the envelope."""
    own = [name for name in KINDS[kind].content.model_fields if name != "kind"]
    around = {*LEADING, *TRAILING}
    result = ("result",) if kind == "assessment" else ()
    trailing = [name for name in TRAILING if name != "session_id" or kind != "session"]
    return (*LEADING, *(name for name in own if name not in around), *result, *trailing)


def cell(value: object) -> str:
    """One quoted cell; an apostrophe keeps text that looks like a formula from being one."""
    text = _text(value)
    harmless = NUMBER.fullmatch(text) or not FORMULA.match(text)
    return '"' + ("" if harmless else "'") + text.replace('"', '""') + '"'


def row(values: Iterable[object]) -> str:
    """One line of a file."""
    return ",".join(map(cell, values)) + "\r\n"


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return "; ".join(value)
    return json.dumps(value, ensure_ascii=False)


async def csv_pieces(source: ExportSource) -> AsyncGenerator[bytes]:
    """The bytes of the zip, while its files are written one after the other."""
    sink = ZipSink()
    with ZipFile(sink, "w", ZIP_DEFLATED) as folder:  # type: ignore[call-overload]  # writes only
        for name in _names(source):
            async with aclosing(_file(sink, folder, source, name)) as pieces:
                async for piece in pieces:
                    yield piece
    yield sink.taken()


def _names(source: ExportSource) -> Iterator[str]:
    """The last one is known when the others are written."""
    yield from (*KINDS, SIGNALS)
    if any(source.unreadable()):
        yield UNREADABLE


async def _file(
    sink: ZipSink, folder: ZipFile, source: ExportSource, name: str
) -> AsyncGenerator[bytes]:
    own = {SIGNALS: SIGNAL_COLUMNS, UNREADABLE: UNREADABLE_COLUMNS}
    columns = own[name] if name in own else columns_of(name)
    about = ZipInfo(f"{name}.csv", source.now.timetuple()[:6])
    about.compress_type = ZIP_DEFLATED
    with folder.open(about, "w", force_zip64=True) as file:
        file.write((BYTE_ORDER_MARK + row(columns)).encode())
        async for members in _members(source, name):
            file.write(row(members.get(column) for column in columns).encode())
            yield sink.taken()
    yield sink.taken()


async def _members(source: ExportSource, name: str) -> AsyncIterator[Members]:
    if name in KINDS:
        async for entry in source.journal.of_kind(name):
            yield from_json(entry.json())
        return
    if name == UNREADABLE:
        for each in source.unreadable():
            yield each
        return
    async for signals in source.signals():
        for signal in signals:
            yield signal.model_dump(mode="json", exclude_none=True)

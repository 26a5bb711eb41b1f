"""The log: one JSON object a line, of allow-listed members only; no text of a request, ever."""

import hashlib
import hmac
import json
import logging
import sys
from collections.abc import Callable, Hashable, Mapping
from datetime import date
from types import TracebackType
from typing import TextIO

import msgspec

from app.clock import Clock, system_clock

Field = str | int | float | None


class Line(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Every member that a line may hold; those that are None are left out."""

    time: str
    level: str
    event: str
    request_id: Field = None
    trace_id: Field = None
    method: Field = None
    route: Field = None
    status: Field = None
    problem: Field = None
    duration_ms: Field = None
    bytes_in: Field = None
    bytes_out: Field = None
    worker: Field = None
    account: Field = None
    device: Field = None
    exception: Field = None
    place: Field = None
    bucket: Field = None
    action: Field = None
    count: Field = None
    setting: Field = None
    value: Field = None


ALLOWED = frozenset(Line.__struct_fields__) - {"time", "level", "event"}
"""Every member a line may hold beside time, level and event."""

_ENCODER = json.JSONEncoder(separators=(",", ":"))
"""For lines with other characters than printable ASCII: they are rare, it is ten times as slow."""

MOST_MARKS = 4096
"""So many are remembered; then it begins anew."""


class EventLog:
    """Writes events. A member that is not on the list is a mistake and raises ValueError."""

    def __init__(
        self,
        stream: TextIO | None = None,
        clock: Clock = system_clock,
        worker: int | None = None,
    ) -> None:
        """`stream`: standard output unless given. `worker` stands in every line."""
        self._stream = stream or sys.stdout
        self._clock = clock
        self._worker = worker

    def __call__(self, event: str, level: str = "info", **members: Field) -> None:
        """One line; members that are None are left out."""
        members.setdefault("worker", self._worker)
        self._stream.write(log_line(self._clock().isoformat(), level, event, members))
        self._stream.flush()


def log_line(time: str, level: str, event: str, members: Mapping[str, Field]) -> str:
    """The line. Control, escape, bidi and all other characters beyond ASCII are escaped.

    Raises ValueError for a member that is not on the list.
    """
    try:
        record = Line(time=time, level=level, event=event, **members)
    except TypeError:
        raise ValueError("a member is not on the list of the log") from None
    line = msgspec.json.encode(record)
    if line.isascii() and b"\x7f" not in line:
        return line.decode() + "\n"
    return _ENCODER.encode(msgspec.json.decode(line)).replace("\x7f", "\\u007f") + "\n"


def place_of(fault: BaseException) -> tuple[str, str]:
    """Type of an exception, and the module and line where it rose; never its text."""
    kind = type(fault)
    return f"{kind.__module__}.{kind.__qualname__}", _innermost(fault.__traceback__)


def _innermost(trace: TracebackType | None) -> str:
    """The deepest line of our own code, or the deepest line when none is ours."""
    places = []
    while trace is not None:
        module = str(trace.tb_frame.f_globals.get("__name__", "unknown"))
        places.append(f"{module}:{trace.tb_lineno}")
        trace = trace.tb_next
    ours = [place for place in places if place.startswith("app.")]
    return (ours or places or ["unknown"])[-1]


class DayMarks:
    """Marks of accounts and devices: the same within a day, unlinkable from day to day."""

    def __init__(self, key: bytes, clock: Clock = system_clock) -> None:
        """`key`: at least 32 secret bytes, kept for this purpose."""
        self._key = key
        self._clock = clock
        self._day: date | None = None
        self._day_key = b""
        self._made: dict[Hashable, str] = {}

    def __call__(self, subject: Hashable) -> str:
        """16 hexadecimal digits of an HMAC-SHA-256 under today's key."""
        today = self._clock().date()
        if today != self._day or len(self._made) >= MOST_MARKS:
            day_key = hmac.digest(self._key, today.isoformat().encode(), hashlib.sha256)
            self._day, self._day_key, self._made = today, day_key, {}
        mark = self._made.get(subject)
        if mark is None:
            digest = hmac.digest(self._day_key, str(subject).encode(), hashlib.sha256)
            mark = self._made[subject] = digest.hex()[:16]
        return mark


class LibraryRecords(logging.Handler):
    """Takes what libraries log: their name, level, and type and place of an exception."""

    def __init__(self, log: Callable[..., None]) -> None:
        """`log`: where the lines go. (An EventLog; its members are keywords.)"""
        super().__init__()
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        """One line, without the message: libraries put values into it."""
        fault = record.exc_info[1] if record.exc_info else None
        kind, place = place_of(fault) if fault else (None, f"{record.module}:{record.lineno}")
        self._log(f"library.{record.name}", record.levelname.lower(), exception=kind, place=place)


def capture_libraries(log: EventLog, level: int = logging.WARNING) -> None:
    """Send the records of all libraries through `log`, and silence the server's own access log."""
    logging.basicConfig(handlers=[LibraryRecords(log)], level=level, force=True)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = name != "uvicorn.access"

"""Short ways for values between Python and the drivers; SQLAlchemy's own take five times as long.

What is stored is the same to the byte: migrations, tests and this code read each other's rows.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from asyncpg.pgproto import pgproto
from sqlalchemy import Boolean, Date, Dialect, Uuid
from sqlalchemy.types import TypeEngine
from sqlmodel.sql.sqltypes import UTCDateTime

# A column's values are of its own type, which is known at run time alone.
Converter = Callable[[Any], Any]


def reader(kind: TypeEngine[Any], dialect: Dialect) -> Converter | None:
    """What turns a driver's value into Python's; None where nothing is to be done."""
    known = READERS[dialect.name]
    if type(kind) in known:
        return known[type(kind)]
    return kind.dialect_impl(dialect).result_processor(dialect, None)


def writer(kind: TypeEngine[Any], dialect: Dialect) -> Converter | None:
    """What turns a value into the driver's; None where nothing is to be done."""
    known = WRITERS[dialect.name]
    if type(kind) in known:
        return known[type(kind)]
    return kind.dialect_impl(dialect).bind_processor(dialect)


def _read_id(digits: str | None) -> UUID | None:
    # The driver's own class is a uuid.UUID, made and written ten times as fast.
    return None if digits is None else pgproto.UUID(digits)


def _write_id(value: UUID | None) -> str | None:
    return None if value is None else value.hex


def _read_instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text + "+00:00")


@lru_cache(maxsize=256)  # the rows of one write share the instant of their saving
def _write_instant(value: datetime | None) -> str | None:
    if value is None:
        return None
    in_utc = _with_offset(value).astimezone(UTC)
    return in_utc.replace(tzinfo=None).isoformat(" ", "microseconds")


def _aware(value: datetime | None) -> datetime | None:
    return None if value is None else _with_offset(value)


def _with_offset(value: datetime) -> datetime:
    """Raises ValueError for an instant without an offset, which no table may get."""
    if value.tzinfo is None:
        raise ValueError("an instant has no offset")
    return value


def _write_date(value: date | None) -> str | None:
    return None if value is None else value.isoformat()


READERS: dict[str, dict[type, Converter | None]] = {
    "sqlite": {Uuid: _read_id, UTCDateTime: _read_instant},
    "postgresql": {UTCDateTime: None},
}
WRITERS: dict[str, dict[type, Converter | None]] = {
    "sqlite": {
        Uuid: _write_id,
        UTCDateTime: _write_instant,
        Date: _write_date,
        Boolean: None,
    },
    "postgresql": {UTCDateTime: _aware, Boolean: None},
}

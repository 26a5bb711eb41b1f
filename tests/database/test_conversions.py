"""The short ways of values store and read what SQLAlchemy's own would."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import Boolean, Date, Dialect, Uuid
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.postgresql import asyncpg
from sqlalchemy.types import TypeEngine
from sqlmodel.sql.sqltypes import UTCDateTime

from app.database.columns import InstantText
from app.database.conversions import instant_text, reader, writer

SQLITE: Dialect = sqlite.dialect(paramstyle="qmark")
POSTGRESQL: Dialect = asyncpg.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy's own
INSTANTS = st.datetimes(
    min_value=datetime(1900, 1, 2),  # noqa: DTZ001 - hypothesis adds the zone
    max_value=datetime(9999, 12, 30),  # noqa: DTZ001 - UTC must hold it in any zone
    timezones=st.integers(-14 * 60, 14 * 60).map(lambda m: timezone(timedelta(minutes=m))),
)
VALUES: dict[type[TypeEngine[Any]], st.SearchStrategy[Any]] = {
    Uuid: st.uuids(),
    UTCDateTime: INSTANTS,
    Date: st.dates(),
    Boolean: st.booleans(),
}


def theirs(kind: TypeEngine[Any], value: object) -> object:
    """What SQLAlchemy hands to SQLite."""
    bind = kind.dialect_impl(SQLITE).bind_processor(SQLITE)
    return bind(value) if bind else value


@pytest.mark.parametrize("kind", VALUES)
def test_sqlite_gets_the_same_bytes(kind: type[TypeEngine[Any]]) -> None:
    write, read = writer(kind(), SQLITE), reader(kind(), SQLITE)

    @given(VALUES[kind])
    def holds(value: Any) -> None:
        stored = write(value) if write else value
        assert stored == theirs(kind(), value)
        assert (read(stored) if read else stored) == value

    holds()


@pytest.mark.parametrize("kind", VALUES)
@pytest.mark.parametrize("dialect", [SQLITE, POSTGRESQL], ids=["sqlite", "postgresql"])
def test_nothing_stays_nothing(kind: type[TypeEngine[Any]], dialect: Dialect) -> None:
    for convert in (writer(kind(), dialect), reader(kind(), dialect)):
        assert convert is None or convert(None) is None


@pytest.mark.parametrize("dialect", [SQLITE, POSTGRESQL], ids=["sqlite", "postgresql"])
def test_an_instant_without_an_offset_is_refused(dialect: Dialect) -> None:
    write = writer(UTCDateTime(), dialect)
    assert write is not None
    with pytest.raises(ValueError, match="no offset"):
        write(datetime(2026, 1, 1))  # noqa: DTZ001 - that is the point


def test_what_is_read_has_the_types_that_the_house_uses() -> None:
    read_id, read_instant = reader(Uuid(), SQLITE), reader(UTCDateTime(), SQLITE)
    assert read_id is not None
    assert read_instant is not None
    account = uuid4()
    assert isinstance(read_id(account.hex), UUID)
    assert {account: 1}[read_id(account.hex)] == 1
    instant = read_instant("2026-06-01 12:00:00.123456")
    assert instant == datetime(2026, 6, 1, 12, 0, 0, 123456, tzinfo=UTC)
    assert instant.tzinfo is UTC
    read_day = reader(Date(), SQLITE)
    assert read_day is not None
    assert read_day("2026-06-01") == date(2026, 6, 1)


@given(INSTANTS)
@example(datetime(2026, 6, 1, 12, tzinfo=UTC))
@example(datetime(2026, 6, 1, 12, 0, 0, 999, tzinfo=UTC))
@example(datetime(2026, 6, 1, 12, 0, 0, 999_999, tzinfo=UTC))
def test_instants_are_shown_in_utc_to_the_millisecond_on_both_engines(instant: datetime) -> None:
    in_utc = instant.astimezone(UTC).replace(tzinfo=None)
    told = in_utc.isoformat(timespec="milliseconds").encode() + b"Z"
    write = writer(UTCDateTime(), SQLITE)
    stored_as_text = reader(InstantText(), SQLITE)
    as_text = reader(InstantText(), POSTGRESQL)
    assert write is not None
    assert stored_as_text is not None
    assert as_text is not None
    assert instant_text(instant) == told
    assert as_text(instant) == told
    assert stored_as_text(write(instant)) == told

"""Parameters of many rows are bound as those of each alone, literals of the statement included."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Dialect, bindparam, update
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.postgresql import asyncpg

from app.database import table_of
from app.database.statements import Compiled
from app.journal.tables import EntryRow

ENTRY = table_of(EntryRow)
POSTGRESQL: Dialect = asyncpg.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy's own
MOVE = (
    update(ENTRY)
    .where(ENTRY.c.account_id == bindparam("account"), ENTRY.c.kind == "mood")
    .values(
        revision=bindparam("to_revision"),
        occurred_at=bindparam("at"),
        local_date=bindparam("day"),
        sealed=bindparam("to_sealed"),
    )
)


def a_row(number: int) -> dict[str, Any]:
    """The parameters of one row; every other one is a tombstone's."""
    content = {"at": datetime(2026, 6, number, tzinfo=UTC), "day": date(2026, 6, number)}
    empty = {"at": None, "day": None}
    of_both = {"account": uuid4(), "to_revision": number, "to_sealed": bytes(number)}
    return of_both | (content if number % 2 else empty)


@pytest.mark.parametrize(
    "dialect", [sqlite.dialect(paramstyle="qmark"), POSTGRESQL], ids=["sqlite", "postgresql"]
)
def test_many_rows_are_bound_as_each_alone(dialect: Dialect) -> None:
    compiled = Compiled(MOVE, dialect)
    rows = [a_row(number) for number in range(1, 6)]
    bound = compiled.bind_each(rows)
    assert bound == [tuple(compiled.bind(row)) for row in rows]
    assert all("mood" in each for each in bound)
    assert compiled.bind_each([]) == []
    with pytest.raises(KeyError):
        compiled.bind_each([*rows, {"account": uuid4()}])

"""Every statement of the stores, with values for its parameters that would fit the owner's rows."""

import inspect
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Boolean, Date, Insert, Integer, LargeBinary, String, Uuid
from sqlalchemy.sql import Executable
from sqlalchemy.types import NullType
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

from app.database import Lookup
from app.database.statements import POSTGRESQL, PerEngine, is_on_patients_rows
from tests.access.owner import Owned
from tests.database.known_lookups import STORES

LATE = datetime(2999, 1, 1, tzinfo=UTC)
LOWER = {"since", "after", "first", "least", "soonest", "to_seq", "to_head", "to_revision"}
"""Parameters that are met by what is above them, or that are written."""

SQLITE_ALONE = {"app.audit.store_whole.RAW_HEADS", "app.audit.store_whole.RAW_LINKS"}
"""In that engine's words: the other one keeps no value of another type than its column's."""


def statements() -> Iterator[tuple[str, Any]]:
    """(name, statement for PostgreSQL) of all that touch patients' rows, save look-ups."""
    for module in STORES:
        for name, found in inspect.getmembers(module):
            if isinstance(found, Lookup) or not isinstance(found, Executable | PerEngine):
                continue
            if f"{module.__name__}.{name}" in SQLITE_ALONE:
                continue
            plain: Any = found.for_dialect(POSTGRESQL) if isinstance(found, PerEngine) else found
            if is_on_patients_rows(plain):
                yield f"{module.__name__}.{name}", plain


READ_OR_CHANGE = {name: each for name, each in statements() if not isinstance(each, Insert)}
ADD = {name: each for name, each in statements() if isinstance(each, Insert)}


def values_for(statement: Any, owned: Owned) -> dict[str, object]:
    """Values that find as much of the owner's as can be found."""
    binds = statement.compile(dialect=POSTGRESQL).binds
    return {name: _value(name, bind.type, owned) for name, bind in binds.items() if bind.required}


def _value(name: str, kind: Any, owned: Owned) -> object:
    if name in ("account", "account_id"):
        return owned.account_id
    if f"{name}_id" in owned.places:
        return owned.places[f"{name}_id"]
    if name in ("ids", "entries", "accounts"):
        return [owned.places["entry_id"], owned.session_id, owned.spare_id]
    low = name in LOWER
    kinds: list[tuple[type, object]] = [
        (Uuid, uuid4()),
        (Integer, 1 if low else 10_000),
        (NullType, 10_000),
        (Boolean, True),
        (LargeBinary, b"x" * 32),
        (Date, date.min if low else date.max),
        (UTCDateTime, LATE),
        (String, "x"),
        (AutoString, "x"),
    ]
    return next(sample for each, sample in kinds if isinstance(kind, each))

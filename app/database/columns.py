"""Column types and one construct that both engines understand."""

import json
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Dialect, Table, Text, Uuid, bindparam
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import Boolean, TypeDecorator, TypeEngine
from sqlmodel import SQLModel
from sqlmodel.sql.sqltypes import UTCDateTime

FIRST_ID, FINAL_ID = UUID(int=0), UUID(int=2**128 - 1)


def table_of(model: type[SQLModel]) -> Table:
    """The table that a SQLModel class describes."""
    table: Table = model.__table__  # type: ignore[attr-defined]  # SQLModel adds it at run time
    return table


class IdList(TypeDecorator[list[UUID]]):
    """A bound list of ids: an array for PostgreSQL, a JSON text for SQLite."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The engine's own way to carry a list."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(ARRAY(Uuid()))
        return dialect.type_descriptor(Text())

    def process_bind_param(self, value: Iterable[UUID] | None, dialect: Dialect) -> Any:
        """A list of UUIDs, or the JSON text of their stored form."""
        ids = list(value or ())
        return ids if dialect.name == "postgresql" else json.dumps([each.hex for each in ids])


class IdText(TypeDecorator[bytes]):
    """An id that is read as ASCII text in its canonical form: what answers show of it."""

    impl = Uuid
    cache_ok = True


class InstantText(TypeDecorator[bytes]):
    """An instant that is read as answers show it: UTC, milliseconds, `Z`, in ASCII."""

    impl = UTCDateTime
    cache_ok = True


class DriversInstant(TypeDecorator[object]):
    """An instant as the driver gives it, for rows of which one is looked at: see `instant_from`."""

    impl = UTCDateTime
    cache_ok = True


class is_among(ColumnElement[bool]):  # noqa: N801 - reads as an operator in statements
    """`column` is one of the ids bound under `name`; the number of ids may vary at each run."""

    inherit_cache = False
    type = Boolean()
    # Else SQLite, which knows no booleans, is asked `… = 1`, and no index answers that.
    _is_implicitly_boolean = True

    def __init__(self, column: Any, name: str) -> None:
        """`column` is any UUID column, `name` the parameter that carries the list."""
        self.column = column
        self.ids = bindparam(name, type_=IdList())


@compiles(is_among, "postgresql")
def _among_array(element: is_among, compiler: SQLCompiler, **kw: Any) -> str:
    return f"{compiler.process(element.column, **kw)} = ANY ({compiler.process(element.ids, **kw)})"


@compiles(is_among, "sqlite")
def _among_json(element: is_among, compiler: SQLCompiler, **kw: Any) -> str:
    column = compiler.process(element.column, **kw)
    ids = compiler.process(element.ids, **kw)
    return f"{column} IN (SELECT value FROM json_each({ids}))"  # noqa: S608 - compiled parts

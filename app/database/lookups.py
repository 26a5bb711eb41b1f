"""Reads that come before the account is known: on PostgreSQL through a function past the walls."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnClause, Dialect, Select, bindparam, column, select
from sqlalchemy import func as sql
from sqlalchemy.sql import Executable

from app.database.statements import PerEngine


class Lookup(PerEngine):
    """A read past the walls: what SQLite selects, PostgreSQL asks of a function.

    The function is made by a migration and gives the same columns in the same order. Every read
    of walled rows without an account is one of these.
    """

    past_walls = True

    def __init__(self, name: str, plain: Select[Any], parameters: Sequence[str]) -> None:
        """`name` of the function; `parameters` of `plain` in the order of the function's."""
        super().__init__(lambda _insert: plain)
        self.name = name
        self.plain = plain
        self.parameters = tuple(parameters)

    def for_dialect(self, dialect: Dialect) -> Executable:
        """The statement as this dialect wants it."""
        return self._asked() if dialect.name == "postgresql" else self.plain

    def _asked(self) -> Select[Any]:
        binds: dict[str, Any] = self.plain.compile().binds  # SQLAlchemy types no binds
        given = [bindparam(each, type_=binds[each].type) for each in self.parameters]
        found = getattr(sql, self.name)(*given).table_valued(*self._columns())
        return select(*found.c)

    def _columns(self) -> list[ColumnClause[Any]]:
        return [column(each.name, each.type) for each in self.plain.exported_columns]

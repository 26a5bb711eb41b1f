"""Statements are compiled once an engine, into text, binders and row readers."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Dialect, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import asyncpg
from sqlalchemy.sql import ClauseElement, Executable
from sqlalchemy.sql.util import find_tables

from app.database.conversions import Converter, reader, writer

POSTGRESQL: Dialect = asyncpg.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy left it untyped
"""What statements for asyncpg are compiled in."""

PLACE = re.compile(r"\$(\d+)")
"""Of a parameter, in PostgreSQL's words."""


class PerEngine:
    """A statement that the two dialects spell differently, such as an upsert."""

    past_walls = False
    """Whether it may look at patients' rows before the account is known."""

    def __init__(self, build: Callable[[Any], Executable]) -> None:
        """`build` gets the dialect's `insert` and returns the statement."""
        self._build = build

    def for_dialect(self, dialect: Dialect) -> Executable:
        """The statement as this dialect wants it."""
        insert = postgresql.insert if dialect.name == "postgresql" else sqlite.insert
        return self._build(insert)


def per_engine(build: Callable[[Any], Executable]) -> PerEngine:
    """Let `build(insert)` make the statement with the dialect's own `insert`."""
    return PerEngine(build)


class Compiled:
    """One statement in one engine's words."""

    __slots__ = ("_binders", "_readers", "sql")

    def __init__(self, statement: Executable, dialect: Dialect) -> None:
        """Compile `statement`; raises what SQLAlchemy raises for a wrong one."""
        if not isinstance(statement, ClauseElement):
            raise TypeError("a statement is a SQLAlchemy construct")
        compiled: Any = statement.compile(dialect=dialect)
        self.sql: str = str(compiled)
        self._binders = tuple(
            _binder(name, compiled.binds[name], dialect) for name in compiled.positiontup
        )
        columns: Sequence[Any] = list(getattr(statement, "exported_columns", ()))
        readers = [reader(column.type, dialect) for column in columns]
        self._readers = tuple((place, read) for place, read in enumerate(readers) if read)

    def bind(self, parameters: Mapping[str, object]) -> list[object]:
        """The parameters in the order of their places. Raises KeyError for a missing one."""
        bound: list[object] = []
        for name, convert, literal in self._binders:
            value = parameters[name] if literal is None else literal[0]
            bound.append(convert(value) if convert else value)
        return bound

    def bind_each(self, rows: Sequence[Mapping[str, object]]) -> list[tuple[object, ...]]:
        """As `bind`, for many sets of parameters, converted column by column."""
        columns: list[Iterable[object]] = []
        for name, convert, literal in self._binders:
            values = [row[name] for row in rows] if literal is None else literal * len(rows)
            columns.append(map(convert, values) if convert else values)
        return list(zip(*columns, strict=True))

    def rows(self, raw: Sequence[Sequence[Any]]) -> list[tuple[Any, ...]]:
        """A driver's rows with each value in its Python type, converted column by column."""
        if not self._readers:
            return [tuple(row) for row in raw]
        if len(raw) == 1:
            return [self.row(raw[0])]
        columns: list[Iterable[Any]] = list(zip(*raw, strict=True))
        if not columns:
            return []
        for place, read in self._readers:
            columns[place] = map(read, columns[place])
        return list(zip(*columns, strict=True))

    def row(self, raw: Sequence[Any]) -> tuple[Any, ...]:
        """The same for one row alone, which wants no columns."""
        values = list(raw)
        for place, read in self._readers:
            values[place] = read(values[place])
        return tuple(values)


def _binder(
    name: str, bind: Any, dialect: Dialect
) -> tuple[str, Converter | None, tuple[object] | None]:
    """Name, conversion and, for a literal of the statement, its value in a tuple of one."""
    literal = None if bind.required else (bind.effective_value,)
    return name, writer(bind.type, dialect), literal


@cache
def together(statements: tuple[str, ...]) -> str:
    """PostgreSQL's statements of changes as one; their parameters stand one after the other.

    What changes something inside WITH runs whole and once, and all parts see the rows that were
    there before any of them (PostgreSQL's manual, 7.8.4).
    """
    texts: list[str] = []
    before = 0
    for each in statements:
        texts.append(_moved(each, before))
        before += max((int(number) for number in PLACE.findall(each)), default=0)
    *others, last = texts
    parts = ", ".join(f"part_{number} AS ({text})" for number, text in enumerate(others))
    return f"WITH {parts} {last}" if others else last


def _moved(statement: str, places: int) -> str:
    """The statement with the numbers of its parameters raised."""
    return PLACE.sub(lambda place: f"${int(place[1]) + places}", statement)


class AccountUnknown(RuntimeError):
    """A statement on patients' rows ran where no account was named: a fault of this code."""


class StatementCache:
    """The compiled form of every statement an engine has met."""

    def __init__(self, dialect: Dialect, *, with_account: bool = True) -> None:
        """One cache serves one dialect, and transactions that name an account or do not.

        Row security would show those who do not nothing; their statements are refused instead, on
        both engines, unless they are look-ups.
        """
        self._dialect = dialect
        self._with_account = with_account
        self._compiled: dict[object, Compiled] = {}

    def __getitem__(self, statement: object) -> Compiled:
        """The compiled form, made at the first use. Statements are module constants.

        Raises AccountUnknown.
        """
        known = self._compiled.get(statement)
        if known is None:
            plain = self.plain(statement)
            past_walls = getattr(statement, "past_walls", False)
            if not (self._with_account or past_walls) and is_on_patients_rows(plain):
                raise AccountUnknown("no account was named for a statement on a patient's rows")
            known = self._compiled[statement] = Compiled(plain, self._dialect)
        return known

    # What a statement is made of is SQLAlchemy's, and untyped.
    def plain(self, statement: Any) -> Any:
        """A statement as this dialect wants it."""
        differs = isinstance(statement, PerEngine)
        return statement.for_dialect(self._dialect) if differs else statement


def is_on_patients_rows(statement: ClauseElement) -> bool:
    """Whether a statement reads or writes a table that has accounts."""
    return any("account_id" in each.c for each in _tables(statement))


def tables_of(statement: ClauseElement) -> set[str]:
    """The names of all tables that a statement reads or writes."""
    return {each.name for each in _tables(statement)}


def _tables(statement: ClauseElement) -> list[Table]:
    found = find_tables(
        statement,
        check_columns=True,
        include_joins=True,
        include_selects=True,
        include_crud=True,
    )
    return [each for each in found if isinstance(each, Table)]

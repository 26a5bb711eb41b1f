"""Statements are compiled once an engine, into text, binders and row readers."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Dialect
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql import ClauseElement, Executable

Converter = Callable[[Any], Any]


class PerEngine:
    """A statement that the two dialects spell differently, such as an upsert."""

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

    __slots__ = ("_binders", "_converters", "sql")

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
        converters = [
            column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns
        ]
        self._converters = tuple(
            (place, convert) for place, convert in enumerate(converters) if convert
        )

    def bind(self, parameters: Mapping[str, object]) -> list[object]:
        """The parameters in the order of their places. Raises KeyError for a missing one."""
        bound: list[object] = []
        for name, convert, literal in self._binders:
            value = parameters[name] if literal is None else literal[0]
            bound.append(convert(value) if convert else value)
        return bound

    def row(self, raw: Sequence[Any]) -> tuple[Any, ...]:
        """A driver's row with each value in its Python type."""
        if not self._converters:
            return tuple(raw)
        values = list(raw)
        for place, convert in self._converters:
            values[place] = convert(values[place])
        return tuple(values)


def _binder(
    name: str, bind: Any, dialect: Dialect
) -> tuple[str, Converter | None, tuple[object] | None]:
    """Name, conversion and, for a literal of the statement, its value in a tuple of one."""
    convert = bind.type.dialect_impl(dialect).bind_processor(dialect)
    return name, convert, None if bind.required else (bind.effective_value,)


class StatementCache:
    """The compiled form of every statement an engine has met."""

    def __init__(self, dialect: Dialect) -> None:
        """One cache serves one dialect."""
        self._dialect = dialect
        self._compiled: dict[object, Compiled] = {}

    def __getitem__(self, statement: object) -> Compiled:
        """The compiled form, made at the first use. Statements are module constants."""
        known = self._compiled.get(statement)
        if known is None:
            plain: Any = (
                statement.for_dialect(self._dialect)
                if isinstance(statement, PerEngine)
                else statement
            )
            known = self._compiled[statement] = Compiled(plain, self._dialect)
        return known

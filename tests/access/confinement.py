"""Whether a statement can be answered by the one place that has an account's rows."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import BindParameter, Column, Insert, Table
from sqlalchemy.sql import visitors
from sqlalchemy.sql.elements import BinaryExpression, BooleanClauseList
from sqlalchemy.sql.operators import eq, or_
from sqlalchemy.sql.selectable import Alias

KEY = "account_id"


def strays(statement: Any) -> set[str]:
    """Names of tables and aliases with accounts that no equality ties to one bound account.

    An insert is tied by the account it gives. (SQLAlchemy types no element of a statement.)
    """
    found = {each for each in visitors.iterate(statement) if isinstance(each, Table | Alias)}
    aliased = {str(getattr(each.element, "name", "")) for each in found if isinstance(each, Alias)}
    named = {str(each.name) for each in found if KEY in each.c}
    inserted = statement.table if isinstance(statement, Insert) else None
    tied = {str(inserted.name)} if inserted is not None and _gives_account(statement) else set()
    links: list[tuple[str, str]] = []
    for left, right in _equalities(statement):
        if isinstance(right, BindParameter):
            tied.add(left)
        elif isinstance(right, Column) and right.name == KEY:
            links.append((left, str(right.table.name)))
    for _ in links:
        for one, other in links:
            if {one, other} & tied:
                tied |= {one, other}
    only_aliased = {name for name in aliased if not _is_read_itself(statement, name)}
    return named - tied - only_aliased


def _equalities(element: Any) -> Iterator[tuple[str, Any]]:
    """(table, what its account must equal); what stands beside an OR ties nothing."""
    if isinstance(element, BooleanClauseList) and element.operator is or_:
        return
    if isinstance(element, BinaryExpression) and element.operator is eq:
        left = element.left
        if isinstance(left, Column) and left.name == KEY:
            yield str(left.table.name), element.right
    for child in element.get_children():
        yield from _equalities(child)


def _is_read_itself(statement: Any, name: str) -> bool:
    """A table under an alias is met on the way; it counts if a column of its own is used too."""
    return any(
        isinstance(each, Column) and each.table is not None and each.table.name == name
        for each in visitors.iterate(statement)
    )


def _gives_account(statement: Insert) -> bool:
    return KEY in statement.compile().params

"""Connections that somebody has left and nobody uses yet."""

from contextlib import suppress
from typing import Any, NamedTuple

import asyncpg


class Left(NamedTuple):
    """A connection that nobody uses, and since when (seconds of the loop)."""

    connection: Any
    since: float


def newest(left: list[Left]) -> Any:
    """Take the last that was left and is not lost; None if there is none."""
    while left:
        connection = left.pop().connection
        if not is_lost(connection):
            return connection
        throw_away(connection)
    return None


def is_lost(connection: Any) -> bool:
    """Whether the server has gone away meanwhile; the pool has noticed by itself."""
    try:
        return bool(connection.is_closed())
    except asyncpg.InterfaceError:
        return True


def throw_away(connection: Any) -> None:
    """The pool makes another when one is wanted."""
    with suppress(asyncpg.InterfaceError):  # it is lost already
        connection.terminate()

"""The narrow door to the bare drivers: prepared statements, no pool logic, no conversions."""

from collections.abc import Sequence
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import Dialect

from benchmarks.statements import Bare, Values

# A driver's own values: whatever type it likes best for ids, days and instants.
Value = Any
Step = tuple[Bare, Values]


class Session(Protocol):
    """One connection, and at most one transaction on it."""

    async def rows(self, statement: Bare, values: Values) -> list[Any]:
        """All rows as the driver gives them."""
        ...

    async def run(self, statement: Bare, values: Values) -> None:
        """One statement."""
        ...

    async def run_many(self, statement: Bare, rows: Sequence[Values]) -> None:
        """One statement for many rows, in one batch."""
        ...

    async def run_together(self, *steps: Step) -> None:
        """Statements that change different tables, in one go where the engine can."""
        ...

    async def begin(self, account: Value, *, write: bool) -> None:
        """Open a transaction for an account."""
        ...

    async def commit(self) -> None:
        """End it."""
        ...


class Driver(Protocol):
    """An engine's driver."""

    dialect: Dialect

    async def acquire(self) -> Session:
        """A session that is free."""
        ...

    def release(self, session: Session) -> None:
        """Give it back."""
        ...

    def id(self, value: UUID) -> Value:
        """An id as stored."""
        ...

    def uuid(self, stored: Value) -> UUID:
        """An id from what is stored."""
        ...

    def text(self, stored: Value) -> str:
        """The canonical text of a stored id, which sealed values are bound to."""
        ...

    def ids(self, values: Sequence[UUID]) -> Value:
        """A bound list of ids."""
        ...

    def day(self, text: str) -> Value:
        """A date as stored."""
        ...

    def now(self) -> Value:
        """This instant as stored."""
        ...

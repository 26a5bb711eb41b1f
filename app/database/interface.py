"""What the rest of the house knows of a database."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Protocol, TypeVar
from uuid import UUID

from sqlalchemy.sql import Executable

from app.database.statements import PerEngine

# The types of a row's columns are those of its statement, which the type system cannot carry.
Row = tuple[Any, ...]
Parameters = Mapping[str, object]
Statement = Executable | PerEngine
T = TypeVar("T")


class Transaction(Protocol):
    """One open transaction. Statements are SQLAlchemy Core with named parameters."""

    async def fetch(self, statement: Statement, parameters: Parameters | None = None) -> list[Row]:
        """All rows, each a tuple in the order of the statement's columns."""
        ...

    async def fetch_one(
        self, statement: Statement, parameters: Parameters | None = None
    ) -> Row | None:
        """The first row, or None."""
        ...

    async def execute(self, statement: Statement, parameters: Parameters | None = None) -> int:
        """Run one statement; the number of rows it touched."""
        ...

    async def execute_many(self, statement: Statement, rows: Sequence[Parameters]) -> None:
        """Run one statement for many parameter sets, in one batch."""
        ...


Work = Callable[[Transaction], Awaitable[T]]


class Database(Protocol):
    """An engine. Each call of `read` and `write` is one transaction.

    `work` may await nothing but the transaction it is given (SQLite runs it inside a database
    thread), and must be safe to be dropped: when it raises, all it did is undone. `account_id`
    names the patient whose rows are touched; None only where the account is not known yet.
    """

    engine: str

    async def read(self, account_id: UUID | None, work: Work[T], *, brief: bool = False) -> T:
        """Run `work` in one read-only transaction.

        `brief`: it reads a few hundred rows at most, found by an index. Raises DatabaseOverloaded
        or DatabaseUnavailable.
        """
        ...

    async def write(self, account_id: UUID | None, work: Work[T]) -> T:
        """Run `work` and commit; when this returns, the change is durable.

        Raises DatabaseOverloaded, DatabaseUnavailable or UniqueViolation.
        """
        ...

    async def close(self) -> None:
        """Finish what runs and let go of every connection."""
        ...

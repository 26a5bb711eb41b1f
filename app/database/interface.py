"""What the rest of the house knows of a database."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, NamedTuple, Protocol, TypeVar
from uuid import UUID

from sqlalchemy.sql import Executable

from app.database.statements import PerEngine

# The types of a row's columns are those of its statement, which the type system cannot carry.
Row = tuple[Any, ...]
Parameters = Mapping[str, object]
Statement = Executable | PerEngine
Step = tuple[Statement, Parameters]
"""A statement and its parameters."""
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

    async def execute_together(self, *steps: Step) -> None:
        """Run statements that change different tables, in one go where the engine can.

        None may look at what another changes: on PostgreSQL each sees what was there before all.
        """
        ...


class Snapshot(Transaction, Protocol):
    """A read-only transaction that sees one state however long it lasts."""

    def chunks(
        self, statement: Statement, parameters: Parameters | None = None
    ) -> AsyncIterator[list[Row]]:
        """The rows of a statement, some hundred at a time; no more of them are ever held.

        Raises DatabaseUnavailable when the snapshot has lasted too long.
        """
        ...


class Usage(NamedTuple):
    """Connections of a process that are busy or idle, and units of work that wait for one.

    On SQLite a connection is a thread that reads; whoever waits for the writer counts too.
    """

    busy: int
    idle: int
    waiting: int


Work = Callable[[Transaction], Awaitable[T]]


class Database(Protocol):
    """An engine. Each call of `read` and `write` is one transaction.

    `work` may await nothing but the transaction it is given (SQLite runs it at one go), and must be
    safe to be dropped: when it raises, all it did is undone. `account_id` names the patient whose
    rows are touched; None only where the account is not known yet.
    """

    engine: str
    has_replica: bool
    """Whether reads that may go to a replica have one to go to."""

    async def read(
        self, account_id: UUID | None, work: Work[T], *, brief: bool = False, replica: bool = False
    ) -> T:
        """Run `work` in one read-only transaction.

        `brief`: it reads a few hundred rows at most, found by an index. `replica`: a replica may
        be asked, if it has all that the primary has of this account at that time. Raises
        DatabaseOverloaded or DatabaseUnavailable.
        """
        ...

    async def write(self, account_id: UUID | None, work: Work[T], *, brief: bool = False) -> T:
        """Run `work` and commit; when this returns, the change is durable.

        `brief`: it touches a few rows, found by an index, and takes a millisecond at most.
        Raises UniqueViolation: then nothing was stored. Raises DatabaseOverloaded or
        DatabaseUnavailable: then all of it was, or nothing, for a COMMIT may end unheard.
        """
        ...

    async def close(self) -> None:
        """Finish what runs and let go of every connection."""
        ...


class StreamingDatabase(Database, Protocol):
    """An engine that can also be read slowly: what an export needs, and nobody else."""

    def stream(self, account_id: UUID) -> AbstractAsyncContextManager[Snapshot]:
        """One snapshot for an answer that is written while it is read; the caller may take time.

        It keeps no writer waiting. Raises DatabaseOverloaded or DatabaseUnavailable.
        """
        ...


class WholeDatabase(StreamingDatabase, Protocol):
    """An engine as its keepers know it: what backs it up needs all of it at one moment."""

    async def snapshot(self, work: Work[T]) -> T:
        """Run `work` in one read-only transaction whose statements all see the same moment.

        It may last. Raises as `read`.
        """
        ...

    def usage(self) -> Usage:
        """How busy this process keeps its database."""
        ...

    async def empty_log(self) -> bool:
        """Let nothing that was deleted linger in the log beside the tables (SQLite's WAL).

        False while readers keep it from that: then it has to be asked again. PostgreSQL's log is
        its own: its archives count as backups.
        """
        ...

    async def vacuum(self, tables: Sequence[str]) -> None:
        """Have the space of deleted rows cleared, where the engine does not at once.

        Raises DatabaseUnavailable where it could not be, or not all of it.
        """
        ...

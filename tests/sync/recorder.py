"""A database that notes the statements of each unit of work and runs them on the real one."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar
from uuid import UUID

from sqlalchemy.sql import Executable

from app.accounts import store_accounts, store_mail
from app.audit import store as audit_store
from app.database import Database, Row, Transaction
from app.database.interface import Parameters, Statement, Step, Work
from app.database.statements import PerEngine
from app.journal import store as journal_store
from app.journal import store_digests, store_ready
from app.journal.journal import Journal
from app.safety import store as safety_store
from app.trends import store_standing
from app.trends.tabulation import TABULATION
from app.vault import store as vault_store
from tests.service import Service

STORES = {
    "journal": journal_store,
    "digests": store_digests,
    "ready": store_ready,
    "audit": audit_store,
    "vault": vault_store,
    "safety": safety_store,
    "standing": store_standing,
    "accounts": store_accounts,
    "mail": store_mail,
}
NAMES = {
    statement: f"{room}.{name}"
    for room, module in STORES.items()
    for name, statement in vars(module).items()
    if isinstance(statement, Executable | PerEngine)
}
T = TypeVar("T")
Between = Callable[[str], Awaitable[None]]


class RecordingTransaction:
    """Notes each statement after it ran, then lets `between` do what the test wants there."""

    def __init__(self, inner: Transaction, seen: list[str], between: Between | None) -> None:
        """`seen` grows by one a statement, whatever the number of its parameter sets."""
        self._inner = inner
        self._seen = seen
        self._between = between

    async def fetch(self, statement: Statement, parameters: Parameters | None = None) -> list[Row]:
        """All rows."""
        rows = await self._inner.fetch(statement, parameters)
        await self._note(statement)
        return rows

    async def fetch_one(
        self, statement: Statement, parameters: Parameters | None = None
    ) -> Row | None:
        """The first row."""
        row = await self._inner.fetch_one(statement, parameters)
        await self._note(statement)
        return row

    async def execute(self, statement: Statement, parameters: Parameters | None = None) -> int:
        """The number of rows touched."""
        touched = await self._inner.execute(statement, parameters)
        await self._note(statement)
        return touched

    async def execute_many(self, statement: Statement, rows: Sequence[Parameters]) -> None:
        """One batch is one statement."""
        await self._inner.execute_many(statement, rows)
        await self._note(statement)

    async def execute_together(self, *steps: Step) -> None:
        """Each is a statement; they run as one."""
        await self._inner.execute_together(*steps)
        for statement, _ in steps:
            await self._note(statement)

    async def _note(self, statement: Statement) -> None:
        self._seen.append(NAMES[statement])
        if self._between is not None:
            await self._between(NAMES[statement])


class RecordingDatabase:
    """Stands before a real database; `units` holds the names of each transaction's statements."""

    def __init__(self, inner: Database, between: Between | None = None) -> None:
        """`between` runs after each statement; on SQLite it must not suspend."""
        self._inner = inner
        self._between = between
        self.engine, self.has_replica = inner.engine, inner.has_replica
        self.units: list[list[str]] = []
        self.brief: list[bool] = []
        """Of each write, whether it is said to be."""

    async def read(
        self, account_id: UUID | None, work: Work[T], *, brief: bool = False, replica: bool = False
    ) -> T:
        """As the real one."""
        return await self._inner.read(
            account_id, self._recorded(work), brief=brief, replica=replica
        )

    async def write(self, account_id: UUID | None, work: Work[T], *, brief: bool = False) -> T:
        """As the real one."""
        self.brief.append(brief)
        return await self._inner.write(account_id, self._recorded(work), brief=brief)

    async def close(self) -> None:
        """As the real one."""
        await self._inner.close()

    def _recorded(self, work: Work[T]) -> Work[T]:
        async def recorded(transaction: Transaction) -> T:
            seen: list[str] = []
            self.units.append(seen)
            return await work(RecordingTransaction(transaction, seen, self._between))

        return recorded


def record(service: Service, between: Between | None = None) -> RecordingDatabase:
    """Let the service's journal run on a recording database from now on."""
    journal: Journal = service.app.state.provided[Journal]
    recorder = RecordingDatabase(journal._database, between)
    service.app.state.provided[Journal] = Journal(
        recorder, journal.sync._vault, service.clock, journal._keeper, TABULATION
    )
    return recorder

"""A service's connections to PostgreSQL, and what the server says of them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

import asyncpg
from sqlalchemy import bindparam, insert, select, text

from app.database import Transaction, open_database, table_of
from app.database.postgresql import PostgreSQL
from app.journal.tables import JournalRow
from tests.engines import as_administrator

JOURNAL = table_of(JournalRow)
ADD = insert(JOURNAL)
HEADS = select(JOURNAL.c.head).where(JOURNAL.c.account_id == bindparam("account"))
ACCOUNT_NOW = select(text("current_setting('app.account_id', true) AS account"))
STATES = (
    "SELECT state, pid FROM pg_stat_activity"
    " WHERE datname = current_database() AND application_name = 'afterglow'"
)
IN_READ = "idle in transaction"


class Seen:
    """A service's connections, and what the server says of them."""

    def __init__(self, database: PostgreSQL, administrator: Any) -> None:
        self.database = database
        self.administrator = administrator
        self.account = uuid4()

    async def states(self) -> list[str]:
        return sorted(state for state, _ in await self.administrator.fetch(STATES))

    async def add(self, head: int = 1) -> None:
        row = {"account_id": self.account, "epoch": 0, "head": head}
        await self.database.write(self.account, lambda work: work.execute(ADD, row))

    async def heads(self, account: UUID | None = None) -> list[Any]:
        bound = {"account": self.account}
        named = account or self.account
        return await self.database.read(named, lambda work: work.fetch(HEADS, bound))

    async def account_now(self, named: UUID | None) -> str:
        """Which account the server thinks is asking."""

        async def ask(transaction: Transaction) -> str:
            row = await transaction.fetch_one(ACCOUNT_NOW)
            return str(row[0] or "") if row else ""

        return await self.database.read(named, ask)


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[Seen]:
    database = await open_database(url)
    assert isinstance(database, PostgreSQL)
    administrator = await asyncpg.connect(as_administrator(url))
    try:
        yield Seen(database, administrator)
    finally:
        await database.close()
        await administrator.close()

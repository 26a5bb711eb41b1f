"""A replica of PostgreSQL: read only, asked for some tables alone, and allowed to be away."""

from collections.abc import Collection
from typing import Any, TypeVar
from uuid import UUID

import asyncpg

from app.database.errors import DatabaseUnavailable
from app.database.interface import Work
from app.database.lookups import Lookup
from app.database.postgresql import SERVER_SETTINGS, PostgreSQL
from app.database.postgresql_connections import POOL_SIZE, Connections
from app.database.statements import POSTGRESQL, Compiled, StatementCache, tables_of
from app.database.walls import gaps_seen_by
from app.telemetry import EVENTS

T = TypeVar("T")

REPLICA_SETTINGS = SERVER_SETTINGS | {"default_transaction_read_only": "on"}


class PrimaryAlone(Exception):
    """A statement on a table that no replica is asked about: keys, tokens, links."""


class ReplicaStatements(StatementCache):
    """Compiles what a replica may be asked."""

    def __init__(self, tables: Collection[str]) -> None:
        """`tables`: names of all that may be read there."""
        super().__init__(POSTGRESQL)
        self._tables = frozenset(tables)

    def __getitem__(self, statement: object) -> Compiled:
        """The compiled form. Raises PrimaryAlone."""
        if statement not in self._compiled and not self._may_be_asked(statement):
            raise PrimaryAlone("no replica is asked about this")
        return super().__getitem__(statement)

    def _may_be_asked(self, statement: object) -> bool:
        """A look-up may not: what its function reads, and past which walls, is not seen here."""
        return (
            not isinstance(statement, Lookup) and tables_of(self.plain(statement)) <= self._tables
        )


class Replica(PostgreSQL):
    """A pool of connections to one replica; the first is made when it is needed."""

    @classmethod
    async def beside(
        cls, url: str, tables: Collection[str], connections_at_most: int = POOL_SIZE
    ) -> "Replica":
        """Nothing is asked yet: a replica that is away keeps nobody from starting."""
        made = cls(
            await Connections.open(
                url,
                min_size=0,
                max_size=connections_at_most,
                settings=REPLICA_SETTINGS,
                look=_look_at_walls,
            )
        )
        made._statements = ReplicaStatements(tables)
        return made

    def is_full(self) -> bool:
        """Whether every connection of this process to it is taken."""
        return self.usage().idle <= 0

    async def read(
        self, account_id: UUID | None, work: Work[T], *, brief: bool = False, replica: bool = False
    ) -> T:
        """Run `work` on one moment of the replica.

        Raises what it raises, PrimaryAlone, and DatabaseUnavailable also where a statement was
        cut off because the replica had to go on.
        """
        try:
            if account_id is not None:
                return await self._read(account_id, work)
            return await self.snapshot(work)
        except asyncpg.PostgresError:
            raise DatabaseUnavailable("the replica does not answer") from None


async def _look_at_walls(connection: Any) -> None:
    """What answers now may be another server than the last time. Raises DatabaseUnavailable."""
    gaps = await gaps_seen_by(connection)
    if gaps:
        EVENTS("replica.refused", "error", value="; ".join(gaps))
        raise DatabaseUnavailable("the replica does not stand behind the walls")

"""What tests do to a primary and its replica, and what the service counted of it."""

import asyncio
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg

from app.database import Replicated
from app.journal.journal import Journal
from app.telemetry import REPLICA_READS
from tests.engines import with_database
from tests.faults.cluster import Cluster, Node
from tests.service import Service

MEMORY = Path("/dev/shm")  # noqa: S108 - nothing secret; two servers' files keep a disk busy
TWO_SERVERS_BYTES = 2 * 2**30
STEP_SECONDS = 20.0
REPLAYED = "SELECT pg_last_wal_replay_lsn() >= $1"
PAUSED = "SELECT pg_get_wal_replay_pause_state() = 'paused'"
OUTCOMES = ("replica", "behind", "busy", "away", "slow", "resting", "primary")


def roomy_place() -> Path | None:
    """Memory, where it has room for two servers with their logs; else None, for the disk."""
    is_roomy = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > TWO_SERVERS_BYTES
    return MEMORY if is_roomy else None


@dataclass(frozen=True, slots=True)
class Pair:
    """The servers of a cluster, seen by whoever runs them."""

    cluster: Cluster

    @property
    def primary_url(self) -> str:
        """For the service."""
        return self._as_service(self.cluster.primary)

    @property
    def replica_url(self) -> str:
        """For the service."""
        return self._as_service(self.cluster.standby)

    async def on_primary(self, statement: str, *values: object) -> Any:
        """Run a statement behind the service's back; its value."""
        return await self._ask(self.cluster.primary, statement, *values)

    async def on_replica(self, statement: str, *values: object) -> Any:
        """The same there."""
        return await self._ask(self.cluster.standby, statement, *values)

    async def as_service_on_replica(self, before: str, statement: str, *values: object) -> Any:
        """The same as the service's user, after a first statement."""
        return await _fetched(self.replica_url, statement, *values, before=before)

    async def in_step(self) -> None:
        """Wait until the replica has all that the primary has now."""
        written = await self.on_primary("SELECT pg_current_wal_flush_lsn()")
        async with asyncio.timeout(STEP_SECONDS):
            while not await self.on_replica(REPLAYED, written):
                await asyncio.sleep(0.01)

    async def pause(self) -> None:
        """From now on the replica stays as it is."""
        await self.on_replica("SELECT pg_wal_replay_pause()")
        async with asyncio.timeout(STEP_SECONDS):
            while not await self.on_replica(PAUSED):
                await asyncio.sleep(0.01)

    async def resume(self) -> None:
        """Let it follow again, and wait until it is in step."""
        await self.on_replica("SELECT pg_wal_replay_resume()")
        await self.in_step()

    def restart_replica(self) -> None:
        """Start it where it was killed."""
        if not (self.cluster.standby.folder / "postmaster.pid").exists():
            self.cluster.standby.start()

    def _as_service(self, node: Node) -> str:
        role = f"postgresql://afterglow_app:@127.0.0.1:{node.port}"
        return f"{role}/{self.cluster.database}"

    async def _ask(self, node: Node, statement: str, *values: object) -> Any:
        return await _fetched(with_database(node.url, self.cluster.database), statement, *values)


async def _fetched(url: str, statement: str, *values: object, before: str = "") -> Any:
    connection = await asyncpg.connect(url)
    try:
        if before:
            await connection.execute(before)
        return await connection.fetchval(statement, *values)
    finally:
        await connection.close()


class Counted:
    """What came of reads that a replica might answer, since it was made."""

    def __init__(self) -> None:
        """None yet."""
        self._before = dict(REPLICA_READS.counts)

    def __getitem__(self, outcome: str) -> int:
        """How many ended so."""
        assert outcome in OUTCOMES
        return REPLICA_READS.counts.get((outcome,), 0) - self._before.get((outcome,), 0)

    def told(self) -> dict[str, int]:
        """All outcomes there were."""
        return {each: self[each] for each in OUTCOMES if self[each]}


def service_database(service: Service) -> Replicated:
    """The database of a running service."""
    found = service.app.state.provided[Journal].reading._database
    assert isinstance(found, Replicated)
    return found

"""A real primary with a real replica that nobody waits for, and the service on both."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from app.database import replicated
from tests.clocks import SetClock
from tests.faults.cluster import Cluster, a_server
from tests.replicas.pair import Pair, roomy_place
from tests.service import Service, running
from tests.waiting import PATIENCE_SECONDS


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """Two servers for all tests, which keep apart by making accounts."""
    with a_server(roomy_place()) as servers:
        servers.follow(synchronous=False)
        yield servers


@pytest.fixture
async def pair(cluster: Cluster, anyio_backend: str) -> AsyncIterator[Pair]:
    """Both servers, in step at the beginning and at the end."""
    pair = Pair(cluster)
    await pair.in_step()
    yield pair
    await asyncio.to_thread(pair.restart_replica)
    await pair.resume()


@pytest.fixture
async def service(
    pair: Pair, tmp_path: Path, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Service]:
    """The whole service on both; a replica on a busy machine is not taken for a slow one."""
    monkeypatch.setattr(replicated, "BRIEF_SECONDS", PATIENCE_SECONDS)
    monkeypatch.setattr(replicated, "LONGEST_SECONDS", PATIENCE_SECONDS)
    async with running(pair.primary_url, tmp_path, clock, replica_url=pair.replica_url) as started:
        yield started

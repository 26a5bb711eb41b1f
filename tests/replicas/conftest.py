"""A real primary with a real replica that nobody waits for, and the service on both."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.clocks import SetClock
from tests.faults.cluster import Cluster, a_server
from tests.replicas.pair import MEMORY, Pair
from tests.service import Service, running


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """Two servers for all tests, which keep apart by making accounts."""
    with a_server(MEMORY if MEMORY.is_dir() else None) as servers:
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
async def service(pair: Pair, tmp_path: Path, clock: SetClock) -> AsyncIterator[Service]:
    """The whole service on both."""
    async with running(pair.primary_url, tmp_path, clock, replica_url=pair.replica_url) as started:
        yield started

"""Whole databases of one's own: what is looked at and tampered with here is all there is."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import pytest

from app.audit.anchoring import Anchoring
from app.database import WholeDatabase, open_database
from app.vault import KeyRing
from app.vault.ring_keys import new_ring_text
from tests.audit.chains import a_chain, put, seeded
from tests.clocks import SetClock
from tests.engines import (
    open_whole,
)


@pytest.fixture
async def whole(own_url: str, anyio_backend: str) -> AsyncIterator[WholeDatabase]:
    """The same, open for whoever keeps it."""
    async with open_whole(own_url) as opened:
        yield opened


@pytest.fixture
def ring() -> KeyRing:
    """A ring of one's own."""
    return KeyRing.from_text(new_ring_text())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file of roots in a folder that is not there yet."""
    return tmp_path / "apart" / "roots.jsonl"


@pytest.fixture
async def anchoring(
    own_url: str, whole: WholeDatabase, clock: SetClock, ring: KeyRing, path: Path
) -> AsyncIterator[Anchoring]:
    """What signs, with the rights that the service has, over five chains."""
    chance = seeded(7)
    await put(whole, [a_chain(UUID(int=chance.getrandbits(128)), 4, chance) for _ in range(5)])
    database = await open_database(own_url)
    yield Anchoring(database, clock, ring, path)
    await database.close()

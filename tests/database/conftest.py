"""Fixtures of the database's own tests."""

from collections.abc import AsyncIterator

import pytest

from tests.database.left_connections import Seen, connected


@pytest.fixture
async def seen(own_postgresql_url: str, anyio_backend: str) -> AsyncIterator[Seen]:
    async with connected(own_postgresql_url) as found:
        yield found


@pytest.fixture
def lingering(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is left stays so for longer than any test lasts."""
    monkeypatch.setattr("app.database.postgresql_connections.LINGER_SECONDS", 60.0)

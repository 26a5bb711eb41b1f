"""Fixtures of the accounts room."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

from app.accounts.accounts import Accounts
from app.accounts.passkeys.routes import router as passkeys_router
from app.accounts.routes import router
from app.database import Database, open_database
from app.web.identity import Authenticator
from app.web.shape import build_shell
from tests.accounts.client import Client
from tests.accounts.house import House
from tests.clocks import SetClock


@pytest.fixture
def house(database: Database, clock: SetClock, tmp_path: Path) -> Iterator[House]:
    """The accounts room on each engine in turn."""
    house = House(database, clock, tmp_path / "mail")
    yield house
    house.hasher.close()


@pytest.fixture
async def own_database(own_url: str, anyio_backend: str) -> AsyncIterator[Database]:
    """A database on each engine in turn, for this test alone: nobody else fills its buckets."""
    opened = await open_database(own_url)
    yield opened
    await opened.close()


@pytest.fixture
async def client(house: House) -> AsyncIterator[Client]:
    """The room over HTTP."""
    provided = {Accounts: house.accounts, Authenticator: house.accounts.authenticator}
    app = build_shell("Afterglow", "1.0.0", [router, passkeys_router], provided)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://afterglow.test") as http:
        yield Client(http, house)

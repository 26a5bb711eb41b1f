"""Fixtures of the external issuer."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from app.accounts.accounts import Accounts
from app.accounts.external.fetching import Address, Fetcher
from app.accounts.external.issuer import id_tokens_of
from app.accounts.external.keys import IssuerKeys
from app.accounts.passkeys.routes import router as passkeys_router
from app.accounts.routes import router
from app.web.identity import Authenticator
from app.web.shape import build_shell
from tests.accounts.client import Client
from tests.accounts.external.issuer import HOST, Issuer, running_issuer
from tests.accounts.external.tokens import AUDIENCE
from tests.accounts.house import House
from tests.clocks import SetClock


@pytest.fixture
def issuer(tmp_path: Path) -> Iterator[Issuer]:
    """A running issuer."""
    with running_issuer(tmp_path) as issuer:
        yield issuer


def is_loopback(address: Address) -> bool:
    """The one network of the tests."""
    return address.is_loopback


async def at_home(host: str, _: int) -> list[str]:
    """The issuer lives on this machine, and nobody else has a name."""
    return ["127.0.0.1"] if host == HOST else []


@pytest.fixture
def fetcher(issuer: Issuer) -> Fetcher:
    """Finds the issuer and trusts it."""
    return Fetcher(at_home, is_loopback, issuer.trust)


@pytest.fixture
async def visitor(house: House, issuer: Issuer, fetcher: Fetcher) -> AsyncIterator[Client]:
    """The room over HTTP, with that issuer set."""
    settings = house.settings.model_copy(
        update={"oidc_issuer": issuer.url, "oidc_audience": AUDIENCE}
    )
    id_tokens = id_tokens_of(settings, house.equipment.clock, fetcher)
    house.equipment = replace(house.equipment, id_tokens=id_tokens)
    house.accounts = Accounts.of(house.equipment, ())
    provided = {Accounts: house.accounts, Authenticator: house.accounts.authenticator}
    app = build_shell("Afterglow", "1.0.0", [router, passkeys_router], provided)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://afterglow.test") as http:
        yield Client(http, house)


@pytest.fixture
def keys(issuer: Issuer, fetcher: Fetcher, clock: SetClock) -> IssuerKeys:
    """What knows the keys of the issuer."""
    return IssuerKeys(issuer.url, fetcher, clock)

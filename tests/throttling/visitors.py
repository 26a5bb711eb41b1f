"""People who ask from places of their own, and a service that counts them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

import httpx

from tests.clocks import SetClock
from tests.service import Json, Service, running

DEVICE = {"name": "Phone", "platform": "test"}


@asynccontextmanager
async def limited(
    database_url: str, folder: Path, clock: SetClock, limits: str
) -> AsyncIterator[Service]:
    """The service with its limits in force; what it signs up comes from an address of its own."""
    async with (
        running(database_url, folder, clock, limits=limits) as service,
        at(service, new_address()) as http,
    ):
        service.http = http
        yield service


@asynccontextmanager
async def at(service: Service, address: str) -> AsyncIterator[httpx.AsyncClient]:
    """A client at an address of the network."""
    transport = httpx.ASGITransport(service.app, client=(address, 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://afterglow.test") as http:
        yield http


def new_address() -> str:
    """Of a network that nobody else is in."""
    bits = uuid4().hex
    return f"2001:db8:{bits[:4]}:{bits[4:8]}::1"


def sign_in_body(email: str, password: str, **more: Json) -> Json:
    """Signing in by password."""
    return {"method": "password", "email": email, "password": password, "device": DEVICE, **more}


async def sign_in(http: httpx.AsyncClient, email: str, password: str, **more: Json) -> int:
    """The status of trying to sign in."""
    answer = await http.post("/v1/tokens", json=sign_in_body(email, password, **more))
    return answer.status_code


def is_throttled(answer: httpx.Response) -> bool:
    """Whether it is the one refusal of throttles, which does not tell the bucket."""
    if answer.status_code != 429:
        return False
    assert answer.json()["code"] == "rate_limited"
    assert set(answer.json()) <= {"type", "title", "status", "code", "request_id", "instance"}
    assert int(answer.headers["Retry-After"]) >= 1
    return True

"""The whole service in a test: real application, real database, real mail files."""

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch
from uuid import UUID, uuid4

import httpx
from fastapi import FastAPI

from app.accounts.hashing import Hasher
from app.limits import OFF
from app.main import create_app
from app.settings import Settings
from app.trends.keeper import AnswerKeeper
from app.vault.keyring import make_ring_file
from tests.clocks import SetClock

PASSWORD = "a quiet lake under seven birches"
CHEAP_KIB = 8
CODE = re.compile(r"^Code: (\d{8})\r?$", re.MULTILINE)
# What an answer holds is for the test to say.
Json = Any


@dataclass(slots=True)
class Patient:
    """One signed-in device of a patient, speaking HTTP."""

    http: httpx.AsyncClient
    email: str
    tokens: dict[str, Json]

    @property
    def headers(self) -> dict[str, str]:
        """The bearer token."""
        return {"Authorization": f"Bearer {self.tokens['access_token']}"}

    async def ask(
        self, method: str, path: str, headers: Mapping[str, str] | None = None, **more: Json
    ) -> httpx.Response:
        """One request with the token; `json`, `content` and `params` as in httpx."""
        sent = self.headers | dict(headers or {})
        return await self.http.request(method, path, headers=sent, **more)

    async def save(self, entry: Mapping[str, Json], status: int = 201) -> dict[str, Json]:
        """Create an entry and return the answer."""
        answer = await self.ask("POST", "/v1/entries", json=dict(entry))
        assert answer.status_code == status, answer.text
        saved: dict[str, Json] = answer.json()
        return saved

    async def refresh(self) -> None:
        """Rotate the tokens, as an app does when the access token is over."""
        body = {"refresh_token": self.tokens["refresh_token"]}
        answer = await self.http.post("/v1/tokens/refresh", json=body)
        assert answer.status_code == 200, answer.text
        self.tokens |= answer.json()

    async def sign_in_again(self) -> "Patient":
        """The same patient on another device, signed in by password."""
        body = {
            "method": "password",
            "email": self.email,
            "password": PASSWORD,
            "device": {"name": "Tablet", "platform": "test"},
        }
        answer = await self.http.post("/v1/tokens", json=body)
        assert answer.status_code == 200, answer.text
        return Patient(self.http, self.email, answer.json())

    async def step_up(self) -> None:
        """A fresh proof of identity, good for five minutes."""
        proof = {"method": "password", "password": PASSWORD}
        answer = await self.ask("POST", "/v1/step-up", json=proof)
        assert answer.status_code == 200, answer.text

    async def set_time_zone(self, zone: str) -> None:
        """Change the profile's zone."""
        profile = await self.ask("GET", "/v1/profile")
        answer = await self.ask(
            "PATCH",
            "/v1/profile",
            headers={"If-Match": profile.headers["ETag"]},
            json={"time_zone": zone},
        )
        assert answer.status_code == 200, answer.text


@dataclass(slots=True)
class Service:
    """A running application."""

    app: FastAPI
    http: httpx.AsyncClient
    settings: Settings
    clock: SetClock

    def mailed(self) -> list[str]:
        """The text of every mail so far, oldest first."""
        return [each.read_text() for each in sorted(self.settings.mail_dir.glob("*.eml"))]

    def mailed_code(self, email: str) -> str:
        """The newest code that went to this address."""
        for text in reversed(self.mailed()):
            found = CODE.search(text)
            if email in text and found:
                return found[1]
        raise LookupError("no code was mailed")

    async def sign_up(self, email: str | None = None) -> Patient:
        """A new account and its first device."""
        address = email or f"{uuid4().hex[:12]}@patients.example"
        asked = await self.http.post("/v1/accounts", json={"email": address, "password": PASSWORD})
        assert asked.status_code == 202, asked.text
        await settled(self)
        proof = {
            "request_id": asked.json()["request_id"],
            "code": self.mailed_code(address),
            "device": {"name": "Phone", "platform": "test"},
        }
        made = await self.http.post("/v1/accounts/verification", json=proof)
        assert made.status_code == 201, made.text
        return Patient(self.http, address, made.json())


async def settled(service: Service) -> None:
    """Let mail that was decided leave, and answers of trends that were computed be kept."""
    await service.app.state.settle()
    keeper: AnswerKeeper = service.app.state.provided[AnswerKeeper]
    await keeper.settle()


def settings_for(database_url: str, folder: Path, **more: Json) -> Settings:
    """Settings of a service that keeps its files in `folder`; `more` by their names.

    Limits are off unless given: all tests ask from one address.
    """
    usual: dict[str, Json] = {
        "database_url": database_url,
        "keys_file": folder / "keys.json",
        "mail_dir": folder / "mail",
        "erasure_ledger": folder / "erasures.jsonl",
        "audit_roots": folder / "audit-roots.jsonl",
        "public_url": "http://afterglow.test",
        "limits": OFF,
    }
    return Settings(**usual | more)


@asynccontextmanager
async def running(
    database_url: str, folder: Path, clock: SetClock, **more: Json
) -> AsyncIterator[Service]:
    """The application with its lifespan, spoken to without a socket; `more` settings.

    Its hashes of passwords are cheap ones: at the published cost they were half the time of most
    tests. `tests/accounts/test_hashing.py` is about that cost.
    """
    settings = settings_for(database_url, folder, **more)
    make_ring_file(settings.keys_file)
    app = create_app(settings, clock)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with AsyncExitStack() as open_now:
        with patch("app.main.Hasher", partial(Hasher, memory_kib=CHEAP_KIB)):
            await open_now.enter_async_context(app.router.lifespan_context(app))
        http = httpx.AsyncClient(transport=transport, base_url="http://afterglow.test")
        yield Service(app, await open_now.enter_async_context(http), settings, clock)


def an_entry(kind: str = "mood", **members: Json) -> dict[str, Json]:
    """A valid draft of a kind, noon of the test clock's day unless said otherwise."""
    content: dict[str, dict[str, Json]] = {
        "mood": {"score": 6},
        "anxiety": {"level": 4},
        "flashback": {"report": "none_today"},
        "dissociation": {"spontaneous": True, "intensity": 2},
        "session": {"status": "completed", "substance": "ketamine_racemic", "route": "iv_infusion"},
        "assessment": {"instrument": "isi", "total": 9},
    }
    envelope = {
        "id": str(uuid4()),
        "kind": kind,
        "occurred_at": "2026-06-01T12:00:00+02:00",
        "time_zone": "Europe/Berlin",
    }
    return envelope | content[kind] | members


def problem_of(answer: httpx.Response) -> set[tuple[str, str | None]]:
    """The (code, pointer) pairs of a 422 answer."""
    assert answer.headers["content-type"] == "application/problem+json"
    return {(each["code"], each.get("pointer")) for each in answer.json().get("errors", [])}


def is_uuid(text: str) -> bool:
    """Whether a text is a lower-case UUID."""
    return str(UUID(text)) == text

"""Somebody who does what a guide says, word for word."""

import json
import re
from base64 import urlsafe_b64decode
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import httpx

from tests.authenticator import Authenticator
from tests.contract.paths import OPENAPI_FILE, Document
from tests.guides.likeness import Known, compare, filled
from tests.guides.pages import Exchange, InsideOfLink, Step
from tests.service import Service, settled

# JSON of every type.
Json = Any

ORIGIN = "https://journal.example"
EMAIL = "alex@example.org"
CONTRACT: Document = json.loads(OPENAPI_FILE.read_text(encoding="utf-8"))


def wants_token(method: str, target: str) -> bool:
    """Whether the contract lets only signed-in callers in there. Raises LookupError."""
    asked = target.partition("?")[0]
    for path, methods in CONTRACT["paths"].items():
        if method.lower() in methods and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", path), asked):
            return "security" not in methods[method.lower()]
    raise LookupError(f"{method} {target}")


class Follower:
    """Sends each request of a page, and holds the answers against those on the page."""

    def __init__(self, service: Service) -> None:
        """Nothing was learnt yet."""
        self.service = service
        self.known: Known = {}
        self.bearer = self.link = ""
        self._key = Authenticator(ORIGIN, ORIGIN.partition("://")[2])

    async def follow(self, steps: Iterable[Step]) -> None:
        """All of a page. Raises AssertionError with the first thing that is not so."""
        for step in steps:
            if isinstance(step, Exchange):
                await self._try(step)
            elif isinstance(step, InsideOfLink):
                compare(step.payload, _inside(self.link), self.known)
            elif isinstance(step, timedelta):
                self.service.clock.now += step

    async def _try(self, step: Exchange) -> None:
        self._read_mail(step.sent.body)
        place = f"{step.method} {step.target}"
        real = await self._send(step)
        await settled(self.service)
        assert real.status_code == step.status, f"{place}: {real.status_code} {real.text}"
        for name, value in step.told.headers.items():
            assert name in real.headers, f"{place}: no {name}"
            compare(value, real.headers[name], self.known, f"{place}: {name}")
        if step.told.body is not None:
            compare(step.told.body, real.json(), self.known, f"{place}: ")
            self._keep(real.json())
        else:
            assert not real.content or "Content-Type" in step.told.headers, f"{place}: {real.text}"

    async def _send(self, step: Exchange) -> httpx.Response:
        """With the newest access token where the operation wants one and the page shows none."""
        headers = dict(step.sent.headers)
        if wants_token(step.method, step.target):
            headers.setdefault("Authorization", f"Bearer {self.bearer}")
        body = filled(step.sent.body, self.known)
        return await self.service.http.request(
            step.method,
            filled(step.target, self.known),
            headers=filled(headers, self.known),
            json=body,
        )

    def _read_mail(self, body: Json) -> None:
        """The code of the newest mail is new each time."""
        if isinstance(body, dict) and body.get("code") == "{code}":
            self.known["code"] = self.service.mailed_code(EMAIL)

    def _keep(self, told: Json) -> None:
        """The newest access token and link, and what the phone answers to options of a passkey."""
        self.bearer = told.get("access_token", self.bearer)
        self.link = told.get("link", self.link)
        if "options" not in told:
            return
        ask = self._key.create if "user" in told["options"] else self._key.get
        made = ask(told["options"])
        self.known |= {"credential_id": made["id"], **made["response"]}


def _inside(link: str) -> Json:
    payload = link.partition("shlink:/")[2]
    return json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))

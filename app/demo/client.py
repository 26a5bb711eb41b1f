"""A thin client for the calls that the story makes. What it answers is JSON as it came."""

import asyncio
import re
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

CODE = re.compile(r"^Code: (\d{8})\r?$", re.MULTILINE)
MAIL_SECONDS = 20
Json = dict[str, Any]


class Afterglow:
    """One patient's device, speaking HTTP."""

    def __init__(self, origin: str) -> None:
        """`origin`: scheme, host and port of a running server."""
        self._http = httpx.AsyncClient(base_url=origin, timeout=60)
        self._refresh_token = ""

    async def __aenter__(self) -> Self:
        """Open the connection pool."""
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close it."""
        await self._http.aclose()

    async def sign_up(self, email: str, password: str, mail_dir: Path) -> None:
        """Register, take the code out of the mail folder, and keep the tokens."""
        asked = await self.ask("POST", "/v1/accounts", {"email": email, "password": password})
        code = await _mailed_code(mail_dir, email)
        device = {"name": "Demo", "platform": "command line"}
        body = {"request_id": asked["request_id"], "code": code, "device": device}
        self._keep(await self.ask("POST", "/v1/accounts/verification", body))

    async def set_time_zone(self, zone: str) -> None:
        """Change the profile, from the revision that was read."""
        profile = await self._http.get("/v1/profile")
        match = {"If-Match": profile.headers["ETag"]}
        answer = await self._http.patch("/v1/profile", json={"time_zone": zone}, headers=match)
        answer.raise_for_status()

    async def refresh(self) -> None:
        """Rotate the tokens before the access token is over."""
        body = {"refresh_token": self._refresh_token}
        self._keep(await self.ask("POST", "/v1/tokens/refresh", body))

    async def ask(
        self,
        method: str,
        path: str,
        body: Json | None = None,
        query: Mapping[str, str] | None = None,
    ) -> Json:
        """One call; raises httpx.HTTPStatusError for a refusal."""
        answer = await self._http.request(method, path, json=body, params=query)
        answer.raise_for_status()
        told: Json = answer.json()
        return told

    def _keep(self, tokens: Json) -> None:
        self._refresh_token = tokens["refresh_token"]
        self._http.headers["Authorization"] = f"Bearer {tokens['access_token']}"


async def _mailed_code(folder: Path, email: str) -> str:
    """The code that was mailed to an address. Raises TimeoutError."""
    async with asyncio.timeout(MAIL_SECONDS):
        while True:
            for file in sorted(folder.glob("*.eml"), reverse=True):
                text = file.read_text()
                found = CODE.search(text)
                if email in text and found:
                    return found[1]
            await asyncio.sleep(0.05)

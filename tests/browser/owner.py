"""A patient of the running service, speaking HTTP while a browser is open."""

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any, Self  # answers are free JSON
from uuid import uuid4

import httpx

from tests.service import PASSWORD

CODE = re.compile(r"^Code: (\d{8})\r?$", re.MULTILINE)
MAIL_SECONDS = 20.0
A_PUSH = 200
Json = dict[str, Any]


@dataclass
class Owner:
    """Whose journal it is; signed in on one device."""

    http: httpx.Client

    @classmethod
    def signed_up(cls, origin: str, mail_dir: Path) -> Self:
        """Register, take the code out of the mail folder, keep the token."""
        http = httpx.Client(base_url=origin, timeout=60)
        email = f"{uuid4().hex[:12]}@patients.example"
        asked = http.post("/v1/accounts", json={"email": email, "password": PASSWORD})
        proof = {
            "request_id": asked.json()["request_id"],
            "code": _mailed_code(mail_dir, email),
            "device": {"name": "Phone", "platform": "test"},
        }
        made = http.post("/v1/accounts/verification", json=proof).raise_for_status()
        http.headers["Authorization"] = f"Bearer {made.json()['access_token']}"
        return cls(http)

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:  # as httpx takes them
        """A request that must succeed."""
        return self.http.request(method, path, **more).raise_for_status()

    def write(self, drafts: Sequence[Json]) -> None:
        """Save entries, as a phone that was offline brings them."""
        for start in range(0, len(drafts), A_PUSH):
            changes = [
                {"id": each["id"], "op": "upsert", "data": dict(each)}
                for each in drafts[start : start + A_PUSH]
            ]
            body = {"device_id": "11111111-1111-4111-8111-111111111111", "changes": changes}
            answer = self.ask("POST", "/v1/sync/changes", json=body).json()
            assert {each["status"] for each in answer["results"]} == {"applied"}, answer

    def share(self, **draft: Any) -> Json:  # members of a draft
        """A new link; proves the patient's identity again when that is asked for."""
        body = {"id": str(uuid4()), "kind": "passcode", "mode": "snapshot", **draft}
        answer = self.http.post("/v1/shares", json=body)
        if answer.status_code == HTTPStatus.FORBIDDEN:
            self.ask("POST", "/v1/step-up", json={"method": "password", "password": PASSWORD})
            answer = self.http.post("/v1/shares", json=body)
        assert answer.status_code == HTTPStatus.CREATED, answer.text
        made: Json = answer.json()
        return made

    def accesses(self, share_id: str) -> list[Json]:
        """The newest of the log of a link."""
        path = f"/v1/shares/{share_id}/accesses"
        found: list[Json] = self.ask("GET", path, params={"limit": 200}).json()["items"]
        return found


def _mailed_code(folder: Path, email: str) -> str:
    until = time.monotonic() + MAIL_SECONDS
    while time.monotonic() < until:
        for file in folder.glob("*.eml"):
            text = file.read_text()
            found = CODE.search(text)
            if email in text and found:
                return found[1]
        time.sleep(0.05)
    raise TimeoutError("no code was mailed")

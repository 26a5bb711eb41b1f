"""Speaks HTTP to the accounts room alone, and reads its problems."""

from typing import Any

import httpx

from tests.accounts.house import PASSWORD, House, an_address

DEVICE = {"name": "Phone", "platform": "Android 16"}
# What an answer holds is for the test to say.
Json = Any


class Client:
    """Speaks HTTP to the room, with a token once it has one."""

    def __init__(self, http: httpx.AsyncClient, house: House) -> None:
        self.http = http
        self.house = house
        self.email = an_address()
        self.tokens: dict[str, Json] = {}

    async def ask(
        self, method: str, path: str, body: Json = None, **headers: str
    ) -> httpx.Response:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.tokens:
            sent.setdefault("Authorization", f"Bearer {self.tokens['access_token']}")
        more = {} if body is None else {"json": body}
        return await self.http.request(method, path, headers=sent, **more)

    async def sign_up(self) -> "Client":
        draft = {"email": self.email, "password": PASSWORD}
        asked = await self.ask("POST", "/v1/accounts", draft)
        assert asked.status_code == 202, asked.text
        assert asked.json() == {"request_id": asked.json()["request_id"], "expires_in": 600}
        proof = {
            "request_id": asked.json()["request_id"],
            "code": await self.house.code_for(self.email),
            "device": DEVICE,
        }
        made = await self.ask("POST", "/v1/accounts/verification", proof)
        assert made.status_code == 201, made.text
        self.tokens = made.json()
        return self

    def sign_in(self, **members: Json) -> dict[str, Json]:
        known = {"method": "password", "email": self.email, "password": PASSWORD}
        return known | {"device": DEVICE} | members


def code_of(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.status_code, answer.json()["code"]


def faults_in(answer: httpx.Response) -> list[tuple[str, str]]:
    assert code_of(answer) == (422, "invalid_request")
    return [(each["code"], each["pointer"]) for each in answer.json()["errors"]]

"""Requests as bytes on the wire would make them, past what a well-behaved client can send."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from starlette.types import ASGIApp, Message

HOST = (b"host", b"test")
BEARER = (b"authorization", b"Bearer aga_right")
JSON = (b"content-type", b"application/json")

Headers = Iterable[tuple[bytes, bytes]]


@dataclass
class Answer:
    """What the app sent."""

    status: int = 0
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: bytes = b""
    chunks_read: int = 0
    finished: bool = False

    def header(self, name: bytes) -> bytes | None:
        """A header by lower-case name; a repeated one fails."""
        values = [value for key, value in self.headers if key == name]
        assert len(values) <= 1, name
        return values[0] if values else None

    # A problem's members are of several JSON types.
    def problem(self) -> dict[str, Any]:
        """The body as a problem."""
        assert self.header(b"content-type") == b"application/problem+json"
        members: dict[str, Any] = json.loads(self.body)
        assert members["status"] == self.status
        return members


async def ask(
    app: ASGIApp,
    method: str = "GET",
    target: bytes = b"/v1/greeting",
    headers: Headers = (HOST, BEARER),
    chunks: Iterable[bytes] = (),
    **scope: object,
) -> Answer:
    """Send one request straight into the app; `chunks` make the body."""
    path, _, query = target.partition(b"?")
    answer = Answer()
    waiting = [*chunks] or [b""]

    async def receive() -> Message:
        answer.chunks_read += 1
        chunk = waiting.pop(0)
        return {"type": "http.request", "body": chunk, "more_body": bool(waiting)}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            answer.status, answer.headers = message["status"], [*message["headers"]]
        else:
            answer.body += message.get("body", b"")
            answer.finished = not message.get("more_body", False)

    head = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "path": path.decode("utf-8", "replace"),
        "raw_path": path,
        "query_string": query,
        "headers": [*headers],
        "client": ("192.0.2.1", 1),
        "server": ("test", 80),
        "scheme": "http",
        "root_path": "",
    }
    await app({**head, **scope}, receive, send)
    return answer


async def post(
    app: ASGIApp, body: bytes, target: bytes = b"/v1/notes", method: str = "POST"
) -> Answer:
    """Send a JSON body of a signed-in caller."""
    length = (b"content-length", str(len(body)).encode())
    return await ask(app, method, target, (HOST, BEARER, JSON, length), [body])

"""The service of leaked passwords: what it is told, what it can refuse, whom it cannot hold up."""

import asyncio
import hashlib
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import pytest
from httpx import URL
from pydantic import ValidationError

from app.accounts import breaches
from app.accounts.breaches import Breaches
from app.settings import Settings
from tests.clocks import SetClock
from tests.service import PASSWORD, running
from tests.waiting import PATIENCE_SECONDS, until

pytestmark = pytest.mark.anyio
LEAKED = "eleven violet herons at noon"
OTHER = "nine amber kettles by the sea"


def digits_of(password: str) -> str:
    return hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper()


@dataclass
class Ranges:
    """A service that knows some passwords, and what it was asked."""

    answer: bytes | None = None
    heads: list[str] = field(default_factory=list)
    url: str = ""
    hangs: bool = False

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            self.heads.append((await reader.readuntil(b"\r\n\r\n")).decode())
            if self.hangs:
                await reader.read()
            writer.write(self.answer if self.answer is not None else an_answer())
            await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()


def an_answer(status: str = "200 OK", body: bytes | None = None, more: str = "") -> bytes:
    """Every range at once: the leaked one, and what pads."""
    lines = [f"{digits_of(LEAKED)[5:]}:3", f"{digits_of(OTHER)[5:]}:0", f"{'0' * 35}:7"]
    told = "\r\n".join(lines).encode() if body is None else body
    head = f"HTTP/1.1 {status}\r\nContent-Length: {len(told)}\r\n{more}Connection: close\r\n\r\n"
    return head.encode() + told


@pytest.fixture
async def ranges(anyio_backend: str) -> AsyncIterator[Ranges]:
    told = Ranges()
    server = await asyncio.start_server(told.serve, "127.0.0.1", 0)
    told.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/range"
    yield told
    server.close()
    await server.wait_closed()


async def test_only_five_digits_leave_the_house(ranges: Ranges) -> None:
    known = Breaches(ranges.url)
    assert [await known.know(each) for each in (LEAKED, OTHER, PASSWORD)] == [True, False, False]
    for head, password in zip(ranges.heads, (LEAKED, OTHER, PASSWORD), strict=True):
        line, *headers = head.split("\r\n")
        digits = digits_of(password)
        assert line == f"GET /range/{digits[:5]} HTTP/1.1"
        assert "Add-Padding: true" in headers
        assert digits[5:] not in head.upper()


@pytest.mark.parametrize(
    "answer",
    [
        an_answer("503 Service Unavailable"),
        an_answer("301 Moved", more="Location: http://127.0.0.1:9/\r\n"),
        an_answer(more="Content-Encoding: gzip\r\n"),
        an_answer(body=b"\xff" * 100),
        an_answer(body=b"A:1\r\n" * 60_000),
        b"nonsense\r\n\r\n",
        b"",
    ],
    ids=["503", "moved", "packed", "no text", "too long", "no HTTP", "nothing"],
)
async def test_what_is_no_range_refuses_nobody(
    ranges: Ranges, answer: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    ranges.answer = answer
    with caplog.at_level(logging.WARNING):
        assert not await Breaches(ranges.url).know(LEAKED)
    (told,) = [each for each in caplog.records if each.name == breaches.__name__]
    assert LEAKED not in told.getMessage()
    assert digits_of(LEAKED)[:5] not in told.getMessage()


@pytest.mark.parametrize("url", ["https://host:abc/range", "http://localhost:99999/range"])
async def test_an_address_that_is_none_keeps_nobody_out(url: str) -> None:
    assert not await Breaches(url).know(LEAKED)


@pytest.mark.parametrize(
    ("addresses", "heard"),
    [
        (["127.0.0.1"], True),
        (["127.0.0.1", "169.254.169.254"], False),
        (["127.0.0.1", "10.1.2.3"], False),  # by plain http on this host alone
        (["::ffff:127.0.0.1"], False),
        ([], False),
    ],
)
async def test_the_address_is_looked_up_once_and_judged(
    ranges: Ranges, monkeypatch: pytest.MonkeyPatch, addresses: list[str], *, heard: bool
) -> None:
    looked_up = []

    async def told(host: str, _: int) -> list[str]:
        looked_up.append(host)
        return addresses if len(looked_up) == 1 else ["169.254.169.254"]

    monkeypatch.setattr(breaches._fetcher(), "_resolve", told)
    url = ranges.url.replace("127.0.0.1", "localhost")
    assert await Breaches(url).know(LEAKED) is heard
    assert looked_up == ["localhost"]
    assert len(ranges.heads) == heard


async def test_a_mirror_may_stand_in_a_network_of_the_operators_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = []

    async def read(url: URL, _: object) -> bytes:
        asked.append((url.host, await breaches._fetcher()._address(url)))
        return b""

    monkeypatch.setattr(breaches._fetcher(), "_read", read)
    await Breaches("https://10.1.2.3/range").know(LEAKED)
    await Breaches("https://169.254.169.254/range").know(LEAKED)
    assert asked == [("10.1.2.3", "10.1.2.3")]


async def test_who_comes_while_many_ask_is_not_held_up(
    ranges: Ranges, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(breaches, "SECONDS", 2 * PATIENCE_SECONDS)
    ranges.hangs, asked = True, Breaches(ranges.url)
    waiting = [asyncio.create_task(asked.know(LEAKED)) for _ in range(breaches.AT_ONCE)]
    await until(lambda: len(ranges.heads) == breaches.AT_ONCE)
    async with asyncio.timeout(PATIENCE_SECONDS):
        assert not await asked.know(LEAKED)
    assert len(ranges.heads) == breaches.AT_ONCE
    assert not any(each.done() for each in waiting)
    for each in waiting:
        each.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)


async def test_a_service_that_hangs_holds_nobody_up(
    ranges: Ranges, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert breaches.SECONDS == 2
    monkeypatch.setattr(breaches, "SECONDS", 0.3)
    ranges.hangs = True
    async with asyncio.timeout(PATIENCE_SECONDS):
        assert not await Breaches(ranges.url).know(LEAKED)
    assert not await Breaches("http://127.0.0.1:9").know(LEAKED)


async def test_without_a_url_nobody_is_asked() -> None:
    assert not await Breaches("").know(LEAKED)


async def test_a_leaked_password_is_refused_at_sign_up_and_recovery(
    database_url: str, tmp_path: Path, clock: SetClock, ranges: Ranges
) -> None:
    async with running(database_url, tmp_path, clock, breach_range_url=ranges.url) as service:
        patient = await service.sign_up()
        leaked = {"email": f"{uuid4().hex}@patients.example", "password": LEAKED}
        answers = [await service.http.post("/v1/accounts", json=leaked)]
        asked = await service.http.post("/v1/accounts/recovery", json={"email": patient.email})
        await service.app.state.settle()
        body = {
            "request_id": asked.json()["request_id"],
            "code": service.mailed_code(patient.email),
            "device": {"name": "Phone", "platform": "test"},
        }
        path = "/v1/accounts/recovery/completion"
        for _ in range(6):  # more than the code bears
            answers.append(await service.http.post(path, json=body | {"new_password": LEAKED}))
        for answer in answers:
            assert answer.status_code == 422
            assert [each["code"] for each in answer.json()["errors"]] == ["password_common"]
        back = await service.http.post(path, json=body | {"new_password": OTHER})
        assert back.status_code == 200


@pytest.mark.parametrize(
    ("url", "fits"),
    [
        ("", True),
        ("https://ranges.example/range", True),
        ("http://127.0.0.1:8080/range", True),
        ("http://ranges.example/range", False),
        ("http://127.0.0.1.example/range", False),
        ("https://ranges.example/range/", False),
        ("ftp://ranges.example", False),
        ("https://me:you@ranges.example/range", False),
        ("https://ranges.example/range?key=you", False),
        ("https://ranges.example/range#you", False),
    ],
)
def test_the_way_to_the_service_is_encrypted(url: str, *, fits: bool) -> None:
    try:
        Settings(breach_range_url=url)
    except ValidationError as wrong:
        assert not fits
        (fault,) = wrong.errors(include_input=False)
        assert "AFTERGLOW_BREACH_RANGE_URL" in fault["msg"]
        assert "you" not in fault["msg"]
    else:
        assert fits

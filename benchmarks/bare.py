"""The reference: a plain ASGI function over Afterglow's own statements.

It opens what it reads and seals what it writes with the bare cipher, and validates nothing: rows
that it writes are as long as Afterglow's, and its answers are those that Afterglow gave once, kept
as bytes. Whoever asks for a computed trend chooses whether it is computed here too.
"""

import hashlib
import os
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from msgspec import Struct, json
from starlette.types import ASGIApp, Receive, Scope, Send

from app.trends.statistics.rolling_median import rolling_medians
from app.web.compression import packed
from app.web.json_body import GZIP
from benchmarks.bare_ciphers import Ciphers
from benchmarks.bare_drivers import driver_for
from benchmarks.bare_operations import Query, Reference
from benchmarks.bare_sessions import Driver, Session, Value
from benchmarks.bare_trends import TrendReference
from benchmarks.statements import Bare, Statements
from benchmarks.trend_operations import COLD, COMPUTED, TRENDS
from benchmarks.usual_tables import DAYS, OWNER

BEARER = len("Bearer ")
PLAIN = "/plain/daily"
LINK = "/shl/"
Route = tuple[str, str]
Operation = Callable[[Session, Query, Value], Awaitable[bytes | None]]
"""An answer that was made, or None for the one that was kept."""
NOTHING = (0, None, None, None)
"""What is known of a day without entries."""


def application() -> ASGIApp:
    """The application of a worker, as uvicorn's `--factory` wants it."""
    answers = Path(os.environ["BENCHMARK_ANSWERS"])
    driver = driver_for(os.environ["BENCHMARK_BARE_DATABASE"])
    ciphers, frame = Ciphers.kept(answers / "secrets"), (answers / "frame").read_bytes()
    today = datetime.now(UTC).date()
    reference = Reference(
        driver, Statements(driver.dialect), ciphers, frame, driver.day(str(today))
    )
    trends = TrendReference(driver, reference.run, ciphers, today)
    plain = Plain(driver_for(os.environ["BENCHMARK_USUAL_DATABASE"]))
    return Application(reference, trends, plain, answers)


class PlainDay(Struct, gc=False):
    """A row of the plaintext answer."""

    date: str
    n: int
    value: float | None
    min: float | None
    max: float | None
    rolling_n: int
    rolling_median_7: float | None


class Plain:
    """The daily trend as a plaintext service would have it: one grouping query, and its rows."""

    def __init__(self, driver: Driver) -> None:
        """`driver` of the usual application's database."""
        self._driver = driver
        self._token = Bare(OWNER, driver.dialect)
        self._days = Bare(DAYS, driver.dialect)

    async def daily(self, token_hash: bytes, first: str, last: str) -> bytes:
        """Two statements; then the rows as JSON, with their rolling medians, and packed."""
        session, day = await self._driver.acquire(), self._driver.day
        ((account,),) = await session.rows(self._token, {"token": token_hash.hex()})
        bound = {"account": account, "kind": "mood", "first": day(first), "last": day(last)}
        rows = await session.rows(self._days, bound)
        self._driver.release(session)
        return packed(_of_days(rows, date.fromisoformat(first), date.fromisoformat(last)))


class Application:
    """Routes by a look-up, answers by bytes."""

    def __init__(
        self, reference: Reference, trends: TrendReference, plain: Plain, answers: Path
    ) -> None:
        """`answers` holds the body of each operation under its name."""
        self._reference = reference
        self._plain = plain
        self._routes: dict[Route, tuple[Operation, bytes]] = {
            ("GET", "/token"): (reference.token, b"{}"),
            ("POST", "/v1/entries"): (reference.create, _read(answers, "create")),
            ("GET", "/v1/entries"): (reference.page, _read(answers, "list")),
            ("GET", "/v1/sync/changes"): (reference.pull, _read(answers, "pull")),
            ("POST", "/v1/sync/changes"): (reference.push, _read(answers, "push")),
        }
        for each in TRENDS:
            body = _read(answers, each.name)
            self._routes["GET", each.path] = (partial(trends.ready, name=each.name), body)
            for way, operation in ((COLD, trends.trend), (COMPUTED, trends.computed)):
                asked = partial(operation, question=each.question)
                self._routes["GET", f"{way}{each.path}"] = (asked, body)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            raise ValueError("only HTTP is served here")
        while (await receive()).get("more_body"):
            pass
        await _send(send, await self._answer(scope))

    async def _answer(self, scope: Scope) -> bytes:
        if scope["path"] == "/readyz":
            return b"{}"
        query = dict(parse_qsl(scope["query_string"].decode()))
        if scope["path"].startswith(LINK):
            return await self._open_share(scope["path"][len(LINK) :])
        token = _token_hash(scope)
        if scope["path"] == PLAIN:
            return await self._plain.daily(token, query["from"], query["to"])
        operation, body = self._routes[scope["method"], scope["path"]]
        session = await self._reference.driver.acquire()
        try:
            ((_, account, *_rest),) = await session.rows(
                self._reference.run.find_token, {"token": token}
            )
            made = await operation(session, query, account)
        finally:
            self._reference.driver.release(session)
        return body if made is None else made

    async def _open_share(self, token: str) -> bytes:
        session = await self._reference.driver.acquire()
        try:
            hashed = hashlib.sha256(token.encode()).digest()
            return await self._reference.open_share(session, hashed)
        finally:
            self._reference.driver.release(session)


def _of_days(rows: Sequence[Any], first: date, last: date) -> bytes:
    """A row for each date; `rows` of (date, number, value, least, greatest) as the driver likes."""
    day_of = {str(day): (n, value, low, high) for day, n, value, low, high in rows}
    values = {date.fromisoformat(day).toordinal(): row[1] for day, row in day_of.items()}
    start, end = first.toordinal(), last.toordinal()
    rolling = rolling_medians(values, start, end)
    told = []
    for ordinal, n_days, middle in zip(range(start, end + 1), *rolling, strict=True):
        day = date.fromordinal(ordinal).isoformat()
        n, value, low, high = day_of.get(day, NOTHING)
        told.append(PlainDay(day, n, value, low, high, n_days, middle))
    return json.encode({"metric": "mood", "days": told})


def _token_hash(scope: Scope) -> bytes:
    for name, value in scope["headers"]:
        if name == b"authorization":
            return hashlib.sha256(value[BEARER:]).digest()
    raise KeyError("no token")


def _read(answers: Path, name: str) -> bytes:
    path = answers / name
    return path.read_bytes() if path.exists() else b"{}"


async def _send(send: Send, body: bytes) -> None:
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    if body.startswith(GZIP):
        headers.append((b"content-encoding", b"gzip"))
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})

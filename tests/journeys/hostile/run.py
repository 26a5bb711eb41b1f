"""A server under hostile bytes: what it answers, and whether it grows."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from tests.contract.paths import OPENAPI_FILE
from tests.journeys.hostile.requests import Plain, hostile, of_every_operation
from tests.journeys.hostile.wire import Answers, resident_bytes, send_all
from tests.process import RunningService

WARM_UP = 2000
LIVES = {"AFTERGLOW_ACCESS_TOKEN_MINUTES": "60"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it, and by how many bytes the process grew after its warm-up."""

    answers: Answers
    grown: int


def attack(server: RunningService, number: int, seed: int) -> Outcome:
    """Send so many requests; the same seed makes the same ones of the same operations."""
    with server.client() as http:
        token = server.sign_up(http)
    good = [each.written() for each in good_requests(token)]
    asyncio.run(send_all(server, good * 3))
    asyncio.run(send_all(server, hostile_requests(WARM_UP, seed + 1, token)))
    before = resident_bytes(server)
    answers = asyncio.run(send_all(server, hostile_requests(number, seed, token)))
    return Outcome(answers, resident_bytes(server) - before)


def hostile_requests(number: int, seed: int, token: str) -> Iterator[bytes]:
    """One after the other, made when they are needed."""
    random, good = Random(seed), good_requests(token)  # noqa: S311 - to be repeated, not secret
    for _ in range(number):
        yield hostile(random, random.choice(good))


def good_requests(token: str) -> list[Plain]:
    """One of each operation."""
    return of_every_operation(json.loads(OPENAPI_FILE.read_text(encoding="utf-8")), token)

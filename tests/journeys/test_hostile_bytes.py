"""Hostile bytes find no fault of the server; `python -m tests.journeys.hostile` sends many more."""

from pathlib import Path
from random import Random

from tests.contract.told import server_over
from tests.journeys.hostile.requests import CHANGES, broken
from tests.journeys.hostile.run import LIVES, attack, hostile_requests
from tests.journeys.hostile.wire import statuses_in


def test_hostile_bytes_get_an_answer_and_never_of_5xx(own_url: str, tmp_path: Path) -> None:
    with server_over(own_url, tmp_path, LIVES) as server:
        outcome = attack(server, number=3000, seed=1)
        assert server.process.poll() is None
    answers = outcome.answers
    assert (answers.server_errors, answers.unreadable) == ([], [])
    assert answers.sent == 3000
    assert {200, 400, 404, 405, 413, 414, 415, 422, 431} <= answers.statuses.keys()
    assert answers.statuses[422] > 300
    assert outcome.grown < 50 * 2**20


def test_the_same_seed_makes_the_same_requests() -> None:
    first, again = ([*hostile_requests(300, 7, "aga_x")] for _ in range(2))
    assert first == again
    assert len(set(first)) > 250


def test_every_answer_of_a_connection_is_counted() -> None:
    text = (
        b"HTTP/1.1 422 \r\nContent-Length: 13\r\n\r\nHTTP/1.1 500 HTTP/1.1 200 OK\r\nx: 1\r\n\r\n"
    )
    assert statuses_in(text) == [422, 200]
    assert statuses_in(b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n") == [503]
    assert statuses_in(b"garbage") == []


def test_bytes_are_broken() -> None:
    text = b"GET / HTTP/1.1\r\n\r\n"
    changed = [broken(Random(seed), text) for seed in range(100)]  # noqa: S311 - no secret
    assert sum(each != text for each in changed) > 95
    assert len(CHANGES) == 9

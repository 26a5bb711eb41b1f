"""The load generator tells the truth: every request is answered, and waiting counts."""

import asyncio
import gc
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from socket import create_connection
from time import perf_counter

import pytest

from benchmarks.load import ask, at_rate, saturate, wire
from tests.benchmarks.listening import listening

PAUSE = 0.05


class SlowServer:
    """Answers `ok` after a pause, one request after the other."""

    def __init__(self) -> None:
        self.port = 0
        self.seen = 0
        self.queued = 0
        self._turn = asyncio.Lock()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while head := await reader.readuntil(b"\r\n\r\n"):
                self.seen += 1
                self.queued += self._turn.locked()
                async with self._turn:
                    await asyncio.sleep(PAUSE)
                status = b"404 Not Found" if b"/missing" in head else b"200 OK"
                writer.write(b"HTTP/1.1 %b\r\nContent-Length: 2\r\n\r\nok" % status)
        await hang_up(writer)


async def hang_up(writer: asyncio.StreamWriter) -> None:
    """Close a connection that may be gone already."""
    writer.close()
    with suppress(ConnectionError):
        await writer.wait_closed()


@contextmanager
def slow_server() -> Iterator[SlowServer]:
    server = SlowServer()
    with listening(server.serve) as server.port:
        yield server


def test_saturation_counts_what_was_answered() -> None:
    with slow_server() as server:
        begun = perf_counter()
        tally = saturate(server.port, lambda _: wire("GET", "/"), 0.4, connections=2)
        lasted = perf_counter() - begun
        assert len(tally.latencies) == server.seen
        assert not tally.refused
        assert server.queued >= server.seen / 2  # one is always asked while another is answered
        assert 0.4 <= tally.seconds <= lasted
        assert tally.per_second == server.seen / tally.seconds <= 1.01 / PAUSE


def test_a_latency_counts_from_the_moment_a_request_was_due() -> None:
    """Twice as many requests fall due as are answered: the queue is part of the latency."""
    with slow_server() as server:
        tally = at_rate(server.port, lambda _: wire("GET", "/"), 2 / PAUSE, 0.5, connections=1)
        assert len(tally.latencies) == 20
        assert max(tally.latencies) > 8 * PAUSE
        assert tally.latencies == sorted(tally.latencies)


def test_a_refusal_is_noted() -> None:
    with slow_server() as server:
        tally = saturate(server.port, lambda _: wire("GET", "/missing"), 0.1, connections=1)
        assert set(tally.refused) == {404}
        with pytest.raises(RuntimeError, match="404"):
            ask(server.port, wire("GET", "/missing"))


def test_a_request_carries_its_token_and_its_body() -> None:
    request = wire("POST", "/v1/entries", "a-token", b'{"a":1}')
    assert request.startswith(b"POST /v1/entries HTTP/1.1\r\nHost: ")
    assert b"\r\nAuthorization: Bearer a-token\r\n" in request
    assert request.endswith(b'\r\nContent-Length: 7\r\n\r\n{"a":1}')


def test_who_comes_last_is_let_out_again() -> None:
    """A connection that is left over would be told as a fault of some later test."""
    for _ in range(20):
        with slow_server() as server:
            for _ in range(5):
                create_connection(("127.0.0.1", server.port)).close()
    gc.collect()

"""The load generator tells the truth: every request is answered, and waiting counts."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest

from benchmarks.load import ask, at_rate, saturate, wire
from benchmarks.servers import free_port

PAUSE = 0.05


class SlowServer:
    """Answers `ok` after a pause, one request after the other."""

    def __init__(self) -> None:
        self.port = free_port()
        self.seen = 0
        self.ready = threading.Event()
        self._turn = asyncio.Lock()
        self._over = asyncio.Event()

    async def run(self) -> None:
        """Serve until `stop`."""
        self._loop = asyncio.get_running_loop()
        server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.ready.set()
        await self._over.wait()
        server.close()
        await asyncio.gather(*(asyncio.all_tasks() - {asyncio.current_task()}))

    def stop(self) -> None:
        """End it, once every client has gone."""
        self._loop.call_soon_threadsafe(self._over.set)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError):
            while head := await reader.readuntil(b"\r\n\r\n"):
                self.seen += 1
                async with self._turn:
                    await asyncio.sleep(PAUSE)
                status = b"404 Not Found" if b"/missing" in head else b"200 OK"
                writer.write(b"HTTP/1.1 %b\r\nContent-Length: 2\r\n\r\nok" % status)
        writer.close()
        await writer.wait_closed()


@contextmanager
def slow_server() -> Iterator[SlowServer]:
    server = SlowServer()
    thread = threading.Thread(target=asyncio.run, args=(server.run(),))
    thread.start()
    assert server.ready.wait(10)
    yield server
    server.stop()
    thread.join(10)


def test_saturation_counts_what_was_answered() -> None:
    with slow_server() as server:
        tally = saturate(server.port, lambda _: wire("GET", "/"), 0.4, connections=2)
        assert len(tally.latencies) == server.seen
        assert not tally.refused
        assert tally.per_second == pytest.approx(1 / PAUSE, rel=0.4)


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

"""The deadlines as they are published (`specs/accounts.md`, section 4), in the clock's seconds."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any
from unittest.mock import Mock

import pytest
import uvicorn
from uvicorn.server import ServerState

from app.web.connection import Connection
from app.web.deadlines import DEADLINES, Deadlines

HEAD, BODY, BODY_AT_MOST, UNREAD, UNREAD_AT_MOST, KIBS_A_SECOND = 10, 15, 120, 20, 120, 4
LOOK = 1.0
"""A tenth of the shortest: so much later than promised the clock is looked at."""

POST = b"POST /v1/entries HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n"


class Hour:
    """A loop whose time passes when it is told to; what is begun in it never goes on."""

    def __init__(self) -> None:
        self.now = 0.0
        self.timers: list[tuple[float, Callable[[], None]]] = []

    def time(self) -> float:
        """The moment."""
        return self.now

    def call_later(self, seconds: float, call: Callable[[], None]) -> Mock:
        """A timer."""
        self.timers.append((self.now + seconds, call))
        return Mock(spec=asyncio.TimerHandle)

    def create_task(self, work: Coroutine[Any, Any, None], **_: object) -> Mock:
        """A request that is never answered."""
        work.close()
        return Mock(spec=asyncio.Task)

    def pass_until(self, moment: float) -> None:
        """Ring every timer until then."""
        while due := [each for each in self.timers if each[0] <= moment]:
            first = min(due, key=lambda each: each[0])
            self.timers.remove(first)
            self.now = first[0]
            first[1]()
        self.now = moment


class Line(Mock):
    """A client's socket: what it was told, and whether it was hung up."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self.unsent = 0
        self.closed = False
        self.told = b""
        self.get_extra_info = lambda name: None
        self.get_write_buffer_size = lambda: self.unsent
        self.is_closing = lambda: self.closed
        self.write = self._write
        self.close = self.abort = self.write_eof = self._close

    def _write(self, data: bytes) -> None:
        self.told += data

    def _close(self) -> None:
        self.closed = True


@pytest.fixture
def hour() -> Hour:
    return Hour()


@pytest.fixture
def line() -> Line:
    return Line()


@pytest.fixture
def connection(hour: Hour, line: Line) -> Connection:
    """As `afterglow serve` makes it, which names no deadlines."""
    config = uvicorn.Config(Mock(), http=Connection, ws="none", log_config=None)
    config.load()
    made = Connection(config, ServerState(), {}, hour)  # type: ignore[arg-type]  # all it asks of one
    made.connection_made(line)
    return made


def test_the_deadlines_are_those_that_are_published() -> None:
    published = Deadlines(
        head=HEAD,
        body=BODY,
        bytes_a_second=KIBS_A_SECOND * 1024,
        body_at_most=BODY_AT_MOST,
        unread=UNREAD,
        unread_at_most=UNREAD_AT_MOST,
    )
    assert published == DEADLINES
    assert DEADLINES.step == LOOK


@pytest.mark.parametrize("said", [b"", b"GET / HTTP/1.1\r\nHost: a\r\n"])
def test_a_head_has_ten_seconds(
    connection: Connection, hour: Hour, line: Line, said: bytes
) -> None:
    connection.data_received(said)
    hour.pass_until(HEAD)
    assert not line.closed
    hour.pass_until(HEAD + LOOK + 0.1)
    assert line.closed
    assert line.told == b""


@pytest.mark.parametrize(
    ("kibs", "seconds"), [(0, 15), (4, 16), (40, 25), (400, 115), (420, 120), (900, 120)]
)
def test_a_body_has_fifteen_seconds_and_one_more_for_each_4_kib_but_at_most_120(
    connection: Connection, hour: Hour, line: Line, kibs: int, seconds: float
) -> None:
    connection.data_received(POST)
    connection.data_received(b" " * 1024 * kibs)
    hour.pass_until(seconds)
    assert not line.closed
    hour.pass_until(seconds + LOOK + 0.1)
    assert line.closed
    assert line.told.startswith(b"HTTP/1.1 408 ")


def test_who_was_answered_early_may_ask_again_after_the_body(
    connection: Connection, hour: Hour, line: Line
) -> None:
    connection.data_received(POST)
    connection.cycle.response_complete = True
    connection.on_response_complete()
    whole = HEAD + 3.5
    hour.pass_until(whole)
    connection.data_received(b" " * 1_000_000)
    hour.pass_until(whole + HEAD)
    assert not line.closed
    hour.pass_until(whole + HEAD + LOOK + 0.1)
    assert line.closed


def test_an_answer_of_which_nothing_is_taken_is_cut_after_twenty_seconds(
    connection: Connection, hour: Hour, line: Line
) -> None:
    connection.data_received(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    line.unsent = 50_000
    hour.pass_until(15)
    line.unsent = 40_000  # it took some
    taken = 15 + LOOK
    hour.pass_until(taken + UNREAD - 0.1)
    assert not line.closed
    hour.pass_until(taken + UNREAD + LOOK)
    assert line.closed
    assert line.told == b""

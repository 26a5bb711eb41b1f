"""Who takes what waits, and who is late: by a clock that is set, and over real sockets."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from app.web.deadlines import DEADLINES
from app.web.send_queue import ACKNOWLEDGED, SendQueue
from tests.waiting import PATIENCE_SECONDS
from tests.web.listening import a_server
from tests.web.long_answer import BYTES, GET_LONG, GET_SHORT, LAST_CHUNK, LongAnswer
from tests.web.spoken import LONG, LONG_BEFORE

pytestmark = pytest.mark.anyio

UNREAD, UNREAD_AT_MOST, BYTES_A_SECOND = 20, 120, 4096
HOUR = 3600
FAILURES = ["no socket", "refused", "short"]


class Phone:
    """A transport, and its socket, whose client has acknowledged what the test says."""

    def __init__(self, fails: str = "") -> None:
        """`fails`: how the system does not tell of it."""
        self.fails = fails
        self.waiting, self.acknowledged = 65_536, 0

    def get_write_buffer_size(self) -> int:
        """What this process still has."""
        return self.waiting

    def get_extra_info(self, name: str) -> "Phone | None":
        """The socket."""
        return self if self.fails != "no socket" and name == "socket" else None

    def getsockopt(self, *_: int) -> bytes:
        """What the system tells of the connection. Raises OSError."""
        if self.fails == "refused":
            raise OSError
        told = ACKNOWLEDGED.pack(self.acknowledged)
        return told[:104] if self.fails == "short" else told


def late_at(phone: Phone, each_second: Callable[[int], None], begins: int = 0) -> int | None:
    """The second in which the client is late, or nothing if it is not within an hour.

    `begins`: the second in which the answer does; what was before is of others.
    """
    queue = SendQueue(phone, DEADLINES)  # type: ignore[arg-type]  # all it asks of one
    for second in range(HOUR):
        if second == begins:
            queue.begin()
        each_second(second)
        if queue.is_late(second):
            return second
    return None


def test_who_takes_nothing_is_late_after_twenty_seconds() -> None:
    assert late_at(Phone(), lambda _: None) == UNREAD


@pytest.mark.parametrize("pause", [1, 4, 16])
def test_who_takes_4_kib_a_second_is_never_late_though_nothing_leaves_the_process(
    pause: int,
) -> None:
    phone = Phone()

    def take(second: int) -> None:
        if second % pause == 0:
            phone.acknowledged += pause * BYTES_A_SECOND

    assert late_at(phone, take) is None


@pytest.mark.parametrize(("bytes_a_second", "seconds"), [(1, 21), (64, 21), (2048, 41)])
def test_who_trickles_is_late_all_the_same(bytes_a_second: int, seconds: int) -> None:
    phone = Phone()

    def take(_: int) -> None:
        phone.acknowledged += bytes_a_second

    assert late_at(phone, take) == seconds


@pytest.mark.parametrize(
    ("taken", "seconds"), [(40_960, 30), (400 * 1024, 120), (40_000_000, UNREAD_AT_MOST + 5)]
)
def test_who_took_much_may_pause_but_not_for_ever(taken: int, seconds: int) -> None:
    phone = Phone()

    def take(second: int) -> None:
        phone.acknowledged += taken if second == 5 else 0

    assert late_at(phone, take) == seconds


def test_what_buffers_on_the_way_took_at_once_is_read_at_4_kib_a_second() -> None:
    phone = Phone()
    phone.acknowledged = 50 * BYTES_A_SECOND
    assert late_at(phone, lambda _: None) == UNREAD + 50


@pytest.mark.parametrize(("begins", "seconds"), [(2, 10 + UNREAD + 50), (4, 10 + UNREAD)])
def test_what_was_taken_while_nothing_waited_counts_if_it_was_of_this_answer(
    begins: int, seconds: int
) -> None:
    phone = Phone()

    def take(second: int) -> None:
        phone.acknowledged += 50 * BYTES_A_SECOND if second == 3 else 0
        phone.waiting = 65_536 if second >= 10 else 0

    assert late_at(phone, take, begins) == seconds


def test_an_answer_that_begins_behind_one_that_waits_takes_no_time_away() -> None:
    phone = Phone()

    def take(second: int) -> None:
        phone.acknowledged += 50 * BYTES_A_SECOND if second == 3 else 0

    assert late_at(phone, take, begins=3) == UNREAD + 50


def test_each_answer_that_begins_to_wait_has_twenty_seconds_and_nothing_from_before() -> None:
    phone = Phone()

    def take(second: int) -> None:
        phone.acknowledged += 10_000_000 if second == 5 else 0
        phone.waiting = 0 if second == 100 else 65_536

    assert late_at(phone, take) == 100 + 1 + UNREAD


@pytest.mark.parametrize("fails", FAILURES)
def test_where_the_system_tells_nothing_what_leaves_the_process_counts(fails: str) -> None:
    phone = Phone(fails)

    def take(second: int) -> None:
        phone.waiting -= 1000 if second in (15, 30) else 0

    assert late_at(phone, take) == 30 + UNREAD


@pytest.mark.parametrize("fails", ["", *FAILURES])
def test_what_is_added_behind_what_waits_was_not_taken(fails: str) -> None:
    phone = Phone(fails)

    def ask(_: int) -> None:
        phone.waiting += 1000

    assert late_at(phone, ask) == UNREAD


def test_what_leaves_the_process_for_the_system_alone_was_not_taken() -> None:
    phone = Phone()

    def let_go(_: int) -> None:
        phone.waiting -= 1000

    assert late_at(phone, let_go) == UNREAD
    assert phone.acknowledged == 0


@asynccontextmanager
async def a_phone(port: int, request: bytes = GET_LONG) -> AsyncIterator[socket.socket]:
    """A connection that has asked, whose system takes no more than the phone reads."""
    loop = asyncio.get_running_loop()
    with socket.socket() as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
        line.setblocking(False)  # noqa: FBT003 - as sockets have it
        await loop.sock_connect(line, ("127.0.0.1", port))
        await loop.sock_sendall(line, request)
        yield line


async def read_slowly(line: socket.socket, seconds: float) -> int:
    """Read 400 kB a second, steadily; how many bytes came."""
    loop, count = asyncio.get_running_loop(), 0
    until = loop.time() + seconds
    while loop.time() < until:
        count += len(await loop.sock_recv(line, 20_000))
        await asyncio.sleep(0.05)
    return count


async def read_one(line: socket.socket) -> None:
    """Read an answer in chunks to its end, from a connection that stays open."""
    loop, last = asyncio.get_running_loop(), b""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not last.endswith(LAST_CHUNK):
            last = (last + await loop.sock_recv(line, 1_000_000))[-16:]


async def read_all(line: socket.socket) -> tuple[int, bytes]:
    """Read until the server closes; how many bytes came, and the last of them."""
    loop, count, last = asyncio.get_running_loop(), 0, b""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while read := await loop.sock_recv(line, 1_000_000):
            count, last = count + len(read), (last + read)[-16:]
    return count, last


@pytest.fixture(params=[False, True], ids=["asyncio", "uvloop"])
def anyio_backend(request: pytest.FixtureRequest) -> tuple[str, dict[str, bool]]:
    """Both loops hold sockets in their own way; the service runs on the second."""
    return "asyncio", {"use_uvloop": request.param}


async def test_a_slow_phone_reads_a_long_answer_to_its_end() -> None:
    """For longer than the deadline nothing leaves the process: the system holds megabytes."""
    app, deadlines = LongAnswer(), replace(LONG, unread=1.5)
    async with a_server(deadlines, app) as port, a_phone(port) as line:
        count = await read_slowly(line, 4.0)
        assert not app.ended.is_set()
        rest, last = await read_all(line)
    assert count + rest > BYTES
    assert last.endswith(LAST_CHUNK)


async def test_a_phone_that_stops_is_cut_and_can_tell() -> None:
    app = LongAnswer()
    deadlines = replace(LONG, unread=1.0, unread_at_most=2.0)
    async with a_server(deadlines, app) as port, a_phone(port) as line:
        count = await read_slowly(line, 0.5)
        await asyncio.wait_for(app.ended.wait(), LONG_BEFORE)
        rest, last = await read_all(line)
    assert count + rest < BYTES
    assert not last.endswith(LAST_CHUNK)


async def test_what_was_read_of_earlier_answers_buys_no_pause() -> None:
    """Two megabytes, which would be ten seconds; what buffers take of the last answer is one."""
    app, loop = LongAnswer(), asyncio.get_running_loop()
    deadlines = replace(LONG, unread=0.5, bytes_a_second=200_000)
    async with a_server(deadlines, app) as port, a_phone(port, GET_SHORT) as line:
        for _ in range(30):
            await read_one(line)
            await loop.sock_sendall(line, GET_SHORT)
        await read_one(line)
        await asyncio.sleep(deadlines.step * 4)
        await loop.sock_sendall(line, GET_LONG)
        await asyncio.wait_for(app.ended.wait(), 5.0)

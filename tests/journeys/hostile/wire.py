"""Sends bytes to a running server and counts what comes back, how soon, and what it costs."""

import asyncio
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from urllib.parse import urlsplit

from tests.process import RunningService

AT_ONCE = 12
PATIENCE = 0.25
"""Seconds without a byte after which others may go ahead."""
LONGEST = 25.0
"""Seconds after which the server has hung up on whoever owes it the rest of a request."""
HEAD = re.compile(rb"HTTP/1\.1 (\d{3})[^\r\n]*\r\n(.*?)\r\n\r\n", re.DOTALL)
LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)
GOODBYE = b"\r\n\r\nGET /healthz HTTP/1.1\r\nHost: afterglow.test\r\nConnection: close\r\n\r\n"
"""Behind each request, so that a connection that stays open is told to end."""


@dataclass
class Answers:
    """What came of the requests; `cut` had not been whole, and were hung up on."""

    sent: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    cut: int = 0
    slowest: float = 0.0
    server_errors: list[bytes] = field(default_factory=list)
    unreadable: list[bytes] = field(default_factory=list)

    def take(self, request: bytes, answer: bytes, seconds: float) -> None:
        """Count one exchange."""
        self.sent += 1
        if not answer:
            self.cut += 1
            return
        self.slowest = max(self.slowest, seconds)
        statuses = statuses_in(answer)
        self.statuses.update(statuses)
        if not statuses:
            self.unreadable.append(request)
        if any(status >= 500 for status in statuses):
            self.server_errors.append(request)


def statuses_in(answer: bytes) -> list[int]:
    """The status of each answer that came over one connection."""
    statuses, at = [], 0
    while (head := HEAD.match(answer, at)) is not None:
        status = int(head[1])
        length = LENGTH.search(head[2])
        statuses.append(status)
        at = head.end() + (int(length[1]) if length and status != 304 else 0)
    return statuses


async def send_all(server: RunningService, requests: Iterable[bytes]) -> Answers:
    """Each over a connection of its own, some at once; those that wait hold nobody up."""
    answers, slots = Answers(), asyncio.Semaphore(AT_ONCE)
    port = urlsplit(server.url).port
    assert port is not None

    async def work(request: bytes) -> None:
        began = perf_counter()
        answer, first = await _exchange(port, request, slots)
        answers.take(request, answer, first - began)

    async with asyncio.TaskGroup() as tasks:
        for request in requests:
            await slots.acquire()
            tasks.create_task(work(request))
    return answers


async def _exchange(port: int, request: bytes, slots: asyncio.Semaphore) -> tuple[bytes, float]:
    """What was answered until the server hung up, and when its first byte came.

    Gives its slot back once nothing comes any more for a while.
    """
    answer, first, held = b"", 0.0, True
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(request + GOODBYE)
        while True:
            try:
                part = await asyncio.wait_for(reader.read(65536), PATIENCE if held else LONGEST)
            except TimeoutError:
                if not held:
                    break
                slots.release()
                held = False
                continue
            first = first or perf_counter()
            answer += part
            if not part:
                break
    except ConnectionError:
        pass
    finally:
        writer.transport.abort()
        if held:
            slots.release()
    return answer, first


def resident_bytes(server: RunningService) -> int:
    """Memory of the server's process."""
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    found = re.search(r"^VmRSS:\s+(\d+) kB$", status, re.MULTILINE)
    assert found is not None
    return int(found[1]) * 1024

"""What clients say to a real socket, byte by byte, and what comes back."""

import asyncio
from collections.abc import Iterable

from app.web.deadlines import Deadlines
from tests.waiting import PATIENCE_SECONDS
from tests.web.sample import TOKEN

LONG = Deadlines(head=60, body=60, bytes_a_second=4096, body_at_most=60, unread=60, linger=0.2)
"""Of which each test of a deadline makes its own one short: no other can end what it began."""

LONG_BEFORE = 30
"""In seconds: so late a short deadline has ended everything, and a long one nothing."""

GET = f"GET /v1/greeting HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer {TOKEN}\r\n".encode()
POST = (
    f"POST /v1/notes HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer {TOKEN}\r\n"
    "Content-Type: application/json\r\n"
).encode()
UPGRADES = (
    b"Connection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAEAAEAAAAIAAAAB\r\nUpgrade: h2c\r\n",
    b"Connection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n",
    b"Upgrade: h2c\r\n",
    b"Connection: upgrade\r\n",
)
CLOSE = GET + b"Connection: close\r\n\r\n"
NOTE = b'{"kind": "rest", "comfort": 3}'


async def say(port: int, parts: Iterable[bytes], pause: float = 0) -> tuple[bytes, float]:
    """Send `parts`; what came until the server closed, and the seconds that took."""
    clock = asyncio.get_running_loop().time
    begun = clock()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    answer = asyncio.ensure_future(reader.read())
    for part in parts:
        if answer.done():
            break
        writer.write(part)
        await asyncio.sleep(pause)
    try:
        return await asyncio.wait_for(answer, PATIENCE_SECONDS), clock() - begun
    except ConnectionResetError:
        return b"", clock() - begun
    finally:
        writer.close()


def statuses_in(answer: bytes) -> list[bytes]:
    """Of each answer, in order."""
    return [each[:3] for each in answer.split(b"HTTP/1.1 ")[1:]]

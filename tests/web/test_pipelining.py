"""Requests that do not wait for the answers to those before, over a real socket."""

import pytest

from app.web.connection import Connection
from app.web.pipelining import MOST_WAITING
from app.web.request_head import MOST_HEAD_BYTES
from tests.web.spoken import CLOSE, GET, NOTE, POST, UPGRADES, say, statuses_in

pytestmark = pytest.mark.anyio


async def test_pipelined_requests_are_answered_in_order_until_a_bad_one(port: int) -> None:
    answer, _ = await say(port, [(GET + b"\r\n") * 3 + b"nonsense\r\n\r\n"])
    assert answer.count(b"HTTP/1.1 200 ") == 3


MANY = 250
"""Heads of this number together are longer than one may be."""
NOTED = POST + b"Content-Length: %d\r\n\r\n" % len(NOTE) + NOTE
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n0\r\n\r\n" % (len(NOTE), NOTE)
LINES = NOTE.replace(b", ", b",\r\n\r\n")
LINED = POST + b"Content-Length: %d\r\n\r\n" % len(LINES) + LINES
UPGRADED = GET + UPGRADES[0] + b"\r\n"
BURSTS = {
    "no bodies": GET + b"\r\n",
    "bodies": NOTED,
    "bodies with empty lines": LINED,
    "chunks": CHUNKED,
    "upgrades": UPGRADED,
    "empty lines between": GET + b"\r\n\r\n\r\n",
}


@pytest.mark.parametrize("burst", BURSTS)
async def test_each_head_of_a_burst_counts_alone(port: int, burst: str) -> None:
    """The last head is whole later: by then the ones before must not count for it."""
    sent = BURSTS[burst] * MANY
    assert len(sent) > MOST_HEAD_BYTES
    answer, _ = await say(port, [sent + CLOSE[:-20], CLOSE[-20:]], pause=0.05)
    assert len(statuses_in(answer)) == MANY + 1
    assert set(statuses_in(answer)) <= {b"200", b"201"}


@pytest.mark.parametrize("burst", BURSTS)
async def test_a_flood_of_requests_waits_outside_and_each_is_answered(
    port: int, monkeypatch: pytest.MonkeyPatch, burst: str
) -> None:
    """Whoever sends without an end, and reads answers, would else fill the memory."""
    waiting: list[int] = []
    headed = Connection.on_headers_complete

    def noted(connection: Connection) -> None:
        headed(connection)
        waiting.append(len(connection.pipeline))

    monkeypatch.setattr(Connection, "on_headers_complete", noted)
    flood = 10 * MANY
    answer, _ = await say(port, [BURSTS[burst] * flood, BURSTS[burst] * flood, CLOSE])
    assert len(statuses_in(answer)) == 2 * flood + 1
    assert set(statuses_in(answer)) <= {b"200", b"201"}
    assert max(waiting) <= MOST_WAITING + 1, "one whose body was on its way"


@pytest.mark.parametrize("over", [0, 1])
@pytest.mark.parametrize("burst", BURSTS)
async def test_a_head_is_as_long_as_it_may_be_behind_whatever_came_before(
    port: int, burst: str, over: int
) -> None:
    """To the byte, though it came in one piece with them."""
    begun = GET + b"X-Long: "
    begun += b"a" * (MOST_HEAD_BYTES + over - len(begun))
    rest = b"\r\nConnection: close\r\n\r\n"
    answer, _ = await say(port, [BURSTS[burst] * 2 + begun, rest], pause=0.05)
    answered = [each for each in statuses_in(answer) if each in (b"200", b"201")]
    assert len(answered) == (2 if over else 3)

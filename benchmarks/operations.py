"""What is asked of the servers, and the goals that the project has set itself."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

from benchmarks.diary import DEVICE, members_of, new_id
from benchmarks.ground import Ground, SeededPatient
from benchmarks.load import Make, wire

PUSHED = 100
PULLED = 200
LISTED = 50
KINDS = ("mood", "anxiety")


@dataclass(frozen=True, slots=True)
class Goal:
    """Against bare: least throughput, most CPU, most p99. Against usual: least throughput."""

    throughput: float | None = None
    cpu: float | None = None
    p99: float | None = None
    usual: float | None = 4.0


@dataclass(frozen=True, slots=True)
class Operation:
    """One kind of request; `make(ground, seed)` gives the same requests for the same seed."""

    name: str
    title: str
    make: Callable[[Ground, int], Make]
    goal: Goal
    make_for_bare: Callable[[Ground, int], Make] | None = None
    """What bare is asked instead, where it is held against other work."""
    against_usual: bool = True


def _of_readers(path: Callable[[Ground, SeededPatient], str]) -> Callable[[Ground, int], Make]:
    """GET requests of random patients whose journals never change."""

    def prepare(ground: Ground, seed: int) -> Make:
        ready = [wire("GET", path(ground, each), each.token) for each in ground.readers]
        return _shuffled(ready, seed)

    return prepare


def _shuffled(ready: Sequence[bytes], seed: int) -> Make:
    order = Random(seed).choices(range(len(ready)), k=4096)
    return lambda number: ready[order[number % len(order)]]


def _create(ground: Ground, _seed: int) -> Make:
    """New moods of random writers."""
    writers, head = ground.writers, _head_of_ids()
    content = json.dumps(_content("mood")).encode()[1:]

    def make(number: int) -> bytes:
        body = b'{"id":"%b%012x",%b' % (head, number, content)
        return wire("POST", "/v1/entries", writers[number % len(writers)].token, body)

    return make


def _push(ground: Ground, _seed: int) -> Make:
    """A hundred new entries of random writers."""
    writers, head = ground.writers, _head_of_ids()
    contents = [json.dumps(_content(KINDS[n % len(KINDS)])).encode() for n in range(PUSHED)]

    def make(number: int) -> bytes:
        items = [
            b'{"id":"%b%012x","op":"upsert","data":%b}' % (head, number * PUSHED + n, content)
            for n, content in enumerate(contents)
        ]
        body = b'{"device_id":"%b","changes":[%b]}' % (DEVICE.encode(), b",".join(items))
        return wire("POST", "/v1/sync/changes", writers[number % len(writers)].token, body)

    return make


def _content(kind: str) -> dict[str, object]:
    now = datetime.now(UTC) - timedelta(minutes=1)
    written = now.isoformat(timespec="seconds")
    return members_of(kind, now.date(), now.hour) | {"occurred_at": written}


def _head_of_ids() -> bytes:
    """All of a new version 7 UUID but its last twelve digits, which count."""
    milliseconds = int(datetime.now(UTC).timestamp() * 1000)
    return str(new_id(milliseconds))[:24].encode()


def _window(ground: Ground, days: int) -> str:
    first = ground.last_day - timedelta(days=days - 1)
    return f"from={first}&to={ground.last_day}"


def _daily(ground: Ground, _patient: SeededPatient) -> str:
    return f"/v1/trends/daily?metric=mood&{_window(ground, 365)}"


def _summary(ground: Ground, _patient: SeededPatient) -> str:
    return f"/v1/trends/summary?{_window(ground, 365)}"


def _response(ground: Ground, _patient: SeededPatient) -> str:
    days = max(1, min(round(ground.extent.years * 365), 1825))
    return f"/v1/trends/session-response?metric=mood&{_window(ground, days)}"


def _pull(_ground: Ground, _patient: SeededPatient) -> str:
    return f"/v1/sync/changes?cursor=0&limit={PULLED}"


def _idle_pull(_ground: Ground, patient: SeededPatient) -> str:
    return f"/v1/sync/changes?cursor={patient.head}&limit={PULLED}"


def _list(_ground: Ground, _patient: SeededPatient) -> str:
    return f"/v1/entries?limit={LISTED}"


def _token(_ground: Ground, _patient: SeededPatient) -> str:
    return "/token"


def _plain_daily(ground: Ground, _patient: SeededPatient) -> str:
    return f"/plain/daily?{_window(ground, 365)}"


def _open_share(ground: Ground, seed: int) -> Make:
    """Random links are opened by somebody who gives a name."""
    ready = [wire("GET", f"/shl/{link}?recipient=Dr%20Lee") for link in ground.links]
    return _shuffled(ready, seed)


OPERATIONS = (
    Operation("create", "create entry", _create, Goal(0.75, 1.7, 1.5)),
    Operation("list", "list 50", _of_readers(_list), Goal(0.6, 2.0, 1.5)),
    Operation("daily", "daily trend, 365 days", _of_readers(_daily), Goal(0.7, 2.0, 1.5)),
    Operation("summary", "summary, 365 days", _of_readers(_summary), Goal(0.5, None, 2.0)),
    Operation("response", "session response, 5 years", _of_readers(_response), Goal()),
    Operation("push", "push 100", _push, Goal(0.6, 2.0, 1.5, 10.0)),
    Operation("pull", "pull 200", _of_readers(_pull), Goal(0.6, 2.0, 1.5, 10.0)),
    Operation("open", "open share (snapshot)", _open_share, Goal(0.7, 1.7, 1.5)),
)
BESIDE = (
    Operation(
        "idle",
        "idle pull ÷ bare token read",
        _of_readers(_idle_pull),
        Goal(1 / 1.3, 1.3),
        _of_readers(_token),
        against_usual=False,
    ),
    Operation(
        "grouped",
        "daily trend ÷ bare grouping plaintext",
        _of_readers(_daily),
        Goal(1.0),
        _of_readers(_plain_daily),
        against_usual=False,
    ),
)
"""Held against bare doing other work."""

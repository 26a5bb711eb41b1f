"""What is asked of the servers, and the goals that the project has set itself."""

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from random import Random

from benchmarks import trend_operations as trends
from benchmarks.asked import Goal, Operation
from benchmarks.diary import DEVICE, members_of, new_id
from benchmarks.ground import Ground, SeededPatient
from benchmarks.load import Make, wire
from benchmarks.trend_operations import window

PUSHED = 100
PULLED = 200
LISTED = 50
KINDS = ("mood", "anxiety")


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


def _pull(_ground: Ground, _patient: SeededPatient) -> str:
    return f"/v1/sync/changes?cursor=0&limit={PULLED}"


def _idle_pull(_ground: Ground, patient: SeededPatient) -> str:
    return f"/v1/sync/changes?cursor={patient.head}&limit={PULLED}"


def _list(_ground: Ground, _patient: SeededPatient) -> str:
    return f"/v1/entries?limit={LISTED}"


def _token(_ground: Ground, _patient: SeededPatient) -> str:
    return "/token"


def _plain_daily(ground: Ground, _patient: SeededPatient) -> str:
    return f"/plain/daily?{window(ground, 365)}"


def _open_share(ground: Ground, seed: int) -> Make:
    """Random links are opened by somebody who gives a name."""
    ready = [wire("GET", f"/shl/{link}?recipient=Dr%20Lee") for link in ground.links]
    return _shuffled(ready, seed)


def _export(_ground: Ground, _patient: SeededPatient) -> str:
    return "/v1/export?format=ndjson"


EXPORT = Operation("export", "export", _of_readers(_export), Goal())
OPERATIONS = (
    Operation("create", "create entry", _create, Goal(0.75, 1.7, 1.5)),
    Operation("list", "list 50", _of_readers(_list), Goal(0.6, 2.0, 1.5)),
    *trends.WARM_OF_ALL,
    Operation("push", "push 100", _push, Goal(0.6, 2.0, 1.5, 10.0)),
    Operation("pull", "pull 200", _of_readers(_pull), Goal(0.6, 2.0, 1.5, 10.0)),
    Operation("open", "open share (snapshot)", _open_share, Goal(0.7, 1.7, 1.5)),
)
BESIDE = (
    Operation(
        "grouped-ready",
        "daily trend, ready ÷ bare grouping plaintext",
        trends.DAILY.warm,
        Goal(1.0),
        _of_readers(_plain_daily),
        against_usual=False,
    ),
    *trends.COLD_OF_ALL,
    *trends.BOTH_OF_ALL,
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
        "daily trend, computed ÷ bare grouping plaintext",
        trends.DAILY.cold,
        Goal(1.0),
        _of_readers(_plain_daily),
        against_usual=False,
    ),
)
"""Held against bare doing other work."""

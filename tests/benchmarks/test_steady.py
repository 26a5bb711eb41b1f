"""The steady load does what it says: it tells errors, lateness, growth, lost and doubled writes."""

import asyncio
from contextlib import suppress
from pathlib import Path

import pytest

from benchmarks.steady.__main__ import judged, slow_moments, told
from benchmarks.steady.checking import Found, found
from benchmarks.steady.generator import CUT, Heard, generate
from benchmarks.steady.memory import Sample, growth
from benchmarks.steady.phones import Changing, Phone, Writing, score_of
from benchmarks.steady.requests import READS, WRITES, Crowd
from benchmarks.steady.run import Plan, run
from tests.benchmarks.listening import listening
from tests.benchmarks.test_load import PAUSE, hang_up, slow_server


def test_a_short_load_is_answered_in_full_and_everything_acknowledged_is_there_once(
    tmp_path: Path,
) -> None:
    plan = Plan(per_second=60, seconds=2.5, patients=3, refresh_seconds=1.0)
    outcome = run("sqlite", tmp_path, plan)
    heard = outcome.heard
    assert heard.wrong.total() == 0
    assert heard.answers() == 150
    assert heard.latencies.keys() == {*READS, *WRITES, "refresh"}
    assert 3 <= heard.answers("refresh") <= 9
    written = heard.answers("create", "change") + 5 * heard.answers("push")
    assert heard.written == written > 60
    assert outcome.found == (3 * 400 + written - heard.answers("change"), 0, 0)
    verdict = {line.partition(":")[0]: met for line, met in judged(plan, outcome)}
    assert not verdict["requests answered a second"]
    assert verdict["errors"]
    assert verdict["doubled"]
    lines = [*told(plan, outcome)]
    assert any(line.startswith("  push: ") for line in lines)
    (sixths,) = [line for line in lines if line.startswith("p99 in ms by sixths")]
    assert len(sixths.partition(": ")[2].split()) == 6


def test_a_run_is_told_part_by_part() -> None:
    heard = Heard()
    for number in range(60):
        heard.note("list", 0.001 * (number // 10))
        heard.note("push", 0.002 * (number // 10))
    assert heard.percentiles(1.0, 6) == pytest.approx([0.002 * part for part in range(6)])


def test_the_moments_of_a_run_that_were_slow_are_told() -> None:
    heard = Heard()
    for number in range(400):
        heard.note("list", 0.25 if 100 <= number < 200 else 0.01)
    assert slow_moments(heard, 40.0).endswith("in 1 of 4 moments; from 10 s: 250 ms")
    assert slow_moments(Heard(), 3.0).endswith("in 0 of 1 moments; from -")


def test_every_phone_asks_every_kind_of_request() -> None:
    phones = [Phone("a", "b", "c", [Changing("d", 1, 1.0)]) for _ in range(50)]
    crowd = Crowd(phones, Writing.begun(), "usual", refresh_seconds=1e6)
    asked: dict[int, set[str]] = {}
    for number in range(50 * 100):
        deed = crowd.next(number)
        assert deed is not None
        asked.setdefault(id(deed.phone), set()).add(deed.kind)
        for each in deed.phone.changing:
            each.busy = False
    assert len(asked) == 50
    assert {len(kinds) for kinds in asked.values()} <= {8, 9}


def test_what_lacks_and_what_is_there_twice_is_told() -> None:
    writing = Writing.begun()
    phone = Phone("", "", changes=4)
    phone.created.extend(range(3))
    phone.changing = [Changing(writing.id(2), 5, 9.5)]
    seen = {writing.id(n): score_of(n) for n in range(2)} | {writing.id(2): 9.5}
    assert found(phone, writing, seen, 5) == Found(3, 0, 0)
    assert found(phone, writing, seen | {writing.id(2): 9.0}, 5) == Found(3, 1, 0)
    assert found(phone, writing, seen, 4) == Found(3, 1, 0)
    assert found(phone, writing, seen, 6) == Found(3, 0, 1)
    assert found(phone, writing, seen | {writing.id(7): 1.0}, 6) == Found(4, 0, 2)


def test_a_write_without_an_answer_may_be_there_or_not() -> None:
    writing = Writing.begun()
    phone = Phone("", "", changes=1, unsure={1: 5})
    phone.created.append(0)
    seen = {writing.id(0): score_of(0)}
    assert found(phone, writing, seen, 2) == Found(1, 0, 0)
    pushed = {writing.id(n): score_of(n) for n in range(1, 6)}
    assert found(phone, writing, seen | pushed, 7) == Found(6, 0, 0)
    assert found(phone, writing, seen | pushed, 8) == Found(6, 0, 1)


def test_a_latency_counts_from_when_it_was_due_and_another_status_is_an_error() -> None:
    """The server answers half as fast as requests fall due, and with 200 alone."""
    phones = [Phone("a", "b", changing=[Changing("d", 1, 1.0)]) for _ in range(8)]
    with slow_server() as server:
        heard = generate(server.port, phones, Writing.begun(), "saves", 2 / PAUSE, 0.5)
    assert heard.answers() == 20
    assert heard.percentile(1.0) > 8 * PAUSE
    assert heard.lag(0.5) < PAUSE
    assert heard.wrong == {("create", 200): 16, ("change", 200): 4}
    assert heard.written == 0
    assert sum(len(phone.unsure) for phone in phones) == 16


async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        await reader.read(1)
    await hang_up(writer)


def test_a_connection_that_is_cut_is_an_error_and_the_load_goes_on() -> None:
    with listening(say_nothing) as port:
        phones = [Phone("a", "b", "c", [Changing("d", 1, 1.0)]) for _ in range(4)]
        heard = generate(port, phones, Writing.begun(), "usual", 100, 0.3)
    assert heard.wrong.total() == 30
    assert {status for _, status in heard.wrong} == {CUT}


@pytest.mark.parametrize(
    ("held", "gained"),
    [
        ([50, 90, 100, 100, 100], 0.0),
        ([50, 90, 100, 105, 110], 0.1),
        ([90, 95, 100, 98, 96], -0.04),
    ],
)
def test_memory_counts_from_the_middle_of_the_run(held: list[float], gained: float) -> None:
    samples = [Sample(second, mib) for second, mib in enumerate(held)]
    assert growth(samples) == pytest.approx(gained, abs=0.006)

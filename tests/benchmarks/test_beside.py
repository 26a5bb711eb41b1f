"""The commands about misused servers measure what they say: short runs of both."""

import asyncio
from pathlib import Path
from statistics import median

import pytest

from app.main import create_app
from app.web.deadlines import Deadlines
from benchmarks.beside import at_least, goal, honest_patient, meanwhile
from benchmarks.sign_in_flood import flood
from benchmarks.slow_connections import KINDS, crowd
from tests.engines import sqlite_url
from tests.service import settings_for
from tests.web.listening import a_server

SHORT = Deadlines(head=2.0, body=3.0, bytes_a_second=4096, body_at_most=30.0, linger=0.2)
SLOW = 300
UNHURRIED = 10.0
"""Seconds more than a deadline that a busy machine may take; nobody's patience is over by then."""


@pytest.mark.anyio
async def test_slow_connections_are_all_held_and_all_cut_while_others_are_answered(
    tmp_path: Path,
) -> None:
    clock = asyncio.get_running_loop().time
    app = create_app(settings_for(sqlite_url(tmp_path), tmp_path))
    async with a_server(SHORT, app) as port:
        slow = asyncio.create_task(crowd(port, SLOW, 0.2))
        took = []
        while not slow.done():
            begun = clock()
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"GET /healthz HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n")
            assert (await reader.read()).startswith(b"HTTP/1.1 200")
            writer.close()
            took.append(clock() - begun)
            await asyncio.sleep(0.02)
        outcome = await slow
    assert outcome.at_once == SLOW
    told = {kind: {each.status for each in outcome.held if each.kind == kind} for kind in KINDS}
    assert told == {"silent": {0}, "head": {0}, "body": {408}}
    assert SHORT.head <= outcome.longest("silent") < SHORT.head + UNHURRIED
    assert SHORT.head <= outcome.longest("head") < SHORT.head + UNHURRIED
    assert SHORT.body <= outcome.longest("body") < SHORT.body + UNHURRIED
    # Whoever stood behind the slow ones would wait until they are cut.
    assert sorted(took)[len(took) // 2] < SHORT.head / 4


def test_reads_are_answered_while_a_crowd_guesses_passwords() -> None:
    with honest_patient("sqlite", {"AFTERGLOW_LIMITS": "off"}) as honest:
        before = honest.memory_mib()
        with meanwhile(flood, honest.port, 3.0, 64) as guessing:
            beside = honest.read_for(3.0)
            guessed = guessing.result()
        assert honest.memory_mib("VmHWM") - before < 200
    assert not beside.refused
    assert set(guessed.refused) == {401, 429}
    answers = zip(guessed.latencies, guessed.refused, strict=True)
    # A read behind the hashes that run and wait would take as long as a guess does.
    assert beside.percentile(0.5) < median(took for took, status in answers if status == 401) / 2


def test_a_goal_is_met_or_missed() -> None:
    assert goal("a", 50.0, 50) == ("a: 50.0 (goal ≤ 50: met)", True)
    assert goal("a", 50.1, 50) == ("a: 50.1 (goal ≤ 50: missed)", False)
    assert at_least("a", 50.0, 50) == ("a: 50.0 (goal ≥ 50: met)", True)
    assert at_least("a", 49.9, 50) == ("a: 49.9 (goal ≥ 50: missed)", False)

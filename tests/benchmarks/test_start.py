"""Starts are measured and told, once and on little; figures mean nothing."""

import subprocess
import sys

from benchmarks.operations import OPERATIONS
from benchmarks.servers import Memory
from benchmarks.start import Begun, told


def test_a_median_above_the_goal_is_told_as_missed() -> None:
    starts = [Begun(seconds, 0.5, Memory(100, 80, 60)) for seconds in (1.4, 1.6, 1.7)]
    line = told("afterglow", starts)
    assert line == (
        "afterglow: first answer after 1.60 s (1.40 to 1.70), 0.50 s of CPU "
        "(goal ≤ 1.5 s: MISSED); 100 MiB, 60 of them its own"
    )
    assert "goal ≤ 1.5 s: met" in told("afterglow", starts[:1])


def test_the_command_tells_starts_and_what_is_held_after_each_operation() -> None:
    little = ["--starts", "1", "--patients", "2", "--years", "0.1", "--seconds", "0.1"]
    command = [sys.executable, "-m", "benchmarks.start", *little]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    lines = done.stdout.splitlines()
    assert [line.partition(":")[0] for line in lines[1:4]] == [
        "bare",
        "afterglow",
        "afterglow, killed before",
    ]
    assert [line.partition(":")[0] for line in lines[5:-1]] == [
        f"after {operation.title}" for operation in OPERATIONS
    ]

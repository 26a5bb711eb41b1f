"""What sealing takes is measured; on little and for a moment, so the figures mean nothing."""

import re
import subprocess
import sys

from benchmarks.sealing import Save, told


def test_sealing_is_timed_inside_saves_and_trends_are_read() -> None:
    little = ["--saves", "10", "--reads", "5", "--years", "0.1"]
    command = [sys.executable, "-m", "benchmarks.sealing", *little]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    found = re.search(r"p50 [\d.]+ ms, of which sealing (\d+) µs", done.stdout)
    assert found
    assert int(found[1]) > 0
    computed = r"^session response, 5 years, computed: p50 [\d.]+ ms"
    assert re.search(computed, done.stdout, re.MULTILINE)


def test_a_goal_is_missed_where_it_is_missed() -> None:
    assert "(goal < 5%: missed)" in next(told([Save(1e-3, 6e-5)]))
    assert "4.0% (goal < 5%: met)" in next(told([Save(1e-3, 4e-5)]))

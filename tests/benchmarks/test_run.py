"""The whole harness runs, for a moment and on little; what it prints is no measurement."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.operations import BESIDE, OPERATIONS

TITLES = [operation.title for operation in (*OPERATIONS, *BESIDE)]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, dict[str, dict[str, list[float]]]]:
    """What a run of a second printed, and every figure of it."""
    folder: Path = tmp_path_factory.mktemp("benchmarks")
    out = folder / "figures.json"
    short = ["--rounds", "1", "--seconds", "0.1", "--rate-seconds", "0.1"]
    little = ["--patients", "2", "--years", "0.1"]
    command = [sys.executable, "-m", "benchmarks", *little, *short, "--out", str(out)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout, json.loads(out.read_text())


def test_every_operation_gets_its_ratios(
    run: tuple[str, dict[str, dict[str, list[float]]]],
) -> None:
    printed, _ = run
    rows = [line for line in printed.splitlines() if line.startswith("| ")]
    titles = [row.split(" | ")[0].removeprefix("| ") for row in rows[2:]]
    assert titles == TITLES
    assert all("**" in row for row in rows[2:])
    assert "afterglow: " in printed
    assert "cores busy" in printed


def test_every_server_took_part(run: tuple[str, dict[str, dict[str, list[float]]]]) -> None:
    _, figures = run
    for operation in OPERATIONS:
        for server in ("bare", "afterglow", "usual"):
            measured = figures[f"{operation.name} {server}"]
            assert measured["per_second"][0] > 0
            assert len(measured["p99_seconds"]) == (server != "usual")

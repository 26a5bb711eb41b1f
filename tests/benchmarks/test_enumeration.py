"""The measure of what time tells: it runs, and it finds what it is shown."""

import subprocess
import sys

from benchmarks.enumeration import Told, table


def test_every_question_gets_its_medians() -> None:
    command = [sys.executable, "-m", "benchmarks.enumeration", "--pairs", "20"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    rows = [line for line in done.stdout.splitlines() if line.startswith("| ")]
    titles = [row.split(" | ")[0].removeprefix("| ") for row in rows[1:]]
    assert titles == [
        "sign in: wrong password, no account",
        "sign in: wrong password, locked",
        "register",
        "recover",
    ], done.stderr[-3000:]
    # So few pairs say nothing, but the exit code says what the table says.
    assert done.returncode == any("**tells**" in row for row in rows)


def test_a_difference_is_found_and_noise_is_not() -> None:
    assert not Told("", 0.100, 0.103).is_silent
    assert not Told("", 0.010, 0.0085).is_silent
    assert Told("", 0.100, 0.0985).is_silent
    assert Told("", 0.010, 0.0109).is_silent
    assert "**tells**" in [*table([Told("", 0.1, 0.2)], 20)][-1]

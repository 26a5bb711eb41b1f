"""A disk that refuses calls takes nothing that was acknowledged."""

from pathlib import Path

from tests.faults.syscalls import failed_at


def test_calls_that_fail_are_told_and_the_service_goes_on(tmp_path: Path) -> None:
    outcome = failed_at(tmp_path, points=12)
    assert sum(outcome.failed.values()) >= outcome.points == 12
    assert outcome.unavailable > 0
    assert outcome.acknowledged > 0
    assert outcome.holds, outcome

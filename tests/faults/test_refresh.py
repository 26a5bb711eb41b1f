"""Refreshing over a socket: at once, with lost replies, and by a thief."""

from pathlib import Path

import pytest

from tests.engines import ENGINES
from tests.faults.engines import EngineName
from tests.faults.refresh import Outcome, refreshed


@pytest.mark.parametrize("engine", ENGINES)
def test_no_burst_forks_no_honest_phone_is_signed_out_and_every_thief_is_caught(
    engine: EngineName, tmp_path: Path
) -> None:
    outcome = refreshed(engine, tmp_path, bursts=5, refreshes=30, thefts=2)
    assert outcome == Outcome(5, 0, 30, 0, 2, 0)

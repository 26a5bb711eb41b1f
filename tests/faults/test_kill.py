"""A server that dies under writes loses nothing that it acknowledged."""

from pathlib import Path

import pytest

from tests.engines import ENGINES
from tests.faults.engines import EngineName
from tests.faults.kill import killed
from tests.faults.phones import Found


@pytest.mark.parametrize("engine", ENGINES)
def test_a_killed_server_has_lost_nothing_and_doubled_nothing(
    engine: EngineName, tmp_path: Path
) -> None:
    outcome = killed(engine, tmp_path, rounds=3, seconds=0.8)
    assert outcome.acknowledged > 0
    assert outcome.found == Found(lost=0, doubled=0, wrong=0)

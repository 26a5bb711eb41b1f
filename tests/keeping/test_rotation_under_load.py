"""Two servers serve while a rotation is killed and resumed; the full figure is a command.

`python -m benchmarks.rotation --patients 100000 --kills 5 --engine sqlite` (or postgresql).
"""

from pathlib import Path

from benchmarks.rotation import rotated
from tests.engines import as_administrator


def test_a_rotation_killed_half_way_and_resumed_under_load_leaves_nothing_unreadable(
    database_url: str, tmp_path: Path
) -> None:
    done = rotated(as_administrator(database_url), tmp_path, patients=1000, kills=1)
    assert done.verified
    assert len(done.rows) == 1
    assert sum(done.rows.values()) > 1000
    assert done.requests > 0
    assert done.failed == 0

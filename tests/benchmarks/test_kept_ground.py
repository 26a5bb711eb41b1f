"""What was seeded once serves later runs: the same patients, links and databases."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from benchmarks.__main__ import prepared
from benchmarks.ground import Extent
from benchmarks.kept_ground import NAME, OtherGround
from benchmarks.seeding_links import LIFE

SMALL = Extent(2, 0.02, 4)


def test_a_folder_that_was_seeded_is_not_seeded_again(tmp_path: Path) -> None:
    with prepared("sqlite", tmp_path, SMALL) as first:
        before = (tmp_path / "usual.db").stat().st_mtime_ns
    with prepared("sqlite", tmp_path, SMALL) as second:
        assert second == first
        assert (tmp_path / "usual.db").stat().st_mtime_ns == before


def test_so_many_are_asked_for_as_is_said(tmp_path: Path) -> None:
    with prepared("sqlite", tmp_path, Extent(6, 0.02, 4)) as ground:
        few = replace(ground, asked=2)
        assert (few.readers, few.writers) == (ground.readers[:2], ground.writers[:2])
        assert [*ground.readers, *ground.writers] == ground.patients


def test_a_folder_with_other_patients_is_refused(tmp_path: Path) -> None:
    with prepared("sqlite", tmp_path, SMALL):
        pass
    with pytest.raises(OtherGround), prepared("sqlite", tmp_path, Extent(3, 0.02, 4)):
        pass


def test_a_folder_whose_links_end_is_refused(tmp_path: Path) -> None:
    with prepared("sqlite", tmp_path, SMALL):
        pass
    told = json.loads((tmp_path / NAME).read_text())
    told["seeded_at"] = (datetime.now(UTC) - LIFE).isoformat()
    (tmp_path / NAME).write_text(json.dumps(told))
    with pytest.raises(OtherGround), prepared("sqlite", tmp_path, SMALL):
        pass

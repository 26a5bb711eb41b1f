"""What is left on a disk whose power went: whole, with everything that was acknowledged."""

from pathlib import Path

import pytest

from tests.faults.disk import Call, File
from tests.faults.power import Recording, looked_at, opened, recorded


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    return recorded(tmp_path_factory.mktemp("power"), changes=500)


def test_every_image_is_whole_and_holds_what_was_acknowledged(
    recording: Recording, tmp_path: Path
) -> None:
    outcome = opened(tmp_path, recording, images=200)
    assert outcome.images.total() == 200
    assert outcome.calls["sync of the wal"] > 10
    assert outcome.calls["sync of the database"] > 0
    assert outcome.acknowledged > 100
    assert outcome.holds, outcome


def test_a_disk_that_lies_about_its_syncs_would_be_found(
    recording: Recording, tmp_path: Path
) -> None:
    unsynced = [each for each in recording.records if each.call is not Call.SYNC]
    outcome = opened(tmp_path, recording._replace(records=unsynced), images=40)
    assert outcome.lost > 0


@pytest.mark.parametrize("page", [1, 2, 3])
def test_a_broken_page_would_be_found(recording: Recording, tmp_path: Path, page: int) -> None:
    image = bytearray(recording.initial[File.DATABASE])
    file = tmp_path / "image.db"
    file.write_bytes(image)
    assert looked_at(file)[0]
    image[(page - 1) * 4096 : page * 4096] = bytes(4096)
    file.write_bytes(image)
    assert not looked_at(file)[0]

"""A line of the ledger is on disk and whole, or it is not there at all."""

import os
import resource
import signal
import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from app.portability.ledger import Erased, ErasureLedger, LedgerBroken

AT = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A ledger in a folder that is not there yet."""
    return tmp_path / "apart" / "erasures.jsonl"


def an_erasure() -> Erased:
    return Erased(uuid4(), AT)


def test_what_was_written_is_read_in_its_order(path: Path) -> None:
    ledger, written = ErasureLedger(path), [an_erasure() for _ in range(3)]
    assert ledger.lines() == []
    for each in written:
        ledger.append(each)
    assert ledger.lines() == written
    assert path.read_text().splitlines()[0] == (
        f'{{"account_id": "{written[0].account_id}", "erased_at": "2026-06-01T12:00:00+00:00"}}'
    )


def test_only_the_owner_reads_it(path: Path) -> None:
    ErasureLedger(path).append(an_erasure())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_many_writers_leave_whole_lines(path: Path) -> None:
    written = [an_erasure() for _ in range(64)]
    with ThreadPoolExecutor(16) as threads:
        list(threads.map(lambda each: ErasureLedger(path).append(each), written))
    assert set(ErasureLedger(path).lines()) == set(written)


@pytest.mark.parametrize("kept", [1, 20, 60, -1])
def test_a_torn_last_line_counts_for_nothing_and_spoils_no_later_one(path: Path, kept: int) -> None:
    ledger, first, torn, later = ErasureLedger(path), an_erasure(), an_erasure(), an_erasure()
    ledger.append(first)
    with path.open("ab") as file:
        file.write(torn.line()[:kept])
    assert ledger.lines() == [first]
    ledger.append(later)
    assert ledger.lines() == [first, later]


def test_each_line_is_synced_before_append_returns(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []
    really = os.fsync

    def noticed(handle: int) -> None:
        synced.append(os.fstat(handle).st_size)
        really(handle)

    monkeypatch.setattr(os, "fsync", noticed)
    first = an_erasure()
    ErasureLedger(path).append(first)
    assert len(first.line()) in synced
    assert len(synced) == 2, "the file, and the folder that names it"


def test_a_full_disk_leaves_no_half_line(path: Path) -> None:
    ledger, first = ErasureLedger(path), an_erasure()
    ledger.append(first)
    size = path.stat().st_size
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size + 10, before[1]))
        with pytest.raises(LedgerBroken):
            ledger.append(an_erasure())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, ignored)
    assert path.stat().st_size == size
    assert ledger.lines() == [first]


@pytest.mark.parametrize("line", [b"{}", b"[]", b"x", b'{"account_id": "x", "erased_at": "y"}'])
def test_a_whole_line_that_cannot_be_read_stops_everything(path: Path, line: bytes) -> None:
    ErasureLedger(path).append(Erased(UUID(int=1), AT))
    with path.open("ab") as file:
        file.write(line + b"\n")
    with pytest.raises(LedgerBroken):
        ErasureLedger(path).lines()


def test_a_ledger_that_cannot_be_looked_at_is_told_as_broken(tmp_path: Path) -> None:
    """A name that no disk takes stands for a folder that is not ours, or a disk that fails."""
    ledger = ErasureLedger(tmp_path / ("x" * 300))
    for asked in (ledger.is_there, ledger.check, ledger.lines, ledger.begin):
        with pytest.raises(LedgerBroken):
            asked()
    with pytest.raises(LedgerBroken):
        ledger.append(an_erasure())

"""Files of lines that are only ever added to: on disk, and whole, when the writer goes on."""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

OWNER_ALONE = 0o600
LONGEST_LINE = 1024

MakeLine = Callable[[bytes | None], bytes]
"""Makes a line, without its newline, from the last one that is there."""


class AppendOnlyFile:
    """Lines of at most a kilobyte. A last line that was torn off counts for nothing."""

    def __init__(self, path: Path) -> None:
        """The file is made, readable by its owner alone, with its first line."""
        self.path = path

    def append(self, make: MakeLine) -> bytes:
        """Write the line that `make` gives and wait for the disk; writers come one by one.

        A line that is not written whole is taken back. Raises OSError, and what `make` raises.
        """
        with self._alone() as handle:
            before, end = _whole_lines(handle)
            line = make(before)
            os.ftruncate(handle, end)
            try:
                _write_whole(handle, line + b"\n")
                os.fsync(handle)
            except OSError:
                os.ftruncate(handle, end)
                raise
            return line

    def make(self) -> None:
        """An empty file, unless there is one. Raises OSError."""
        with self._alone():
            pass

    def is_there(self) -> bool:
        """Whether there is a file."""
        return self.path.is_file()

    def lines(self) -> list[bytes]:
        """Every whole line, the oldest first; none when there is no file. Raises OSError."""
        try:
            text = self.path.read_bytes()
        except FileNotFoundError:
            return []
        *whole, _torn = text.split(b"\n")
        return [line for line in whole if line.strip()]

    @contextmanager
    def _alone(self) -> Iterator[int]:
        """The open file, locked; a new one is synced by its name too."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        new = not self.path.exists()
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, OWNER_ALONE)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield handle
        finally:
            os.close(handle)
        if new:
            sync_folder(self.path.parent)


def sync_folder(folder: Path) -> None:
    """Have the names in a folder on disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _whole_lines(handle: int) -> tuple[bytes | None, int]:
    """The last whole line, and the length of the file without a torn one after it."""
    size = os.fstat(handle).st_size
    start = max(0, size - 2 * LONGEST_LINE)
    tail = os.pread(handle, 2 * LONGEST_LINE, start)
    whole = tail[: tail.rfind(b"\n") + 1]
    last = whole.rstrip(b"\n").rpartition(b"\n")[2]
    return last or None, start + len(whole)


def _write_whole(handle: int, line: bytes) -> None:
    if os.write(handle, line) != len(line):
        raise OSError("the line was not written whole")

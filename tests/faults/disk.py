"""What stands between a process and the files of its database: it refuses, or records.

`disk.c` is compiled when it is needed and loaded before the process's own libraries.
"""

import errno
import mmap
import struct
import subprocess
from collections import Counter
from collections.abc import Iterator
from enum import IntEnum
from pathlib import Path
from typing import Literal, NamedTuple, Self

SOURCE = Path(__file__).with_name("disk.c")
WORD = struct.Struct("=q")
ARMED, COUNTDOWN, ERROR, LASTING, KINDS, FILES, FAILED = range(7)
HEAD = struct.Struct("=qqqq")
ErrorName = Literal["EIO", "ENOSPC"]


class Call(IntEnum):
    """The calls that change a file or make it last, and what a client was told."""

    WRITE = 0
    TRUNCATE = 1
    SYNC = 2
    ACKNOWLEDGED = 3


CALLS = (Call.WRITE, Call.TRUNCATE, Call.SYNC)


class File(IntEnum):
    """The files of a database; of PostgreSQL's the log is WAL and all else DATABASE."""

    DATABASE = 0
    WAL = 1
    INDEX = 2
    JOURNAL = 3


ALL_FILES = tuple(File)


class Point(NamedTuple):
    """Which call fails: the `number`-th of these from now on, and if `lasting` all behind it."""

    number: int
    error: ErrorName
    calls: tuple[Call, ...] = CALLS
    files: tuple[File, ...] = ALL_FILES
    lasting: bool = False


class Record(NamedTuple):
    """One call that was done, in the order of all; `offset` of a truncation is the new length."""

    call: Call
    file: File
    offset: int
    data: bytes


class Board:
    """Memory shared with the process, which says what of it fails."""

    def __init__(self, path: Path) -> None:
        """Make the file at `path`; nothing fails yet."""
        path.write_bytes(bytes(mmap.PAGESIZE))
        with path.open("r+b") as file:
            self._memory = mmap.mmap(file.fileno(), mmap.PAGESIZE)

    def arm(self, point: Point) -> None:
        """Let calls fail as the point says."""
        for place in range(FAILED, FAILED + len(File) * len(CALLS)):
            self._set(place, 0)
        self._set(COUNTDOWN, point.number)
        self._set(ERROR, getattr(errno, point.error))
        self._set(LASTING, int(point.lasting))
        self._set(KINDS, sum(1 << call for call in point.calls))
        self._set(FILES, sum(1 << file for file in point.files))
        self._set(ARMED, 1)

    def stop(self) -> None:
        """Let nothing fail any more."""
        self._set(ARMED, 0)

    def failed(self) -> Counter[tuple[File, Call]]:
        """How many calls failed since it was armed."""
        return Counter(
            {
                (file, call): self._get(FAILED + len(CALLS) * file + call)
                for file in File
                for call in CALLS
            }
        )

    def _set(self, place: int, value: int) -> None:
        WORD.pack_into(self._memory, place * WORD.size, value)

    def _get(self, place: int) -> int:
        value: int = WORD.unpack_from(self._memory, place * WORD.size)[0]
        return value


class Stream:
    """The record of every call on a database's files, to which clients add what they were told."""

    def __init__(self, path: Path) -> None:
        """Begin an empty one at `path`."""
        path.write_bytes(b"")
        self._path = path
        self._file = path.open("ab", buffering=0)

    def acknowledged(self, told: bytes) -> None:
        """Say that a client heard this, after all that was recorded until now."""
        head = HEAD.pack(Call.ACKNOWLEDGED, File.DATABASE, 0, len(told))
        self._file.write(head + told)

    def close(self) -> None:
        """Take no more."""
        self._file.close()

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    def records(self) -> Iterator[Record]:
        """Everything, from its beginning."""
        with self._path.open("rb") as file:
            while head := file.read(HEAD.size):
                call, which, offset, length = HEAD.unpack(head)
                data = file.read(0 if call in (Call.TRUNCATE, Call.SYNC) else length)
                yield Record(Call(call), File(which), offset, data)


def between(folder: Path, database: Path) -> dict[str, str]:
    """The environment of a process whose calls on `database`, or in it, pass through here.

    Add FAULTY_BOARD or FAULTY_STREAM, the path of either. Raises CalledProcessError, and OSError
    without a C compiler.
    """
    library = folder / "disk.so"
    flags = ["-shared", "-fPIC", "-O2", "-Wall", "-Wextra", "-Werror", "-pthread"]
    subprocess.run(["cc", *flags, "-o", str(library), str(SOURCE)], check=True)
    place = f"{database.resolve()}{'/' if database.is_dir() else ''}"
    return {"LD_PRELOAD": str(library), "FAULTY_DATABASE": place}

"""What stands between a process and the files of its SQLite database: it refuses, or records.

`disk.c` is compiled when it is needed and loaded before the process's own libraries.
"""

import errno
import mmap
import struct
import subprocess
from collections.abc import Collection, Iterator
from enum import IntEnum
from pathlib import Path
from typing import Literal, NamedTuple, Self

SOURCE = Path(__file__).with_name("disk.c")
WORD = struct.Struct("=q")
ARMED, COUNTDOWN, ERROR, LASTING, KINDS, FAILED = range(6)
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
    """The files of a database."""

    DATABASE = 0
    WAL = 1
    INDEX = 2
    JOURNAL = 3


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

    def arm(self, number: int, error: ErrorName, calls: Collection[Call], *, lasting: bool) -> None:
        """Let the call of that number from now on fail, and if `lasting` all behind it."""
        for call in CALLS:
            self._set(FAILED + call, 0)
        self._set(COUNTDOWN, number)
        self._set(ERROR, getattr(errno, error))
        self._set(LASTING, int(lasting))
        self._set(KINDS, sum(1 << call for call in calls))
        self._set(ARMED, 1)

    def stop(self) -> None:
        """Let nothing fail any more."""
        self._set(ARMED, 0)

    def failed(self) -> dict[Call, int]:
        """How many calls failed since it was armed."""
        return {call: self._get(FAILED + call) for call in CALLS}

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
    """The environment of a process whose calls on `database` pass through here.

    Add FAULTY_BOARD or FAULTY_STREAM, the path of either. Raises CalledProcessError, and OSError
    without a C compiler.
    """
    library = folder / "disk.so"
    flags = ["-shared", "-fPIC", "-O2", "-Wall", "-Wextra", "-Werror", "-pthread"]
    subprocess.run(["cc", *flags, "-o", str(library), str(SOURCE)], check=True)
    return {"LD_PRELOAD": str(library), "FAULTY_DATABASE": str(database.resolve())}

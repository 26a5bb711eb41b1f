"""The list of common passwords: marks of their folded forms in order, found by halving.

`python -m tests.accounts.common_list` makes the file. A mark is the beginning of a SHA-256: of a
thousand million passwords that are not listed, about one is taken for one that is.
"""

import hashlib
import unicodedata
from bisect import bisect_left
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

LIST_FILE = Path(__file__).parent / "data" / "common_passwords.bin"
MARK_BYTES = 6


def folded(text: str) -> str:
    """One form of all that differ in case, or in how their characters are put together."""
    return unicodedata.normalize("NFC", text).casefold()


def mark_of(form: str) -> bytes:
    """What stands in the list for a folded password."""
    return hashlib.sha256(form.encode()).digest()[:MARK_BYTES]


def is_common(password: str) -> bool:
    """Whether it stands in the list, however its letters are cased."""
    mark = mark_of(folded(password))
    with LIST_FILE.open("rb", buffering=0) as file:
        marks = _Marks(file)
        place = bisect_left(marks, mark)
        return place < len(marks) and marks[place] == mark


class _Marks(Sequence[bytes]):
    """The file as a sequence, read only where it is looked at: no worker holds the list."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._length = file.seek(0, 2) // MARK_BYTES

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, place: int) -> bytes:  # type: ignore[override]  # nobody asks for slices
        self._file.seek(place * MARK_BYTES)
        return self._file.read(MARK_BYTES)

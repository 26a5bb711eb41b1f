"""The list of common passwords: marks of their folded forms in order, found by halving.

`python -m tests.accounts.common_list` makes the file. A mark is the beginning of a SHA-256: of a
thousand million passwords that are not listed, about one is taken for one that is.
"""

import hashlib
import unicodedata
from bisect import bisect_left
from os import SEEK_END
from pathlib import Path

LIST_FILE = Path(__file__).parent / "data" / "common_passwords.bin"
MARK_BYTES = 6


def folded(text: str) -> str:
    """One form of all that differ in case, or in how their characters are put together."""
    return unicodedata.normalize("NFC", text).casefold()


def mark_of(form: str) -> bytes:
    """What stands in the list for a folded password."""
    return hashlib.sha256(form.encode()).digest()[:MARK_BYTES]


def is_common(password: str) -> bool:
    """Whether it stands in the list, however its letters are cased.

    The file is read only where it is looked at: no worker holds the list.
    """
    mark = mark_of(folded(password))
    with LIST_FILE.open("rb", buffering=0) as file:

        def mark_at(place: int) -> bytes:
            file.seek(place * MARK_BYTES)
            return file.read(MARK_BYTES)

        number = file.seek(0, SEEK_END) // MARK_BYTES
        place = bisect_left(range(number), mark, key=mark_at)
        return mark_at(place) == mark  # behind the last there is nothing, which is no mark

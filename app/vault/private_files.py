"""Files for their owner's eyes: made and replaced whole, on disk before anybody counts on them."""

import fcntl
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class NotPrivate(Exception):
    """The file is missing, unreadable, or readable by others; the message says which."""


def private_text(path: Path) -> str:
    """A file's text, if nobody but its owner can read it. Raises NotPrivate."""
    try:
        mode = path.stat().st_mode
        text = path.read_text()
    except (OSError, UnicodeDecodeError):
        raise NotPrivate("cannot be read") from None
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise NotPrivate("may be read by group or others: chmod 600 it")
    return text


def make_private(path: Path, text: str) -> bool:
    """Write a new file, mode 0600; False when there is one already, which stays as it is."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _drafted(path, text) as draft:
        try:
            os.link(draft, path)
        except FileExistsError:
            return False
        finally:
            draft.unlink()
    return True


def replace_private(path: Path, text: str) -> None:
    """Put a file in place of another; whoever is killed leaves the one or the other, whole."""
    with _drafted(path, text) as draft:
        draft.replace(path)


@contextmanager
def alone_with(path: Path) -> Iterator[None]:
    """Others who want to change `path` wait. What a killed one left behind is removed.

    The folder is what is locked, for the file itself is replaced.
    """
    handle = os.open(path.parent, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        for draft in path.parent.glob(f"{path.name}.*.draft"):
            draft.unlink(missing_ok=True)
        yield
    finally:
        os.close(handle)


def sync_folder(folder: Path) -> None:
    """Have the names in a folder on disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _drafted(path: Path, text: str) -> Iterator[Path]:
    """A synced file beside `path`, to be put in its place; then the folder is synced too."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}.draft")
    file = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(file, "w") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    try:
        yield draft
    finally:
        sync_folder(path.parent)

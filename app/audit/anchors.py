"""What a file of roots says of former days: every signed head, in the order of accounts."""

import heapq
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, NamedTuple

from app.audit.roots import (
    Root,
    RootsBroken,
    RootSigner,
    check_heads,
    heads_file,
    parsed_head,
    read_roots,
)
from app.audit.store_whole import Head

OPEN_AT_ONCE = 100
ACCOUNT_CHARACTERS = 36


class Anchors(NamedTuple):
    """The roots of a file, those whose heads lie beside it, and these heads."""

    roots: list[Root]
    with_heads: list[Root]
    heads: Iterator[Head]


@contextmanager
def anchors_of(path: Path, signer: RootSigner) -> Iterator[Anchors]:
    """Signed heads of former days, to be read once; nothing is believed that was not signed.

    Raises RootsBroken, OSError.
    """
    roots = read_roots(path, signer)
    if not roots:
        raise RootsBroken("there are no roots")
    with_heads = [root for root in roots if heads_file(path, root).exists()]
    for root in with_heads:
        check_heads(heads_file(path, root), root)
    with ExitStack() as files:
        parts = [files.enter_context(_opened(path, some)) for some in _portions(with_heads)]
        yield Anchors(roots, with_heads, (parsed_head(line) for line in _merged(parts)))


def _portions(roots: list[Root]) -> Iterator[list[Root]]:
    for start in range(0, len(roots), OPEN_AT_ONCE):
        yield roots[start : start + OPEN_AT_ONCE]


@contextmanager
def _opened(path: Path, roots: list[Root]) -> Iterator[IO[bytes]]:
    """The heads of some roots in one file: years of days would be too many to hold open."""
    with tempfile.TemporaryFile() as merged:
        with ExitStack() as files:
            each = [files.enter_context(heads_file(path, root).open("rb")) for root in roots]
            merged.writelines(_merged(each))
        merged.seek(0)
        yield merged


def _merged(files: Iterable[IO[bytes]]) -> Iterator[bytes]:
    """The lines of files that are in the order of accounts; what comes twice comes once."""
    last = b""
    for line in heapq.merge(*files, key=lambda line: line[:ACCOUNT_CHARACTERS]):
        if line != last:
            yield line
        last = line

"""Signed roots over the heads of all chains, and the heads beside them; never changed, never alone.

A root is one JSON object a line. It names the line before by its hash, so a line that is taken out
is missed. The heads that it stands for lie in a folder beside the file, one file a root, one line
an account. See docs/decisions/0010.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

from app.append_only import AppendOnlyFile
from app.audit.merkle import MerkleTree
from app.audit.store_whole import Head

SIGNED_AS = b"afterglow audit root 1\n"
"""Stands before what is signed, so that no other signature of the key is taken for a root's."""

NOTHING_BEFORE = bytes(32).hex()
NO_HASH = "-"


class RootsBroken(Exception):
    """A root or its heads cannot be read, or are not what was signed; the message says which."""


class RootSigner(Protocol):
    """Signs roots, and knows its own signatures again."""

    def sign(self, text: bytes) -> tuple[int, bytes]:
        """The number of the key, and the signature."""
        ...

    def is_signed(self, number: int, text: bytes, signature: bytes) -> bool:
        """Whether a key of this number signed the text."""
        ...


@dataclass(frozen=True, slots=True)
class Root:
    """One line but for its signature: hashes are in hexadecimal digits."""

    number: int
    at: str
    chains: int
    root: str
    before: str

    def text(self) -> bytes:
        """What is signed."""
        return SIGNED_AS + json.dumps(asdict(self), sort_keys=True).encode()


def signed_line(root: Root, signer: RootSigner) -> bytes:
    """The line of a root."""
    key, signature = signer.sign(root.text())
    line = asdict(root) | {"key": key, "signature": signature.hex()}
    return json.dumps(line).encode()


def next_root(before: bytes | None, tree: MerkleTree, at: datetime) -> Root:
    """The root that follows a line. Raises RootsBroken for a line that is none."""
    return Root(
        number=1 if before is None else _parsed(before)[0].number + 1,
        at=at.isoformat(),
        chains=tree.leaves,
        root=tree.root().hex(),
        before=NOTHING_BEFORE if before is None else sha256(before).hexdigest(),
    )


def read_roots(path: Path, signer: RootSigner) -> list[Root]:
    """Every root of a file, the oldest first. Raises RootsBroken, OSError."""
    roots: list[Root] = []
    before = NOTHING_BEFORE
    for number, line in enumerate(AppendOnlyFile(path).lines(), start=1):
        root, key, signature = _parsed(line)
        if (root.number, root.before) != (number, before):
            raise RootsBroken(f"root {number} does not follow the one before it")
        if not signer.is_signed(key, root.text(), signature):
            raise RootsBroken(f"root {number} is not signed by a key of this ring")
        roots.append(root)
        before = sha256(line).hexdigest()
    return roots


def heads_folder(path: Path) -> Path:
    """Where the heads of a file of roots lie."""
    return path.with_name(f"{path.name}.heads")


def heads_file(path: Path, root: Root) -> Path:
    """Where the heads of one root lie."""
    return heads_folder(path) / f"{root.number:06}.txt"


def head_line(head: Head) -> bytes:
    """A head as a leaf of the tree, and as it lies in its file but for the newline.

    It may be one that somebody tampered with: it is signed for what it is.
    """
    shown = head.hash.hex() or NO_HASH
    return f"{head.account_id} {head.seq} {shown}".encode()


def read_heads(path: Path) -> Iterator[Head]:
    """The heads of a file, one at a time. Raises RootsBroken, OSError."""
    with path.open("rb") as lines:
        for line in lines:
            yield parsed_head(line)


def parsed_head(line: bytes) -> Head:
    """A head from its line. Raises RootsBroken."""
    try:
        account_id, seq, found = line.decode().split()
        return Head(UUID(account_id), int(seq), bytes.fromhex("" if found == NO_HASH else found))
    except ValueError:
        raise RootsBroken("a line of heads cannot be read") from None


def check_heads(path: Path, root: Root) -> None:
    """Raises RootsBroken when these are not the heads that the root stands for, OSError."""
    tree = MerkleTree()
    with path.open("rb") as lines:
        for line in lines:
            tree.add(line.rstrip(b"\n"))
    if (tree.leaves, tree.root().hex()) != (root.chains, root.root):
        raise RootsBroken(f"the heads of root {root.number} are not those that were signed")


def _parsed(line: bytes) -> tuple[Root, int, bytes]:
    try:
        members: dict[str, Any] = json.loads(line)
        key, signature = int(members.pop("key")), bytes.fromhex(members.pop("signature"))
        return Root(**members), key, signature
    except (AttributeError, KeyError, TypeError, ValueError):
        raise RootsBroken("a line of the roots cannot be read") from None

"""Making a root: the heads of all chains into a file, its tree's root signed and appended."""

import os
import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from anyio import to_thread

from app.append_only import AppendOnlyFile, sync_folder
from app.audit.merkle import MerkleTree
from app.audit.roots import (
    Root,
    RootSigner,
    head_line,
    heads_file,
    heads_folder,
    next_root,
    signed_line,
)
from app.audit.store_whole import Head, heads_after
from app.clock import Clock
from app.database import Database

AT_ONCE = 500
OWNER_ALONE = 0o600


class Anchoring:
    """Appends roots to a file outside the database; one object a process."""

    def __init__(self, database: Database, clock: Clock, signer: RootSigner, path: Path) -> None:
        """`path`: the file of roots; their heads lie beside it."""
        self._database = database
        self._clock = clock
        self._signer = signer
        self._path = path

    async def append(self) -> Root:
        """Sign where all chains end now; on disk when this returns.

        Each head is of the moment it was read. Raises RootsBroken, OSError, DatabaseOverloaded or
        DatabaseUnavailable.
        """
        draft = await to_thread.run_sync(self._new_draft)
        try:
            with draft.open("wb") as file:
                tree = await self._gathered(file)
                await to_thread.run_sync(_sync, file)
            return await to_thread.run_sync(self._appended, tree, draft)
        finally:
            draft.unlink(missing_ok=True)

    async def _gathered(self, file: BinaryIO) -> MerkleTree:
        tree, after = MerkleTree(), UUID(int=0)
        while heads := await self._heads(after):
            await to_thread.run_sync(_write, file, tree, heads)
            after = heads[-1].account_id
        return tree

    async def _heads(self, after: UUID) -> list[Head]:
        return await self._database.read(None, lambda work: heads_after(work, after, AT_ONCE))

    def _new_draft(self) -> Path:
        folder = heads_folder(self._path)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = folder / f"{secrets.token_hex(8)}.draft"
        draft.touch(mode=OWNER_ALONE, exist_ok=False)
        return draft

    def _appended(self, tree: MerkleTree, draft: Path) -> Root:
        """The heads get their name before the line that speaks of them is there."""
        made: list[Root] = []

        def line(before: bytes | None) -> bytes:
            root = next_root(before, tree, self._clock())
            draft.replace(heads_file(self._path, root))
            sync_folder(draft.parent)
            made.append(root)
            return signed_line(root, self._signer)

        AppendOnlyFile(self._path).append(line)
        return made[0]


def _write(file: BinaryIO, tree: MerkleTree, heads: Iterable[Head]) -> None:
    for head in heads:
        leaf = head_line(head)
        tree.add(leaf)
        file.write(leaf + b"\n")


def _sync(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())

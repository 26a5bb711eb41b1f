"""Writing a backup: all rows of one moment, sealed to a recipient, patients' keys apart."""

import os
import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

from app.database import Transaction, WholeDatabase
from app.keeping.portable import RowLines, line
from app.keeping.sealed_stream import SealedWriter
from app.keeping.store import kept_tables, pages
from app.vault.private_files import sync_folder

FORMAT = 1
DATA_PART, KEYS_PART = "data", "keys"
ENDING = ".afterglow"
LEFT_AFTER = timedelta(days=1)
"""A part that nothing was written to for so long was left by a backup that was killed."""


class BackedUp(NamedTuple):
    """The two files, how many accounts have a key in them, and how many rows there are."""

    data: Path
    keys: Path
    accounts: int
    rows: int


class NotWritten(Exception):
    """A file cannot be written: the disk is full or gone. Nothing is left of it."""


class _Part(NamedTuple):
    name: str
    path: Path


async def back_up(
    database: WholeDatabase, schema: str, folder: Path, recipient: X25519PublicKey, now: datetime
) -> BackedUp:
    """Write `data-…` and `keys-…` into `folder`, while the service runs.

    Both are on disk under their names when this returns, and under no name before. Raises
    DatabaseUnavailable, NotWritten, OSError for the folder.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _remove_left(folder, now)
    backup = secrets.token_hex(4)
    name = f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}-{backup}{ENDING}"
    data, keys = (_Part(part, folder / f"{part}-{name}") for part in (DATA_PART, KEYS_PART))
    about = {"format": FORMAT, "backup": backup, "made_at": now.isoformat(), "schema": schema}

    async def work(transaction: Transaction, files: dict[_Part, SealedWriter]) -> dict[str, int]:
        counts: dict[str, int] = {}
        for part, writer in files.items():
            _write(writer, line({**about, "part": part.name}))
            await _write_tables(transaction, writer, counts, keys=part is keys)
        return counts

    try:
        with ExitStack() as opened:
            files = {part: opened.enter_context(_sealed(part, recipient)) for part in (data, keys)}
            counts = await database.snapshot(lambda transaction: work(transaction, files))
    except BaseException:
        for part in (data, keys):
            _unfinished(part.path).unlink(missing_ok=True)
        raise
    for part in (data, keys):
        _unfinished(part.path).replace(part.path)
    sync_folder(folder)
    return BackedUp(data.path, keys.path, counts["account"], sum(counts.values()))


async def _write_tables(
    transaction: Transaction, writer: SealedWriter, counts: dict[str, int], *, keys: bool
) -> None:
    for table in kept_tables(keys=keys):
        lines = RowLines(table)
        _write(writer, line({"table": table.name, "columns": lines.columns}))
        counts[table.name] = 0
        async for rows in pages(transaction, table):
            _write(writer, lines.written(rows))
            counts[table.name] += len(rows)


def _write(writer: SealedWriter, text: bytes) -> None:
    with _writing():  # the database would take the fault for one of its own
        writer.write(text)


@contextmanager
def _sealed(part: _Part, recipient: X25519PublicKey) -> Iterator[SealedWriter]:
    """A file that is whole and on disk when the block ends well.

    The snapshot lies within the block and waits for no disk: its server would think it forgotten.
    """
    with _writing():
        handle = os.open(_unfinished(part.path), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            writer = SealedWriter(file, recipient, part.name)
            yield writer
            writer.finish()
            file.flush()
            os.fsync(file.fileno())


@contextmanager
def _writing() -> Iterator[None]:
    try:
        yield
    except OSError:
        raise NotWritten("a file of the backup cannot be written") from None


def _remove_left(folder: Path, now: datetime) -> None:
    for part in (DATA_PART, KEYS_PART):
        for path in folder.glob(_unfinished(Path(f"{part}-*{ENDING}")).name):
            if now.timestamp() - path.stat().st_mtime > LEFT_AFTER.total_seconds():
                path.unlink(missing_ok=True)


def _unfinished(path: Path) -> Path:
    return path.with_name(f"{path.name}.part")

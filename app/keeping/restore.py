"""Coming back from a backup: nothing is served until all of it is in order."""

import json
from collections.abc import Iterable, Iterator, Set
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from app.audit.verification import verify_chains
from app.clock import Clock
from app.database import Transaction, WholeDatabase
from app.journal.restore import begin_epochs
from app.keeping import store
from app.keeping.backup import DATA_PART, FORMAT, KEYS_PART
from app.keeping.portable import RowLines
from app.keeping.sealed import UNDER_RING
from app.keeping.sealed_stream import BackupBroken, opened_lines
from app.keeping.store_keys import accounts_without_key
from app.metadata import METADATA
from app.vault import KeyRing
from app.vault.providers import RingKeys
from app.vault.rewrapping import unreadable_rows

TOGETHER = 200
FILES_TOGETHER = 10


class RestoreStopped(Exception):
    """It cannot begin, or what was restored is not in order: the mark stays."""


class Backup(NamedTuple):
    """The files of one backup, and who opens them."""

    data: Path
    keys: Path
    identity: X25519PrivateKey


class Loaded(NamedTuple):
    """Rows that came back, and rows of erased accounts that did not."""

    rows: int
    left_out: int


class Finished(NamedTuple):
    """What stands before the mark is cleared."""

    erased_rows: int
    journals: int


async def load(
    database: WholeDatabase,
    backup: Backup,
    schema: str,
    erased: Set[UUID],
    clock: Clock,
    times: int = 1,
) -> Loaded:
    """Put the rows of a backup into an empty database, all of them or none, and set the mark.

    `times`: how often this backup was restored and served, this time included. Raises
    RestoreStopped when the database is not empty or has another schema, BackupBroken, OSError when
    a file cannot be read, DatabaseUnavailable.
    """

    with ExitStack() as files:
        parts = [
            opened_lines(files.enter_context(path.open("rb")), backup.identity, part)
            for part, path in ((DATA_PART, backup.data), (KEYS_PART, backup.keys))
        ]

        async def work(transaction: Transaction) -> Loaded:
            if not await store.is_empty(transaction):
                raise RestoreStopped(
                    "the database is not empty: restore into a new one, or go on with "
                    "--replay-only where a restore stopped half-way"
                )
            await store.begin_restoration(transaction, clock(), times)
            _check_pair([_about(lines) for lines in parts], schema)
            loaded = [await _load_part(transaction, lines, erased) for lines in parts]
            return Loaded(sum(each.rows for each in loaded), sum(each.left_out for each in loaded))

        return await database.write(None, work)


async def mark(database: WholeDatabase, clock: Clock, times: int = 1) -> None:
    """Keep readiness at 503 from now on, for a database that its engine's tools restored.

    `times` as in `load`; where a restore goes on that was told more, that stays.
    """
    now = clock()
    await database.write(None, lambda work: store.begin_restoration(work, now, times))


async def finish(database: WholeDatabase, ring: KeyRing, erased: Iterable[UUID]) -> Finished:
    """Carry out erasures, look at keys and audit chains, raise epochs, and clear the mark.

    Epochs are raised as many times as the mark tells. Raises RestoreStopped,
    app.journal.restore.RestoreRefused, DatabaseUnavailable; the mark then stays.
    """
    dropped = 0
    for account_id in sorted(erased):
        dropped += await database.write(
            account_id,
            lambda work: store.drop_account(work, account_id),  # noqa: B023 - run at once
        )
    for purpose, columns in UNDER_RING.items():
        for column in columns:
            if await unreadable_rows(database, column, RingKeys(ring, purpose)):
                raise RestoreStopped("this key ring does not open the keys of the backup")
    if keyless := await database.read(None, accounts_without_key):
        raise RestoreStopped(f"{keyless} accounts have no key: nothing of theirs opens")
    verified = await verify_chains(database)
    if verified.broken:
        first = verified.named[0]
        raise RestoreStopped(
            f"{verified.broken} audit chains are broken, the first at event {first.seq} "
            f"of account {first.account_id}"
        )
    return Finished(dropped, await database.write(None, _open_again))


async def _open_again(transaction: Transaction) -> int:
    """Raise epochs and clear the mark, both or neither; the number of journals."""
    journals = await begin_epochs(transaction, await store.times_restored(transaction))
    await store.end_restoration(transaction)
    return journals


def _about(lines: Iterator[bytes]) -> dict[str, Any]:
    try:
        about: dict[str, Any] = json.loads(next(lines))
        return {name: about[name] for name in ("format", "backup", "schema")}
    except (StopIteration, ValueError, KeyError, TypeError):
        raise BackupBroken("the backup does not begin as one") from None


def _check_pair(abouts: list[dict[str, Any]], schema: str) -> None:
    data, keys = abouts
    if data["format"] != FORMAT:
        raise RestoreStopped("the backup is of another format")
    if data != keys:
        raise RestoreStopped("the `data` file and the `keys` file are of different backups")
    if data["schema"] != schema:
        raise RestoreStopped(
            "the backup has another schema: restore it with the version that made it, then migrate"
        )


async def _load_part(transaction: Transaction, lines: Iterator[bytes], erased: Set[UUID]) -> Loaded:
    """All rows of one file, table after table."""
    loaded = left_out = 0
    table, shape = "", RowLines(METADATA.tables["journal"])
    batch: list[dict[str, Any]] = []
    for each in lines:
        found = _parsed(each)
        most = FILES_TOGETHER if table == "share_file" else TOGETHER
        if isinstance(found, dict) or len(batch) >= most:
            loaded += await _flush(transaction, table, shape, batch)
        if isinstance(found, dict):
            table, shape = _table_of(found)
            continue
        row = _row_of(shape, found)
        if table not in store.CHAIN and row.get("account_id") in erased:
            left_out += 1
        else:
            batch.append(row)
    return Loaded(loaded + await _flush(transaction, table, shape, batch), left_out)


async def _flush(
    transaction: Transaction, table: str, shape: RowLines, batch: list[dict[str, Any]]
) -> int:
    if not batch:
        return 0
    await store.add_rows(transaction, METADATA.tables[table], shape.columns, batch)
    number = len(batch)
    batch.clear()
    return number


def _parsed(text: bytes) -> dict[str, Any] | list[Any]:
    try:
        found = json.loads(text)
    except ValueError:
        raise BackupBroken("a line of the backup cannot be read") from None
    if not isinstance(found, dict | list):
        raise BackupBroken("a line of the backup is neither a table nor a row")
    return found


def _table_of(head: dict[str, Any]) -> tuple[str, RowLines]:
    try:
        return head["table"], RowLines(METADATA.tables[head["table"]], head["columns"])
    except (KeyError, TypeError, ValueError):
        raise BackupBroken("the backup holds a table that is not known") from None


def _row_of(shape: RowLines, values: list[Any]) -> dict[str, Any]:
    try:
        return shape.read(values)
    except (TypeError, ValueError):
        raise BackupBroken("a row of the backup cannot be read") from None

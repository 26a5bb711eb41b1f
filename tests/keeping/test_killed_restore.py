"""A restore that is killed brings nothing, and the next one brings all."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import func as sql
from sqlalchemy import insert, select

from app.database import Transaction
from app.keeping import restore as restoring
from app.keeping import store
from app.keeping.backup import BackedUp, back_up
from app.keeping.identities import make_identity, read_identity, read_recipient
from app.keeping.restore import Backup
from app.metadata import METADATA
from tests.clocks import SetClock
from tests.engines import as_administrator, open_whole
from tests.keeping.conftest import NewUrl

pytestmark = pytest.mark.anyio
JOURNAL = METADATA.tables["journal"]
ROWS = 20_000
KILLS = int(os.environ.get("AFTERGLOW_TEST_KILLS", "4"))
# It dies after so much processor time of its own, so half-way however slow the machine is.
LOADER = """
import asyncio, signal, sys
from pathlib import Path
from app.clock import system_clock
from app.database import open_database
from app.keeping.identities import read_identity
from app.keeping.restore import Backup, load

async def main():
    url, data, keys, identity, seconds = sys.argv[1:]
    database = await open_database(url, whole=True)
    backup = Backup(Path(data), Path(keys), read_identity(Path(identity)))
    signal.setitimer(signal.ITIMER_PROF, float(seconds))
    await load(database, backup, "of-a-test", set(), system_clock)
    signal.setitimer(signal.ITIMER_PROF, 0)
    await database.close()

asyncio.run(main())
"""


async def a_backup(url: str, folder: Path, clock: SetClock) -> BackedUp:
    rows = [{"account_id": uuid4(), "epoch": 0, "head": 1} for _ in range(ROWS)]
    recipient = read_recipient(make_identity(folder / "identity"))
    async with open_whole(url) as database:
        await database.write(None, lambda work: work.execute_many(insert(JOURNAL), rows))
        return await back_up(database, "of-a-test", folder, recipient, clock())


async def journals(transaction: Transaction) -> int:
    row = await transaction.fetch_one(select(sql.count()).select_from(JOURNAL))
    return int(row[0]) if row else 0


async def test_a_restore_killed_at_any_moment_leaves_nothing_of_itself(
    database_url: str, new_url: NewUrl, tmp_path: Path, clock: SetClock
) -> None:
    files = await a_backup(database_url, tmp_path, clock)
    engine = "sqlite" if database_url.startswith("sqlite") else "postgresql"
    url = await asyncio.to_thread(new_url, engine)
    async with open_whole(url) as database:
        for turn in range(KILLS):
            words = [
                as_administrator(url),
                files.data,
                files.keys,
                tmp_path / "identity",
                0.01 + 0.02 * (turn % 4),
            ]
            loader = [sys.executable, "-c", LOADER, *map(str, words)]
            killed = await asyncio.to_thread(subprocess.run, loader, check=False)
            assert killed.returncode == -signal.SIGPROF
            assert await database.read(None, store.is_empty)
        backup = Backup(files.data, files.keys, read_identity(tmp_path / "identity"))
        await restoring.load(database, backup, "of-a-test", set(), clock)
        assert await database.read(None, journals) == ROWS

"""A backup is whole and on disk, or it is not there."""

import os
import resource
import signal
from pathlib import Path

import pytest
from sqlalchemy import text

from app.database import WholeDatabase
from app.database.interface import Work
from app.keeping.backup import NotWritten
from app.keeping.identities import make_identity, read_recipient
from tests.keeping.lives import live
from tests.keeping.test_restoring import written
from tests.service import Service

pytestmark = pytest.mark.anyio


async def test_a_full_disk_leaves_no_half_backup_and_says_so(
    service: Service, database: WholeDatabase, tmp_path: Path
) -> None:
    await live(service)
    recipient = read_recipient(make_identity(tmp_path / "identity"))
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
    try:
        with pytest.raises(NotWritten):
            await written(service, database, tmp_path, recipient)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    assert list((tmp_path / "backups").iterdir()) == []


async def test_a_backup_is_on_disk_before_it_has_its_names_and_so_are_they(
    service: Service, database: WholeDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipient = read_recipient(make_identity(tmp_path / "identity"))
    folder, really = tmp_path / "backups", os.fsync
    synced: list[tuple[str, list[str]]] = []

    def noticed(handle: int) -> None:
        found = {each.stat().st_ino: each.name for each in (folder, *folder.iterdir())}
        if name := found.get(os.fstat(handle).st_ino):
            synced.append((name, sorted(each.suffix for each in folder.iterdir())))
        really(handle)

    monkeypatch.setattr(os, "fsync", noticed)
    files = await written(service, database, tmp_path, recipient)
    assert synced == [
        (f"{files.keys.name}.part", [".part", ".part"]),
        (f"{files.data.name}.part", [".part", ".part"]),
        ("backups", [".afterglow", ".afterglow"]),
    ]
    assert folder.stat().st_mode & 0o777 == 0o700


async def test_no_transaction_waits_for_the_disk_nor_is_ended_because_it_waits(
    service: Service, database: WholeDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipient = read_recipient(make_identity(tmp_path / "identity"))
    really, snapshot, running = os.fsync, database.snapshot, list[bool]()
    synced: list[bool] = []

    async def noticed(work: Work[dict[str, int]]) -> dict[str, int]:
        running.append(True)
        try:
            return await snapshot(work)
        finally:
            running.pop()

    def syncing(handle: int) -> None:
        synced.append(bool(running))
        really(handle)

    monkeypatch.setattr(database, "snapshot", noticed)
    monkeypatch.setattr(os, "fsync", syncing)
    await written(service, database, tmp_path, recipient)
    assert synced == [False] * 3
    if database.engine == "postgresql":
        setting = text("SHOW idle_in_transaction_session_timeout")
        row = await database.read(None, lambda work: work.fetch_one(setting))
        assert row is not None
        assert row[0] == "0"


async def test_what_a_killed_backup_left_goes_a_day_later_and_nothing_else_does(
    service: Service, database: WholeDatabase, tmp_path: Path
) -> None:
    recipient = read_recipient(make_identity(tmp_path / "identity"))
    folder, now = tmp_path / "backups", service.clock().timestamp()
    folder.mkdir(mode=0o700)
    old, young, others = now - 86_401, now - 86_000, "data-of-others.part"
    left = {"data-1.afterglow.part": old, "keys-1.afterglow.part": old}
    stays = {"data-2.afterglow.part": young, "keys-0.afterglow": old, others: old}
    for name, at in (left | stays).items():
        (folder / name).touch(mode=0o600)
        os.utime(folder / name, (at, at))
    files = await written(service, database, tmp_path, recipient)
    assert {each.name for each in folder.iterdir()} == {*stays, files.data.name, files.keys.name}

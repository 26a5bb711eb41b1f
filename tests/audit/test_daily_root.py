"""Once a day one worker of all signs a root."""

from datetime import timedelta
from pathlib import Path

import anyio
import pytest

from app.audit.anchoring import Anchoring
from app.audit.duty import DailyDuty
from app.audit.roots import (
    read_roots,
)
from app.audit.verification import verify_chains
from app.database import Database, WholeDatabase, open_database
from app.vault import KeyRing
from tests.audit.chains import all_heads
from tests.clocks import SetClock
from tests.service import running

pytestmark = pytest.mark.anyio


def daily_root(database: Database, clock: SetClock, anchoring: Anchoring) -> DailyDuty:
    return DailyDuty(database, clock, "audit_root", anchoring.append)


async def test_once_a_day_one_of_all_workers_signs(
    own_url: str, anchoring: Anchoring, clock: SetClock, ring: KeyRing, path: Path
) -> None:
    workers: list[DailyDuty] = []
    databases: list[Database] = [await open_database(own_url) for _ in range(4)]
    for database in databases:
        workers.append(daily_root(database, clock, Anchoring(database, clock, ring, path)))
    for day in (1, 2):
        signed: list[bool] = []

        async def look(worker: DailyDuty, signed: list[bool] = signed) -> None:
            signed.append(await worker.once())

        async with anyio.create_task_group() as group:
            for worker in workers:
                group.start_soon(look, worker)
        assert sum(signed) == 1
        assert len(read_roots(path, ring)) == day
        clock.now += timedelta(hours=23, minutes=59)
        assert not await workers[day].once()
        clock.now += timedelta(minutes=1)
    for database in databases:
        await database.close()


async def test_who_fails_leaves_it_to_another_soon(
    own_url: str, anchoring: Anchoring, clock: SetClock, ring: KeyRing, path: Path
) -> None:
    path.mkdir(parents=True)
    database = await open_database(own_url)
    worker = daily_root(database, clock, Anchoring(database, clock, ring, path))
    with pytest.raises(OSError, match="directory"):
        await worker.once()
    path.rmdir()
    assert not await worker.once()
    clock.now += timedelta(minutes=15)
    assert await worker.once()
    await database.close()


async def test_a_lease_of_a_clock_that_ran_ahead_counts_for_nothing(
    own_url: str, anchoring: Anchoring, clock: SetClock
) -> None:
    database = await open_database(own_url)
    worker = daily_root(database, clock, anchoring)
    clock.now += timedelta(days=40)
    assert await worker.once()
    clock.now -= timedelta(days=40)
    assert await worker.once()
    assert not await worker.once()
    await database.close()


async def test_a_running_service_signs_by_itself_and_an_erased_account_stays_whole(
    whole: WholeDatabase,
    own_url: str,
    tmp_path: Path,
    clock: SetClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("app.audit.duty.LOOK_SECONDS", 0.05)
    async with running(own_url, tmp_path, clock) as service:
        patient, roots = await service.sign_up(), service.settings.audit_roots
        ring = KeyRing.from_file(service.settings.keys_file)
        with anyio.fail_after(20):
            while not roots.exists() or not read_roots(roots, ring):
                await anyio.sleep(0.05)
        await patient.step_up()
        assert (await patient.ask("DELETE", "/v1/account")).status_code == 204
        clock.now += timedelta(days=1)
        with anyio.fail_after(20):
            while len(read_roots(roots, ring)) == 1:
                await anyio.sleep(0.05)
    verified = await verify_chains(whole, all_heads(roots, ring))
    assert (verified.chains, verified.events, verified.broken) == (1, 3, 0)

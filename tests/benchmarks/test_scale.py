"""What the plan for many patients rests on is measured; on little, so the figures mean nothing."""

import shutil
from pathlib import Path
from random import Random

import pytest

from app.metadata import METADATA
from benchmarks import footprint, processes
from benchmarks.proxy import PATHS
from tests.engines import as_service, database_name, new_postgresql_database
from tests.faults.phones import Found

pytestmark = pytest.mark.anyio


async def test_every_table_of_a_life_is_measured(
    postgresql: str, empty_postgresql_url: str, tmp_path: Path
) -> None:
    copied = await new_postgresql_database(postgresql, database_name(empty_postgresql_url))
    found = await footprint.measured(as_service(copied), tmp_path, patients=1, days=10)
    rows = {each.name: each.rows for each in found.tables}
    assert {"entry", "entry_version", "audit_event", "digest", "share_file"} <= rows.keys()
    assert rows.keys() <= METADATA.tables.keys()
    assert rows["entry"] == 10 * 3 + 1
    assert rows["entry_version"] == rows["entry"] + 1
    assert all(each.heap > 0 and each.indexes > 0 for each in found.tables)
    assert found.log_of_check_in > 1000
    assert "| entry | 31.0 |" in footprint.told(found, 1)


def test_two_processes_behind_a_proxy_lose_and_double_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if shutil.which("haproxy", path=PATHS) is None:
        pytest.skip("haproxy is not installed")
    monkeypatch.setattr(processes, "PHONES", 2)
    monkeypatch.setattr(processes, "PATIENTS", 2)
    with processes.a_site("sqlite", 2) as site:
        life = processes.lived(site, 0.5, Random(1))  # noqa: S311 - nothing secret
        (lists,) = processes.loaded([site], lambda each: processes._lists(each.tokens), 0.2, 1)
    assert life.acknowledged > 0
    assert life.found == Found(0, 0)
    assert min(life.shares) > 0.2
    assert sum(life.shares) == pytest.approx(1)
    assert lists.per_second > 0
    assert "| 2 | " in processes.told("sqlite", [life], [lists], [lists])

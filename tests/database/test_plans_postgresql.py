"""PostgreSQL finds what is hot by an index too, also where it cannot know how much there is."""

import re
from typing import Any

import asyncpg
import pytest
from sqlalchemy.sql import Executable

from app.database.statements import PLACE, POSTGRESQL, Compiled
from app.journal import store, store_digests
from app.journal.store_pages import page_statement
from app.trends.store_standing import LOAD_WITH_ANSWER
from tests.engines import as_administrator

pytestmark = pytest.mark.anyio
ACCOUNTS, ENTRIES = 12, 1500
"""So little, and written in turn, that to read all looks cheap beside all of one account."""

HOT: dict[str, Executable] = {
    "entries": store.LOAD,
    "one entry": store.LOAD_ONE,
    "days": store.LOAD_DAYS,
    "days of a kind": store.LOAD_KIND_DAYS,
    "feed": store.FEED,
    "latest day": store.LATEST_DAY,
    "history": store.HISTORY,
    "own versions": store.OWN,
    "digests": store_digests.LOAD_DIGESTS,
    "day tables": store_digests.LOAD_DAY_TABLES,
    "days of the journal": store_digests.DAYS,
    "standing": LOAD_WITH_ANSWER,
    "page": page_statement(None, frozenset()),
    "later page of days of a kind": page_statement(
        ("mood",), frozenset({"first", "last", "after"})
    ),
}
BY_REVISION = ("feed", "digests", "day tables")
FROM_REVISION = re.compile(r"Index Cond: .*\(revision > ")
READS_ALL = re.compile(r"Seq Scan on entry(_version)?\b")
FILL = """
WITH each AS (
    SELECT lpad(to_hex(a), 32, '0')::uuid AS account_id,
        lpad(to_hex(a * 100000 + n), 32, '0')::uuid AS id,
        n, '2020-01-01'::timestamptz + n * interval '6 hours' AS at
    FROM generate_series(1, $1::int) a, generate_series(1, $2::int) n
    ORDER BY n, a
), added AS (
    INSERT INTO entry (account_id, id, kind, occurred_at, local_date, revision, deleted, sealed,
        created_at, updated_at)
    SELECT account_id, id, 'mood', at, at::date, n, false, decode(repeat('00', 400), 'hex'), at, at
    FROM each
)
INSERT INTO entry_version (account_id, entry_id, revision, deleted, sealed, created_at)
SELECT account_id, id, n, false, decode(repeat('00', 400), 'hex'), at FROM each
"""


async def plan_of(connection: Any, statement: Executable) -> str:
    """What PostgreSQL would do whatever the parameters are."""
    text = Compiled(statement, POSTGRESQL).sql
    places = max(int(each) for each in PLACE.findall(text))
    nothing = ", ".join(["NULL"] * places)
    await connection.execute("SET plan_cache_mode = force_generic_plan")
    await connection.execute(f"PREPARE hot AS {text}")
    lines = await connection.fetch(f"EXPLAIN EXECUTE hot ({nothing})")
    await connection.execute("DEALLOCATE hot")
    return "\n".join(line[0] for line in lines)


async def test_no_hot_statement_reads_every_patients_entries(own_postgresql_url: str) -> None:
    owner = await asyncpg.connect(as_administrator(own_postgresql_url))
    service = await asyncpg.connect(own_postgresql_url)
    try:
        await owner.execute(FILL, ACCOUNTS, ENTRIES)
        await owner.execute("ANALYZE entry")
        await owner.execute("ANALYZE entry_version")
        plans = {name: await plan_of(service, statement) for name, statement in HOT.items()}
        for plan in plans.values():
            assert not READS_ALL.search(plan), plan
        for name in BY_REVISION:  # not all of the patient's own either
            assert FROM_REVISION.search(plans[name]), plans[name]
    finally:
        await service.close()
        await owner.close()

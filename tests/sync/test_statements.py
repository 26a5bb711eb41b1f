"""Cost is O(changes): statements are counted, and the feed runs on its index."""

from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from app.database import Database
from app.database.postgresql import SERVER_SETTINGS
from app.journal import store
from app.journal.journal import Journal
from app.web.identity import Authenticator
from tests.service import Service, an_entry
from tests.sync.recorder import record
from tests.sync.wire import Wire, edit, removal, upsert

pytestmark = pytest.mark.anyio
on_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
FEED_INDEX = {
    "sqlite": "SEARCH entry USING INDEX sqlite_autoindex_entry_2 (account_id=? AND revision>?",
    "postgresql": "Index Scan using entry_feed on entry",
}
LARGE = 3000
LOOK = ["journal.LOCK", "journal.LOAD"]
PUSH = [*LOOK, "journal.SAVE", "journal.ADD_VERSION", "journal.ADVANCE"]
CHAIN = ["audit.LOCK", "audit.ADD", "audit.ADVANCE"]
LINKS_AND_DELETES = [
    *("journal.LOAD", "journal.WIPE_VERSIONS"),
    *("ready.DROP", "digests.DROP_DIGESTS", "digests.DROP_DAY_TABLES"),
]
RULES = ["journal.LOAD_KIND_DAYS", "safety.DROP_OF_ENTRIES", "safety.OF_ENTRIES"]
MIXED = [*LOOK, *LINKS_AND_DELETES, *PUSH[2:], *CHAIN, *RULES]


async def grown(phone: Wire, number: int = LARGE) -> list[str]:
    """A journal of so many entries; their ids, oldest change first."""
    drafts = [an_entry() for _ in range(number)]
    for start in range(0, number, 200):
        await phone.push(*map(upsert, drafts[start : start + 200]))
    return [draft["id"] for draft in drafts]


async def test_an_idle_pull_reads_the_head_and_nothing_else(service: Service, phone: Wire) -> None:
    await grown(phone, 400)
    cursor = (await phone.pull_all())[-1]["revision"]
    recorder = record(service)
    await phone.pull(cursor)
    assert recorder.units == [["journal.HEAD"]]


@pytest.mark.parametrize("number", [1, 200])
async def test_a_pull_takes_three_statements_whatever_it_brings(
    service: Service, phone: Wire, number: int
) -> None:
    drafts = [an_entry(note="mine") for _ in range(number)]
    made = await phone.push(*map(upsert, drafts))
    edits = [edit(each["id"], each["revision"], energy=3) for each in made]
    await phone.of("phone-b").push(*edits)
    recorder = record(service)
    page = await phone.pull()
    assert recorder.units == [["journal.HEAD", "journal.FEED", "journal.OWN"]]
    assert len([each for each in page["changes"] if "own" in each]) == number


@pytest.mark.parametrize(("journal", "number"), [(0, 1), (0, 200), (1000, 1), (1000, 200)])
async def test_a_push_takes_as_many_statements_whatever_its_size(
    service: Service, phone: Wire, journal: int, number: int
) -> None:
    await grown(phone, max(journal, 1))
    recorder = record(service)
    await phone.push(*[upsert(an_entry()) for _ in range(number)])
    assert recorder.units == [[*PUSH, *CHAIN]]


@pytest.mark.parametrize("number", [1, 100])
async def test_conflicts_add_one_look_up_of_own(service: Service, phone: Wire, number: int) -> None:
    drafts = [an_entry() for _ in range(number)]
    made = await phone.push(*map(upsert, drafts))
    edits = [edit(each["id"], each["revision"], energy=3) for each in made]
    await phone.of("phone-b").push(*edits)
    recorder = record(service)
    stale = [edit(each["id"], each["revision"], energy=4) for each in made]
    results = await phone.push(*stale, *[upsert(an_entry()) for _ in range(number)])
    assert {each["status"] for each in results} == {"conflict", "applied"}
    assert recorder.units == [[*PUSH, *CHAIN, "journal.OWN"]]


async def test_a_push_that_changes_nothing_writes_nothing(service: Service, phone: Wire) -> None:
    drafts = [upsert(an_entry()) for _ in range(50)]
    await phone.push(*drafts)
    recorder = record(service)
    await phone.push(*drafts)
    assert recorder.units == [LOOK]


@pytest.mark.parametrize("journal", [0, 1000])
async def test_a_mixed_push_grows_neither_with_items_nor_with_the_journal(
    service: Service, phone: Wire, journal: int
) -> None:
    """Edits, deletes and linked entries cost a few statements more, once a push."""
    await grown(phone, journal)
    for number in (1, 40):
        items = await mixed(phone, number)
        recorder = record(service)
        results = await phone.push(*items)
        assert {each["status"] for each in results} == {"applied"}
        assert recorder.units == [MIXED]


async def mixed(phone: Wire, number: int) -> list[dict[str, Any]]:
    """So many edits, deletes, new entries, and entries linked to a session that is known."""
    session = an_entry("session")
    known = [an_entry("anxiety") for _ in range(2 * number)]
    linked = [
        an_entry("dissociation", session_id=session["id"], spontaneous=False, note=str(each))
        for each in range(number)
    ]
    made = await phone.push(upsert(session), *map(upsert, known), *map(upsert, linked))
    revisions = [each["revision"] for each in made[1:]]
    return [
        *(edit(known[at]["id"], revisions[at], "anxiety", worry=3) for at in range(number)),
        *(removal(each["id"]) for each in known[number:]),
        *(
            edit(linked[at]["id"], revisions[2 * number + at], "dissociation", valence=1)
            for at in range(number)
        ),
        *(upsert(an_entry("anxiety")) for _ in range(number)),
    ]


async def test_the_feed_runs_on_its_index(service: Service, phone: Wire, database_url: str) -> None:
    await grown(phone)
    account_id = await account_of(service, phone)
    for since in (0, LARGE):
        plan = await plan_of_the_feed(service, database_url, account_id, since)
        assert FEED_INDEX[database_url.partition(":")[0]] in plan
        assert "SCAN entry" not in plan
        assert "Seq Scan" not in plan
        assert "Sort" not in plan
        assert "TEMP B-TREE" not in plan


@on_postgresql
async def test_an_idle_pull_touches_as_little_of_a_large_journal(
    service: Service, phone: Wire, database_url: str
) -> None:
    """PostgreSQL counts the blocks that an empty range reads: the way down one index."""
    await grown(phone)
    account_id = await account_of(service, phone)
    plan = await plan_of_the_feed(
        service, database_url, account_id, since=LARGE + 1, option="ANALYZE, BUFFERS"
    )
    blocks = [int(word) for line in plan.splitlines() if "Buffers:" in line for word in hits(line)]
    assert 0 < blocks[0] <= 4, plan
    assert "rows=0" in plan or "rows=0.00" in plan


def hits(line: str) -> list[str]:
    return [part.partition("=")[2] for part in line.split() if part.startswith(("hit=", "read="))]


async def account_of(service: Service, phone: Wire) -> UUID:
    """The account behind the phone's token."""
    signed_in = await service.app.state.provided[Authenticator](
        phone.patient.tokens["access_token"]
    )
    account_id: UUID = signed_in.account_id
    return account_id


async def plan_of_the_feed(
    service: Service, database_url: str, account_id: UUID, since: int, option: str = ""
) -> str:
    """What the engine says it does for a page of the feed."""
    database: Any = service.app.state.provided[Journal]._database
    compiled = database._statements[store.FEED]
    bound = compiled.bind({"account": account_id, "since": since, "head": 2**40, "most": 201})
    if database.engine == "sqlite":
        return await sqlite_plan(database, compiled.sql, bound)
    connection = await asyncpg.connect(database_url, server_settings=SERVER_SETTINGS)
    try:
        await connection.execute("ANALYZE entry")
        await connection.execute(f"SET app.account_id = '{account_id}'")
        rows = await connection.fetch(f"EXPLAIN ({option or 'COSTS'}) {compiled.sql}", *bound)
    finally:
        await connection.close()
    return "\n".join(row[0] for row in rows)


async def sqlite_plan(database: Database, sql: str, bound: list[Any]) -> str:
    async def work(transaction: Any) -> str:
        rows = transaction._connection.execute(f"EXPLAIN QUERY PLAN {sql}", bound).fetchall()
        return "\n".join(row[3] for row in rows)

    return await database.read(None, work)


@on_postgresql
async def test_what_is_written_between_the_statements_of_a_pull_belongs_to_the_next(
    service: Service, phone: Wire, database_url: str
) -> None:
    """All statements of a pull see the journal as it was at its first."""
    draft, late = an_entry(note="mine"), an_entry(note="late")
    made = await phone.push_one(upsert(draft))
    theirs = await phone.of("phone-b").push_one(edit(draft["id"], made["revision"], energy=1))
    after: dict[str, list[dict[str, Any]]] = {
        "journal.HEAD": [upsert(late)],
        "journal.FEED": [edit(draft["id"], theirs["revision"], note="newest")],
    }

    async def between(statement: str) -> None:
        items = after.pop(statement, None)
        if items:
            assert (await phone.push(*items))[0]["status"] == "applied"

    record(service, between)
    page = await phone.pull()
    (change,) = page["changes"]
    assert change["entry"] == theirs["entry"]
    assert change["own"] == {"revision": made["revision"], "entry": made["entry"]}
    rest = await phone.pull_all(page["cursor"])
    assert [each["entry"]["note"] for each in rest] == ["late", "newest"]


async def test_ids_that_nobody_knows_cost_nothing_more(service: Service, phone: Wire) -> None:
    await phone.push(upsert(an_entry()))
    recorder = record(service)
    await phone.push(*[edit(str(uuid4()), 5, note="x") for _ in range(100)])
    assert recorder.units == [LOOK]

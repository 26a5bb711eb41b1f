"""What patients and readers do all day touches the rows of one account: it can be distributed."""

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import bindparam, delete, insert, or_, select, update

from app.database import Lookup, table_of
from app.database.statements import Compiled, PerEngine, StatementCache, is_on_patients_rows
from app.journal.journal import Journal
from app.journal.tables import EntryRow, JournalRow
from tests.access.confinement import strays
from tests.access.store_statements import ADD, READ_OR_CHANGE
from tests.service import Patient, Service, an_entry
from tests.sharing.links import manifest, opened, share

pytestmark = pytest.mark.anyio
ENTRY, JOURNAL = table_of(EntryRow), table_of(JournalRow)
OF_ACCOUNT = ENTRY.c.account_id == bindparam("account")
OPERATORS = {
    "app.audit.store_whole.HEADS",
    "app.audit.store_whole.LINKS",
    "app.keeping.store.SIGNED_IN",
    "app.keeping.store.WITH_LINKS",
    "app.keeping.store_keys.KEYLESS",
    "app.keeping.store_keys.PLAIN",
    "app.vault.store.ACCOUNTS",
    "app.vault.store.NEWEST",
}
"""What operators' commands and readiness run over all accounts; no patient waits for them."""

TRENDS = ("daily?metric=mood", "summary", "slope?metric=mood", "timeline", "sessions")


class NotingCache(StatementCache):
    """Notes every statement that is run."""

    def __init__(self, inner: StatementCache, seen: set[Any]) -> None:
        """`seen` is filled."""
        super().__init__(inner._dialect, with_account=inner._with_account)
        self._seen = seen

    def __getitem__(self, statement: object) -> Compiled:
        """As the real one."""
        self._seen.add(statement)
        return super().__getitem__(statement)

    def plain(self, statement: Any) -> Any:
        """As this engine runs it."""
        return (
            statement.for_dialect(self._dialect) if isinstance(statement, PerEngine) else statement
        )


async def the_day(service: Service, patient: Patient) -> None:
    """Create, change, list, push, pull, trends, and a link that is opened in both ways."""
    made = (await patient.save(an_entry("session")))["entry"]
    await patient.save(an_entry("dissociation", session_id=made["id"], spontaneous=False))
    tag = {"If-Match": f'"{made["revision"]}"'}
    await patient.ask("PATCH", f"/v1/entries/{made['id']}", tag, json={"note": "x"})
    for query in ("limit=1", "kind=mood", "from=2026-06-01"):
        listed = await patient.ask("GET", f"/v1/entries?{query}")
        assert listed.status_code == 200
    drafts = [an_entry() for _ in range(3)]
    items = [{"id": each.pop("id"), "op": "upsert", "data": each} for each in drafts]
    items.append({"id": str(uuid4()), "op": "delete", "base_revision": 1})
    pushed = await patient.ask(
        "POST", "/v1/sync/changes", json={"device_id": "phone", "changes": items}
    )
    assert pushed.status_code == 200
    assert (await patient.ask("GET", "/v1/sync/changes?device_id=phone")).status_code == 200
    for trend in TRENDS:
        assert (await patient.ask("GET", f"/v1/trends/{trend}")).status_code == 200
    link = await share(patient, mode="live")
    (file,) = (await manifest(service, link, embeddedLengthMax=0))["files"]
    assert (await service.http.get(file["location"])).status_code == 200
    await opened(service, await share(patient, kind="direct"))


async def test_a_day_of_patients_and_readers_stays_in_one_account_at_a_time(
    service: Service, patient: Patient
) -> None:
    seen: set[Any] = set()
    journal: Journal = service.app.state.provided[Journal]
    database: Any = journal._database
    database._statements = cache = NotingCache(database._statements, seen)
    database._without_account = NotingCache(database._without_account, seen)
    await the_day(service, patient)
    lookups = {each.name for each in seen if isinstance(each, Lookup)}
    assert lookups == {"lookup_access_token", "lookup_share", "lookup_ticket"}
    others = [cache.plain(each) for each in seen if not isinstance(each, Lookup)]
    ours = [each for each in others if is_on_patients_rows(each)]
    assert len(ours) > 30
    assert {str(each): strays(each) for each in ours if strays(each)} == {}


@pytest.mark.parametrize("name", sorted({**READ_OR_CHANGE, **ADD}.keys() - OPERATORS))
def test_every_statement_of_the_stores_stays_in_one_account(name: str) -> None:
    assert strays({**READ_OR_CHANGE, **ADD}[name]) == set()


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (select(ENTRY.c.id), {"entry"}),
        (select(ENTRY.c.id).where(ENTRY.c.id == bindparam("id")), {"entry"}),
        (select(ENTRY.c.id).where(OF_ACCOUNT), set()),
        (select(ENTRY.c.id).where(ENTRY.c.account_id != bindparam("account")), {"entry"}),
        (select(ENTRY.c.id).where(or_(OF_ACCOUNT, ENTRY.c.deleted)), {"entry"}),
        (update(ENTRY).values(deleted=True), {"entry"}),
        (delete(ENTRY), {"entry"}),
        (insert(ENTRY), set()),
        (select(ENTRY.c.id, JOURNAL.c.head).where(OF_ACCOUNT), {"journal"}),
        (
            select(ENTRY.c.id, JOURNAL.c.head).where(
                OF_ACCOUNT, JOURNAL.c.account_id == ENTRY.c.account_id
            ),
            set(),
        ),
        (select(ENTRY.c.id).where(OF_ACCOUNT, ENTRY.alias("x").select().exists()), {"x"}),
    ],
)
def test_what_strays_is_seen(statement: Any, expected: set[str]) -> None:
    assert strays(statement) == expected

"""The reference runs what Afterglow runs: the same statements, in the same order."""

import gzip
from collections.abc import Sequence
from datetime import date
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from app.database.statements import Compiled, StatementCache
from app.journal.journal import Journal
from app.trends.keeper import AnswerKeeper
from app.trends.questions import EVERYTHING
from app.web.identity import Authenticator
from benchmarks.bare import Operation
from benchmarks.bare_ciphers import Ciphers, keep_secrets
from benchmarks.bare_operations import Reference
from benchmarks.bare_sqlite import SQLiteDriver, SQLiteSession
from benchmarks.bare_trends import TrendReference
from benchmarks.statements import Bare, Statements, Values
from benchmarks.trend_operations import TRENDS, Trend
from tests.service import Patient, Service, an_entry, settled

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]
FRAME = 384
WINDOW = "from=2025-06-02&to=2026-06-01"


class NotingCache(StatementCache):
    """Notes the text of each statement that is run."""

    def __init__(self, inner: StatementCache) -> None:
        super().__init__(inner._dialect)
        self.seen: list[str] = []

    def __getitem__(self, statement: object) -> Compiled:
        compiled = super().__getitem__(statement)
        self.seen.append(compiled.sql)
        return compiled


class NotingSession(SQLiteSession):
    """Notes the text of each statement that is run."""

    seen: list[str]

    async def rows(self, statement: Bare, values: Values) -> list[Any]:
        self.seen.append(statement.sql)
        return await super().rows(statement, values)

    async def run(self, statement: Bare, values: Values) -> None:
        self.seen.append(statement.sql)
        await super().run(statement, values)

    async def run_many(self, statement: Bare, rows: Sequence[Values]) -> None:
        self.seen.append(statement.sql)
        await super().run_many(statement, rows)


class Both:
    """Afterglow and the reference over one database; each tells what it ran."""

    def __init__(self, service: Service, patient: Patient, url: str, ciphers: Ciphers) -> None:
        database: Any = service.app.state.provided[Journal]._database
        self._cache = NotingCache(database._statements)
        database._statements = database._without_account = self._cache
        self._patient = patient
        driver = SQLiteDriver(url)
        self._session = NotingSession(driver._session._connection)
        statements = Statements(driver.dialect)
        self.bare = Reference(driver, statements, ciphers, bytes(FRAME), "2026-06-01")
        self.trends = TrendReference(driver, statements, ciphers, date(2026, 6, 1))

    async def afterglow_ran(self, method: str, path: str, body: Any = None) -> list[str]:
        more = {} if body is None else {"json": body}
        await self._patient.ask(method, path, **more)  # whatever is read once a minute
        self._cache.seen.clear()
        if isinstance(body, dict) and "id" in body:
            more["json"] = body | {"id": an_entry()["id"]}
        answer = await self._patient.ask(method, path, **more)
        assert answer.status_code in (200, 201), answer.text
        return [*self._cache.seen]

    async def bare_ran(self, operation: Operation, **query: str) -> list[str]:
        await self.bare_gave(operation, **query)
        return self._session.seen

    async def bare_gave(self, operation: Operation, **query: str) -> bytes | None:
        self._session.seen = []
        token = sha256(self._patient.tokens["access_token"].encode()).digest()
        find = self.bare.run.find_token
        ((_, account, *_rest),) = await self._session.rows(find, {"token": token})
        return await operation(self._session, query, account)


@pytest.fixture
async def both(service: Service, patient: Patient, database_url: str, tmp_path: Path) -> Both:
    """Afterglow and the reference."""
    caller = await service.app.state.provided[Authenticator](patient.tokens["access_token"])
    secrets, ring = tmp_path / "secrets", service.settings.keys_file
    await keep_secrets(database_url, ring, [caller.account_id], secrets)
    return Both(service, patient, database_url, Ciphers.kept(secrets))


async def test_a_new_entry(both: Both) -> None:
    ran = await both.afterglow_ran("POST", "/v1/entries", an_entry())
    assert await both.bare_ran(both.bare.create) == ran


async def test_a_push(both: Both, patient: Patient) -> None:
    await patient.save(an_entry())
    drafts = [an_entry() for _ in range(3)]
    changes = [{"id": each.pop("id"), "op": "upsert", "data": each} for each in drafts]
    both._cache.seen.clear()
    pushed = {"device_id": "phone-one", "changes": changes}
    await patient.ask("POST", "/v1/sync/changes", json=pushed)
    assert await both.bare_ran(both.bare.push) == both._cache.seen


async def test_a_page_and_a_pull(both: Both, patient: Patient) -> None:
    await patient.save(an_entry())
    ran = await both.afterglow_ran("GET", "/v1/entries?limit=50")
    assert await both.bare_ran(both.bare.page, limit="50") == ran
    ran = await both.afterglow_ran("GET", "/v1/sync/changes?cursor=0&limit=200")
    assert await both.bare_ran(both.bare.pull, cursor="0", limit="200") == ran


TREND_PATHS = ("daily?metric=mood&", "summary?", "session-response?metric=mood&")
COMPUTED = [each for each in TRENDS if each.question.reach != EVERYTHING]
"""All but the table of sessions, which looks for the journal's dates first."""


@pytest.mark.parametrize("trend", COMPUTED, ids=[each.name for each in COMPUTED])
async def test_a_trend_that_is_computed(
    both: Both, service: Service, patient: Patient, trend: Trend
) -> None:
    """Afterglow reads the head again with digests, and for who waits for a turn before reading."""
    for day in range(1, 30):
        written = f"2026-05-{day:02}T12:00:00+00:00"
        entry = an_entry(occurred_at=written, time_zone="UTC", score=day % 11)
        await patient.save(entry)
    asked = f"{trend.path}?{trend.query}"
    await patient.ask("GET", asked + WINDOW)  # which makes the tables
    await settled(service)
    keeper: AnswerKeeper = service.app.state.provided[AnswerKeeper]
    async with keeper._turn:
        both._cache.seen.clear()
        told = await patient.ask("GET", f"{asked}from=2025-06-03&to=2026-06-01")
        ran = [*both._cache.seen]
    window = {"from": "2025-06-03", "to": "2026-06-01"}
    bare = await both.bare_ran(partial(both.trends.trend, question=trend.question), **window)
    computed = partial(both.trends.computed, question=trend.question)
    given = await both.bare_gave(computed, **window)
    assert both._session.seen == bare
    assert [each for each in ran if each != both.bare.run.head.sql] == bare
    goes_on = trend.question.days_suffice and not trend.question.heavy
    assert len(bare) == len(ran) - (0 if goes_on else 1)
    assert given is not None
    assert gzip.decompress(given) == told.content


@pytest.mark.parametrize("path", TREND_PATHS)
async def test_a_trend_that_is_ready(
    both: Both, service: Service, patient: Patient, path: str
) -> None:
    await patient.save(an_entry())
    for _ in range(2):  # the first of a cheap one is not kept
        await patient.ask("GET", f"/v1/trends/{path}{WINDOW}")
    await settled(service)
    both._cache.seen.clear()
    await patient.ask("GET", f"/v1/trends/{path}{WINDOW}")
    ran = [*both._cache.seen]
    assert await both.bare_ran(partial(both.trends.ready, name="x")) == ran
    assert len(ran) == 2

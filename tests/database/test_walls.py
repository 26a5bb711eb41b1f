"""Row security on PostgreSQL: what the catalogue says, and what the service's role can do."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from sqlalchemy import Table, bindparam, delete, insert, literal, select, update
from sqlalchemy.sql.util import find_tables

from app.database import Database, table_of
from app.database.statements import AccountUnknown
from app.database.walls import leaks_of
from app.journal.tables import JournalRow
from app.keeping.clearing import KEY_TABLES
from app.metadata import METADATA
from tests.database.known_lookups import LOOKUPS
from tests.engines import as_administrator

pytestmark = pytest.mark.anyio
on_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
JOURNAL = table_of(JournalRow)
WITH_ACCOUNT = sorted(name for name, each in METADATA.tables.items() if "account_id" in each.c)
KNOWS_MAINTAIN = 17
"""The first version of PostgreSQL with that right."""

OWN_ROWS = "(account_id = (NULLIF(current_setting('app.account_id'::text, true), ''::text))::uuid)"


@pytest.fixture
async def administrator(postgresql_url: str, anyio_backend: str) -> AsyncIterator[Any]:
    """A connection (asyncpg carries no types) that sees the whole catalogue."""
    connection = await asyncpg.connect(as_administrator(postgresql_url))
    yield connection
    await connection.close()


@pytest.fixture
async def service_role(postgresql_url: str, anyio_backend: str) -> AsyncIterator[Any]:
    """A bare connection of the role that the service signs in as."""
    connection = await asyncpg.connect(postgresql_url)
    yield connection
    await connection.close()


@pytest.mark.parametrize("name", WITH_ACCOUNT)
async def test_every_table_with_an_account_is_walled(name: str, administrator: Any) -> None:
    row = await administrator.fetchrow(
        "SELECT relrowsecurity, relforcerowsecurity, relowner::regrole::text AS owner"
        " FROM pg_class WHERE oid = $1::regclass",
        name,
    )
    assert tuple(row) == (True, True, "afterglow_owner")
    policies = await administrator.fetch(
        "SELECT policyname, permissive, roles::text[], cmd, qual, with_check FROM pg_policies"
        " WHERE tablename = $1 ORDER BY 1",
        name,
    )
    found = [tuple(each) for each in policies]
    for_lookups = (
        f"{name}_for_lookup", "PERMISSIVE", ["afterglow_lookup"], "SELECT", "true", None
    )  # fmt: skip
    of_account = (f"{name}_of_account", "PERMISSIVE", ["public"], "ALL", OWN_ROWS, OWN_ROWS)
    assert found in ([for_lookups, of_account], [of_account])


@pytest.mark.parametrize("name", sorted(METADATA.tables))
async def test_the_service_has_the_rights_it_needs_and_no_other(
    name: str, administrator: Any
) -> None:
    rows = await administrator.fetch(
        "SELECT privilege_type FROM pg_class c, aclexplode(c.relacl)"
        " WHERE c.relname = $1 AND c.relnamespace = 'public'::regnamespace"
        " AND grantee = 'afterglow_app'::regrole",
        name,
    )
    wanted = {"SELECT", "INSERT", "UPDATE", "DELETE"}
    kept = {
        "audit_event": {"UPDATE", "DELETE"},
        "audit_head": {"DELETE"},
        "restoration": {"INSERT", "UPDATE", "DELETE"},
    }
    if name in KEY_TABLES and administrator.get_server_version().major >= KNOWS_MAINTAIN:
        wanted |= {"MAINTAIN"}  # to clear them
    assert {row[0] for row in rows} == wanted - kept.get(name, set())


async def test_every_lookup_of_the_service_is_a_function_and_every_function_a_lookup(
    administrator: Any,
) -> None:
    rows = await administrator.fetch(
        "SELECT proname, proowner::regrole::text AS owner, prosecdef, provolatile, proconfig,"
        " array(SELECT grantee::regrole::text FROM aclexplode(proacl)"
        "  WHERE privilege_type = 'EXECUTE' AND grantee <> proowner) AS may"
        " FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
        " AND (prosecdef OR proname LIKE 'lookup%')"
    )
    assert {row["proname"] for row in rows} == LOOKUPS.keys()
    for row in rows:
        assert row["owner"] == "afterglow_lookup"
        assert row["prosecdef"]
        assert row["provolatile"] == b"s", "it may change nothing"
        assert row["proconfig"] == ["search_path=pg_catalog, public, pg_temp"]
        assert row["may"] == ["afterglow_app"]


async def test_lookups_read_the_tables_they_need_and_write_none(administrator: Any) -> None:
    rows = await administrator.fetch(
        "SELECT table_name, privilege_type FROM information_schema.role_table_grants"
        " WHERE grantee = 'afterglow_lookup'"
    )
    needed = {
        found.name
        for each in LOOKUPS.values()
        for found in find_tables(each.plain, include_joins=True, include_selects=True)
        if isinstance(found, Table)
    }
    assert {row["privilege_type"] for row in rows} == {"SELECT"}
    assert {row["table_name"] for row in rows} == needed


@pytest.mark.parametrize("name", WITH_ACCOUNT)
async def test_without_an_account_the_service_sees_and_changes_nothing(
    name: str, service_role: Any, administrator: Any
) -> None:
    for setting in ("", str(uuid4())):
        await service_role.execute(f"SET app.account_id = '{setting}'")
        assert await service_role.fetchval(f"SELECT count(*) FROM {name}") == 0  # noqa: S608
        if name not in ("audit_event", "audit_head"):
            assert await service_role.execute(f"DELETE FROM {name}") == "DELETE 0"  # noqa: S608
    before = await administrator.fetchval("SELECT count(*) FROM pg_policies")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await service_role.execute(f"ALTER TABLE {name} DISABLE ROW LEVEL SECURITY")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await service_role.execute(f"TRUNCATE {name}")
    assert await administrator.fetchval("SELECT count(*) FROM pg_policies") == before


async def test_the_service_takes_no_other_role(service_role: Any) -> None:
    for role in ("afterglow_lookup", "afterglow_owner", "postgres"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await service_role.execute(f"SET ROLE {role}")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await service_role.execute("CREATE TABLE mine (id integer)")


@on_postgresql
async def test_a_row_cannot_be_moved_into_another_account(database: Database) -> None:
    mine, theirs = uuid4(), uuid4()
    row = {"account_id": mine, "epoch": 0, "head": 1}
    await database.write(mine, lambda work: work.execute(insert(JOURNAL), row))
    move = update(JOURNAL).where(JOURNAL.c.account_id == bindparam("mine"))
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await database.write(
            mine,
            lambda work: work.execute(
                move.values(account_id=bindparam("to")), {"mine": mine, "to": theirs}
            ),
        )
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await database.write(theirs, lambda work: work.execute(insert(JOURNAL), row))


@pytest.mark.parametrize(
    "statement",
    [
        select(JOURNAL.c.head),
        insert(JOURNAL),
        update(JOURNAL),
        delete(JOURNAL),
        select(JOURNAL.alias().c.head),
        select(literal(1)).where(select(JOURNAL.c.head).exists()),
        select(select(JOURNAL.c.head).cte().c.head),
    ],
)
async def test_a_statement_on_patients_rows_wants_an_account(
    database: Database, statement: Any
) -> None:
    """On both engines: else the mistake would be seen on one of them alone."""
    for run in (database.read, database.write):
        with pytest.raises(AccountUnknown):
            await run(None, lambda work: work.fetch(statement))


@on_postgresql
async def test_the_service_on_its_own_role_leaks_nothing(database_url: str) -> None:
    assert await leaks_of(database_url) == []


@on_postgresql
async def test_an_open_gap_is_told(database_url: str, administrator: Any) -> None:
    told = await leaks_of(as_administrator(database_url))
    assert "the user is a superuser or passes row security" in told
    await administrator.execute("CREATE TABLE bare_table (account_id uuid)")
    await administrator.execute("GRANT UPDATE ON audit_event TO afterglow_app")
    await administrator.execute("GRANT TRUNCATE ON entry TO afterglow_app")
    try:
        assert await leaks_of(database_url) == [
            "row security is not forced on bare_table",
            "the user may change what audit_event holds",
            "the user may empty entry",
        ]
    finally:
        await administrator.execute("DROP TABLE bare_table")
        await administrator.execute("REVOKE UPDATE ON audit_event FROM afterglow_app")
        await administrator.execute("REVOKE TRUNCATE ON entry FROM afterglow_app")

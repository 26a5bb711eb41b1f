"""The described tables and the migrated schema are the same, up and down, on both engines."""

import asyncio
from uuid import uuid4

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, inspect, text

from app.database import open_database
from app.database.described import types_differ
from app.database.migrate import downgrade, upgrade, with_connection
from app.database.revision import is_current
from app.journal.store import make_journal
from app.metadata import METADATA


def tables_of(url: str) -> set[str]:
    found: set[str] = set()
    with_connection(url, lambda connection: found.update(inspect(connection).get_table_names()))
    return found - {"alembic_version"}


@pytest.mark.filterwarnings("ignore:.*expression-based index")
def test_the_migrated_schema_is_the_described_one(empty_url: str) -> None:
    upgrade(empty_url)
    assert is_current(empty_url)
    differences: list[object] = []

    def compare(connection: Connection) -> None:
        context = MigrationContext.configure(connection, opts={"compare_type": types_differ})
        differences.extend(compare_metadata(context, METADATA))

    with_connection(empty_url, compare)
    assert differences == []


def test_it_goes_down_and_up_again_with_data_in_it(empty_url: str) -> None:
    async def add_a_journal() -> None:
        database = await open_database(empty_url)
        account = uuid4()
        await database.write(account, lambda transaction: make_journal(transaction, account))
        await database.close()

    upgrade(empty_url)
    asyncio.run(add_a_journal())
    downgrade(empty_url)
    assert tables_of(empty_url) == set()
    assert not is_current(empty_url)
    upgrade(empty_url)
    assert tables_of(empty_url) == set(METADATA.tables)


def test_a_mark_of_a_restore_from_before_counts_once(empty_url: str) -> None:
    """Whether it was there already, or an older server sets it beside the new schema."""
    times: list[int] = []

    def mark(connection: Connection) -> None:
        connection.execute(text("DELETE FROM restoration"))
        connection.execute(
            text("INSERT INTO restoration (id, began_at) VALUES (1, '2026-06-01 12:00:00+00:00')")
        )
        connection.commit()

    def read(connection: Connection) -> None:
        times.extend(connection.scalars(text("SELECT times FROM restoration")))

    upgrade(empty_url, "0015")
    with_connection(empty_url, mark)
    upgrade(empty_url)
    with_connection(empty_url, read)
    with_connection(empty_url, mark)
    with_connection(empty_url, read)
    assert times == [1, 1]


def test_every_table_of_patient_data_begins_its_key_with_the_account() -> None:
    """Rows of a patient lie together, and the schema can be distributed by that column.

    Looked up before the account is known: tokens, tickets, waiting codes, spent proofs and the
    outbox. The mark of a restore, leases and throttles are nobody's.
    """
    found_first = {
        "access_token",
        "share_ticket",
        "pending_code",
        "spent_proof",
        "outbox",
        "restoration",
        "lease",
        "throttle_bucket",
    }
    for name, table in METADATA.tables.items():
        first = next(iter(table.primary_key.columns)).name
        assert (first == "account_id") != (name in found_first), name

"""A function past the walls gives what its statement would give if there were no walls."""

from datetime import timedelta
from itertools import product
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from app.database import Database
from tests.authenticator import add_passkey
from tests.clocks import SetClock
from tests.database.known_lookups import LOOKUPS
from tests.engines import as_administrator
from tests.service import Patient, Service, an_entry
from tests.sharing.links import ask_for, manifest, share

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("database_url", ["postgresql"], indirect=True),
]
STORED = {
    "token": "SELECT token_hash FROM access_token",
    "device": "SELECT id FROM device",
    "email_index": "SELECT email_index FROM account",
    "token_hash": "SELECT token_hash FROM share",
    "credential": "SELECT credential_id FROM passkey",
    "ticket_hash": "SELECT ticket_hash FROM share_ticket",
}
"""Where the value of a parameter is found; a new look-up adds its own."""


async def samples(url: str, clock: SetClock) -> dict[str, list[Any]]:
    """Values for the parameters of look-ups: all that are stored, and one that is not."""
    connection = await asyncpg.connect(as_administrator(url))
    try:
        stored = {
            name: [row[0] for row in await connection.fetch(query)]
            for name, query in STORED.items()
        }
    finally:
        await connection.close()
    unknown = {name: uuid4() if name == "device" else bytes(32) for name in stored}
    later = [clock.now, clock.now + timedelta(minutes=11), clock.now + timedelta(days=400)]
    return {name: [*values, unknown[name]] for name, values in stored.items()} | {
        "now": later,
        "before": later[:2],
        "most": [100_000],
        "after": [UUID(int=0), uuid4()],
    }


async def everything_happens(service: Service, patient: Patient, clock: SetClock) -> None:
    """Links that live, are locked, are used up and have superseded files, and their tickets."""
    live = await share(patient, mode="live")
    for _ in range(2):
        clock.now += timedelta(seconds=1)
        await patient.save(an_entry())
        await manifest(service, live, embeddedLengthMax=0)
    locked = await share(patient)
    for _ in range(10):
        await ask_for(service, locked, "WRONG234")
    await manifest(service, await share(patient, max_openings=1), embeddedLengthMax=0)
    await add_passkey(await service.sign_up())


async def test_a_function_gives_what_its_statement_would(
    service: Service,
    patient: Patient,
    database: Database,
    everything: Database,
    database_url: str,
    clock: SetClock,
) -> None:
    await everything_happens(service, patient, clock)
    values = await samples(database_url, clock)
    for name, lookup in LOOKUPS.items():
        met = 0
        for each in product(*(values[parameter] for parameter in lookup.parameters)):
            bound = dict(zip(lookup.parameters, each, strict=True))
            told = await database.read(None, lambda work: work.fetch(lookup, bound))  # noqa: B023
            plain = await everything.read(uuid4(), lambda work: work.fetch(lookup.plain, bound))  # noqa: B023
            assert sorted(map(repr, told)) == sorted(map(repr, plain)), name
            met += len(told)
        assert met > 0, f"{name} was not tried on anything it finds"


async def test_keys_in_use_are_found_without_a_look_at_each_row(
    patient: Patient, database_url: str
) -> None:
    """With millions of rows a look at each takes longer than a statement may."""
    connection = await asyncpg.connect(as_administrator(database_url))
    try:
        async with connection.transaction():
            await connection.execute("SET LOCAL enable_seqscan = off")  # the tables are small here
            assert await connection.fetch("SELECT number FROM lookup_keys_in_use()")
            looks = await connection.fetch(
                "SELECT relname, seq_scan, idx_scan > 0 FROM pg_stat_xact_user_tables"
                " WHERE relname IN ('patient_key', 'device') ORDER BY 1"
            )
    finally:
        await connection.close()
    assert [tuple(each) for each in looks] == [("device", 0, True), ("patient_key", 0, True)]

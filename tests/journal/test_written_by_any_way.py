"""Whatever is written, by whichever way: each stored row reads back through the model of its kind.

More rounds: `AFTERGLOW_TEST_WRITTEN=200 pytest tests/journal/test_written_by_any_way.py`
"""

import asyncio
import json
import os
from collections import Counter, defaultdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from sqlalchemy import bindparam, select

from app.database import Row, Transaction, instant_text
from app.journal.journal import Journal
from app.journal.kinds import KINDS, client_members, payload
from app.journal.store import ENTRY, VERSION
from app.journal.stored import StoredEntry
from app.vault import PatientKeys
from tests.clocks import SetClock
from tests.journal.ways_to_write import WAYS, Json, ways_for
from tests.portability.test_any_journal_comes_back import drafts_of
from tests.service import Patient, Service, an_entry, running
from tests.sharing.links import account_of
from tests.sharing.strategies import journals

ROUNDS = int(os.environ.get("AFTERGLOW_TEST_WRITTEN", "8"))
ENTRIES = select(
    ENTRY.c.id,
    ENTRY.c.revision,
    ENTRY.c.deleted,
    ENTRY.c.device_id,
    ENTRY.c.sealed,
    ENTRY.c.created_at,
    ENTRY.c.updated_at,
    ENTRY.c.kind,
    ENTRY.c.occurred_at,
    ENTRY.c.local_date,
).where(ENTRY.c.account_id == bindparam("account"))
VERSIONS = select(
    VERSION.c.entry_id, VERSION.c.revision, VERSION.c.sealed, VERSION.c.created_at
).where(VERSION.c.account_id == bindparam("account"))
WITHOUT_SHRINKING = (Phase.explicit, Phase.reuse, Phase.generate)
"""A failing journal is told as it was drawn: to write ever smaller ones would take minutes."""
OUT_OF_PLACE: tuple[Any, ...] = (10.5, 11, -0.5, -1, 0.25, 1e9, "4", True, [], {}, "")
MOOD = {name: each for name, each in an_entry().items() if name != "id"}
spoilt = st.none() | st.tuples(st.integers(0, 30), st.sampled_from(OUT_OF_PLACE))


def test_every_stored_row_reads_back_through_its_model(
    database_url: str, tmp_path: Path, clock: SetClock
) -> None:
    kept: Counter[str] = Counter()
    refused: Counter[str] = Counter()
    with asyncio.Runner() as runner:
        house = running(database_url, tmp_path, clock)
        service = runner.run(house.__aenter__())

        @settings(
            max_examples=ROUNDS, phases=WITHOUT_SHRINKING, suppress_health_check=list(HealthCheck)
        )
        @given(journals(), spoilt)
        def reads_back(journal: list[Json], spoil: tuple[int, Any] | None) -> None:
            comes_back(spoiled(drafts_of(journal), spoil))

        def comes_back(drafts: list[Json]) -> None:
            patient = runner.run(service.sign_up())
            taken, not_taken = runner.run(written(patient, drafts))
            kept.update(taken)
            refused.update(not_taken)
            runner.run(all_rows_read_back(service, patient))

        try:
            reads_back()
            comes_back([an_entry(), an_entry("flashback"), an_entry(score=11)])
        finally:
            runner.run(house.__aexit__(None, None, None))
    assert {way.__name__ for way in WAYS} <= kept.keys(), "each way brought something in"
    assert refused, "and the rules refused some of it"


@pytest.mark.parametrize("member", [{"score": 11}, {"energy": 0.25}, {"mood": 4}, {"note": ""}])
def test_what_no_model_makes_is_seen_when_it_is_read_back(member: Json) -> None:
    """Else that nothing was found would prove nothing."""
    at = datetime(2026, 6, 1, tzinfo=UTC)
    entry = StoredEntry(uuid4(), 1, at, at)
    good = json.loads(payload(entry.id, KINDS["mood"].content.model_validate(MOOD), at))
    entry.text = json.dumps(good | member).encode()
    with pytest.raises(ValidationError):
        through_the_model(entry)


def spoiled(drafts: list[Json], spoil: tuple[int, Any] | None) -> list[Json]:
    """One member of one draft holds what does not belong there, or nothing does."""
    members = [
        (number, name)
        for number, draft in enumerate(drafts)
        for name in draft
        if name not in ("id", "kind", "instrument", "answers")
    ]
    if spoil is None or not members:
        return drafts
    number, name = members[spoil[0] % len(members)]
    return [
        {**draft, name: spoil[1]} if place == number else draft
        for place, draft in enumerate(drafts)
    ]


async def written(patient: Patient, drafts: list[Json]) -> tuple[list[str], list[str]]:
    """Write every draft by every way; the ways that took one, and those that refused one.

    Each way writes a journal of its own, in which links lead to sessions that it wrote.
    """
    taken: list[str] = []
    refused: list[str] = []
    for way in WAYS:
        names: defaultdict[str, str] = defaultdict(lambda: str(uuid4()))
        for draft in drafts:
            if way not in ways_for(draft["kind"]):
                continue
            own = {**draft, "id": names[draft["id"]]}
            if isinstance(draft.get("session_id"), str):
                own["session_id"] = names[draft["session_id"]]
            (taken if await way(patient, own) else refused).append(way.__name__)
    return taken, refused


async def all_rows_read_back(service: Service, patient: Patient) -> None:
    """Every row of the account, past versions too, is what its model makes of it, and is told."""
    reading = service.app.state.provided[Journal].reading
    account = await account_of(service, patient)

    async def look(transaction: Transaction) -> tuple[PatientKeys, list[Row], list[Row]]:
        keys = await reading._vault.patient(transaction, account)
        bound = {"account": account}
        return (
            keys,
            await transaction.fetch(ENTRIES, bound),
            await transaction.fetch(VERSIONS, bound),
        )

    keys, rows, versions = await reading._database.read(account, look)
    entries = {entry.id: entry for entry in StoredEntry.opened_each(keys, rows)}
    for row in rows:
        entry = entries[row[0]]
        content = through_the_model(entry)
        assert (content["kind"], row[8], row[9]) == (row[7], minute_of(content), entry.day)
        answer = await patient.ask("GET", f"/v1/entries/{entry.id}")
        assert answer.json() == content | shown(entry)
    listed = await all_listed(patient)
    assert {each["id"]: each for each in listed} == {
        str(entry.id): through_the_model(entry) | shown(entry) for entry in entries.values()
    }
    told: defaultdict[UUID, dict[int, Json]] = defaultdict(dict)
    for entry_id, revision, sealed, at in versions:
        past = StoredEntry.version(keys, entries[entry_id], revision, bytes(sealed), at)
        told[entry_id][revision] = through_the_model(past) | shown(past)
    for entry_id, of_entry in told.items():
        newest = of_entry.pop(max(of_entry))
        assert newest == through_the_model(entries[entry_id]) | shown(entries[entry_id])
        answer = await patient.ask("GET", f"/v1/entries/{entry_id}/history")
        history = {each["revision"]: each["entry"] for each in answer.json()["items"]}
        assert history == of_entry
    assert told.keys() == entries.keys()


def through_the_model(entry: StoredEntry) -> Json:
    """The stored content as its model reads it; what it makes of it is what was stored."""
    opened: Json = json.loads(entry.text)
    model = KINDS[opened["kind"]].content.model_validate(client_members(opened))
    assert payload(entry.id, model, entry.created_at) == entry.text
    return opened


def shown(entry: StoredEntry) -> Json:
    """What an answer adds to the content."""
    return {
        "revision": entry.revision,
        "created_at": instant_text(entry.created_at).decode(),
        "updated_at": instant_text(entry.updated_at).decode(),
    }


def minute_of(content: Json) -> datetime:
    """What a row tells of the instant in clear."""
    instant = datetime.fromisoformat(content["occurred_at"]).astimezone(UTC)
    return instant.replace(second=0, microsecond=0)


async def all_listed(patient: Patient) -> list[Json]:
    """The whole journal by the list."""
    found: list[Json] = []
    query: Json = {"limit": 200}
    while True:
        page = (await patient.ask("GET", "/v1/entries", params=query)).json()
        found += page["items"]
        if page.get("next_cursor") is None:
            return found
        query["cursor"] = page["next_cursor"]

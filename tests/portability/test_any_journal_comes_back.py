"""Whatever journal hypothesis thinks of: carried off and brought in, it is the same journal.

More rounds: `AFTERGLOW_TEST_ROUND_TRIPS=200 pytest tests/portability -k any_journal`
"""

import asyncio
import json
import os
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings

from app.journal.kinds import client_members
from tests.clocks import SetClock
from tests.portability.exports import exported, told
from tests.portability.imports import commit
from tests.service import Patient, running
from tests.sharing.strategies import journals

Json = dict[str, Any]
ROUNDS = int(os.environ.get("AFTERGLOW_TEST_ROUND_TRIPS", "15"))
ZONE = ZoneInfo("Europe/Berlin")


def test_any_journal_comes_back_equal(database_url: str, tmp_path: Path, clock: SetClock) -> None:
    kept: list[int] = []
    with asyncio.Runner() as runner:
        house = running(database_url, tmp_path, clock)
        service = runner.run(house.__aenter__())
        old, new = runner.run(service.sign_up()), runner.run(service.sign_up())

        @settings(max_examples=ROUNDS, deadline=None, suppress_health_check=list(HealthCheck))
        @given(journals())
        def comes_back(journal: list[Json]) -> None:
            kept.append(runner.run(moved(old, new, drafts_of(journal))))

        try:
            comes_back()
        finally:
            runner.run(house.__aexit__(None, None, None))
    assert sum(kept) > ROUNDS // 3, "the rules refuse some of what was drawn, but not all"


def drafts_of(journal: list[Json]) -> list[Json]:
    """What was drawn under ids of its own and on the clocks of its zone, sessions first."""
    names = {each["id"]: str(uuid4()) for each in journal}
    drafts = []
    for each in sorted(journal, key=lambda each: each["kind"] != "session"):
        draft = client_members(each)
        local = datetime.fromisoformat(draft["occurred_at"]).astimezone(ZONE)
        draft |= {"occurred_at": local.isoformat(), "time_zone": ZONE.key}
        if "session_id" in draft:
            draft["session_id"] = names.get(draft["session_id"], draft["session_id"])
        drafts.append({"id": names[each["id"]], **draft})
    return drafts


async def moved(old: Patient, new: Patient, drafts: list[Json]) -> int:
    """Write, carry off, bring in, compare; how many of the drafts the rules let in."""
    kept = 0
    for draft in drafts:
        answer = await old.ask("POST", "/v1/entries", content=json.dumps(draft), headers=JSON)
        assert answer.status_code in (201, 422), answer.text
        kept += answer.status_code == 201
    before = len(await told(new))
    report = await commit(new, "afterglow", (await exported(old, "ndjson")).decode())
    assert (report["created"], report["refused_count"]) == (kept, 0)
    after = await told(new)
    assert after == await told(old)
    assert len(after) == before + kept
    return kept


JSON = {"Content-Type": "application/json"}

"""A journal of every kind with something to hide, and Bundles as texts to compare."""

import json
import re
from hashlib import sha256
from typing import Any

from tests.service import Patient, an_entry
from tests.sharing.links import (
    Json,
    report_of,
    trend_document,
)

ALL_KINDS = ["mood", "anxiety", "flashback", "dissociation", "session", "assessment"]

WORD = "canary-7f3a"

PHQ9 = [{"item": number, "value": 1} for number in range(1, 10)]


async def journal(patient: Patient) -> dict[str, Json]:
    """An entry of every kind with free texts and answers; what was saved, by kind."""
    session = await patient.save(
        an_entry("session", occurred_at="2026-05-20T10:00:00+02:00", intention=WORD, note=WORD)
    )
    entry = session["entry"]
    drafts = [
        an_entry(score=7, note=WORD, tags=[WORD], occurred_at="2026-05-20T20:00:00+02:00"),
        an_entry("anxiety", occurred_at="2026-05-21T20:00:00+02:00", note=WORD),
        an_entry(
            "flashback", report="episode", distress=6, occurred_at="2026-05-22T20:00:00+02:00"
        ),
        an_entry(
            "dissociation",
            spontaneous=False,
            session_id=entry["id"],
            intensity=8,
            help_wanted=True,
            occurred_at="2026-05-20T18:00:00+02:00",
        ),
    ]
    phq9 = an_entry(
        "assessment",
        instrument="phq-9",
        answers=PHQ9,
        occurred_at="2026-05-23T20:00:00+02:00",
    )
    del phq9["total"]
    saved = [(await patient.save(draft))["entry"] for draft in [*drafts, phq9]]
    return {each["kind"]: each for each in [entry, *saved]}


def plain(bundle: Json) -> str:
    """The Bundle as text, its documents unpacked and its times taken out."""
    document = trend_document(bundle)
    page = sha256(report_of(bundle) or b"").hexdigest()
    text = json.dumps(without_data(bundle)) + json.dumps(document) + page
    return re.sub(r"2026-06-01T12:[0-9:.]+(Z|\+00:00)", "NOW", text)


def without_data(node: Any) -> Any:
    if isinstance(node, dict):
        return {name: without_data(value) for name, value in node.items() if name != "data"}
    return [without_data(each) for each in node] if isinstance(node, list) else node

"""Small journals for the rules: payloads of entries as they would be saved, and what is seen."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from app.journal.kinds import payload, read_draft
from app.safety.rules import RuleContext, evaluate

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
DOSE = datetime(2026, 5, 20, 8, tzinfo=UTC)
SESSION_ID = "0197d000-0001-7000-8000-00000000ffff"

Members = dict[str, Any]  # JSON, as tests write it

_numbers = count(1)


def saved(body: Members, now: datetime = NOW) -> Members:
    """The opened payload of an entry that was saved at `now`."""
    draft = read_draft(body)
    opened: Members = json.loads(payload(draft.id, draft.content, now))
    return opened


def entry(kind: str, at: datetime, **members: object) -> Members:
    """The payload of a new entry."""
    body = {
        "id": f"0197d000-{next(_numbers):04x}-7000-8000-000000000000",
        "kind": kind,
        "occurred_at": at.isoformat(),
        "time_zone": "UTC",
    }
    return saved(body | members)


def session(at: datetime = DOSE, **members: object) -> Members:
    """A completed session; its first dose is at `at`."""
    told: Members = {
        "status": "completed",
        "substance": "ketamine_racemic",
        "route": "iv_infusion",
    }
    return entry("session", at, **(told | members))


def the_session(at: datetime = DOSE, **members: object) -> Members:
    """The session that `dissociation` belongs to."""
    return session(at, id=SESSION_ID, **members)


def dissociation(minutes: float, intensity: float, **members: object) -> Members:
    """An entry of that session, by minutes since the dose."""
    at = DOSE + timedelta(minutes=minutes)
    return entry(
        "dissociation", at, **{"session_id": SESSION_ID, "intensity": intensity, **members}
    )


def flashback(day: int, presence: int | None = 3, hour: int = 18) -> Members:
    """An episode on that day of May."""
    told: Members = {"report": "episode", "distress": 8}
    if presence is not None:
        told["presence"] = presence
    return entry("flashback", datetime(2026, 5, day, hour, tzinfo=UTC), **told)


def phq9(item_9: int | None, others: int | None = 0) -> Members:
    """A phq-9 with all other items alike; None is skipped."""
    values = [others] * 8 + [item_9]
    answers = [
        {"item": number} | ({} if value is None else {"value": value})
        for number, value in enumerate(values, start=1)
    ]
    return entry("assessment", DOSE, instrument="phq-9", answers=answers)


def urinary_session(day: int, month: int = 5) -> Members:
    """A session with the effect, on that day."""
    effects = [{"code": "urinary", "severity": 1}]
    return session(datetime(2026, month, day, 8, tzinfo=UTC), adverse_effects=effects)


def seen(body: Members, *others: Members, now: datetime = NOW) -> dict[str, dict[str, float]]:
    """Facts of what holds for an entry among others, by code."""
    evaluation = evaluate(body, RuleContext(others), now)
    assert not evaluation.failed
    return {each.code: {f.name: f.value for f in each.facts} for each in evaluation.signals}


def signal_ids() -> Iterator[UUID]:
    """Ids for signals, one after the other, without end."""
    return (UUID(int=number) for number in count(1))

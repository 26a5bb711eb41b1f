"""Headlines for tests, made the way the journal makes them: draft, payload, headline."""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any
from uuid import UUID, uuid5

from app.journal.kinds import (
    AnxietyHeadline,
    AssessmentHeadline,
    DissociationHeadline,
    FlashbackHeadline,
    Headline,
    MoodHeadline,
    SessionHeadline,
    headline,
    payload,
    read_draft,
)

NAMESPACE = UUID("0197c0de-0000-7000-8000-000000000000")
REVISION = 1

# Entries are JSON objects of many shapes: hence Any.
Entry = dict[str, Any]


def seeded(seed: int) -> Random:
    """Random numbers that are the same in every run."""
    return Random(seed)  # noqa: S311  # diaries, not secrets


def headline_of(entry: Mapping[str, Any], written_at: datetime) -> Headline:
    """The headline of a draft that was saved at `written_at`."""
    draft = read_draft(dict(entry))
    return headline(json.loads(payload(draft.id, draft.content, written_at)), REVISION)


def made(kind: str, day: date, hour: float = 20, late: float = 0, **members: object) -> Headline:
    """A headline in UTC, written down `late` hours afterwards."""
    at = datetime.fromisoformat(f"{day}T00:00:00+00:00") + timedelta(hours=hour)
    name = json.dumps([kind, at.isoformat(), late, members], sort_keys=True, default=str)
    entry: Entry = {
        "id": str(uuid5(NAMESPACE, name)),
        "kind": kind,
        "occurred_at": at.isoformat(),
        "time_zone": "UTC",
        **members,
    }
    return headline_of(entry, at + timedelta(hours=late))


def mood(day: date, score: float, **members: Any) -> Headline:
    """A mood."""
    return made("mood", day, score=score, **members)


def anxiety(day: date, level: float, **members: Any) -> Headline:
    """An anxiety."""
    return made("anxiety", day, level=level, **members)


def episode(day: date, distress: float = 5, **members: Any) -> Headline:
    """A flashback episode."""
    return made("flashback", day, report="episode", distress=distress, **members)


def daily_count(day: date, count: int, **members: Any) -> Headline:
    """A day's number of flashbacks."""
    worst = {"worst_distress": 5} if count else {}
    return made("flashback", day, report="daily_count", count=count, **{**worst, **members})


def none_today(day: date, **members: Any) -> Headline:
    """The statement that there was no flashback."""
    return made("flashback", day, report="none_today", **members)


def session(day: date, hour: float = 10, **members: Any) -> Headline:
    """A completed session."""
    given = {"status": "completed", "substance": "ketamine_racemic", "route": "iv_infusion"}
    return made("session", day, hour, **{**given, **members})


def dissociation(day: date, intensity: float, **members: Any) -> Headline:
    """A dissociation entry, spontaneous unless it names a session."""
    linked = {} if "session_id" in members else {"spontaneous": True}
    return made("dissociation", day, intensity=intensity, **{**linked, **members})


def phq9(day: date, total: int, **members: Any) -> Headline:
    """A PHQ-9 whose items add up to `total`; items in `skipped` are left out."""
    skipped = members.pop("skipped", ())
    answers: list[Entry] = []
    for item in range(1, 10):
        value = min(3, total)
        if item in skipped:
            answers.append({"item": item})
            continue
        answers.append({"item": item, "value": value})
        total -= value
    return made("assessment", day, instrument="phq-9", answers=answers, **members)


def random_journal(random: Random, n_days: int, first: date = date(2026, 1, 5)) -> list[Headline]:
    """A diary with gaps, half points, mixed reports, sessions and their curves, in no order."""
    found: list[Headline] = []
    for offset in range(n_days):
        day = first + timedelta(days=offset)
        if random.random() < 0.3:
            continue
        found += _random_day(random, day)
    random.shuffle(found)
    return found


def _random_day(random: Random, day: date) -> list[Headline]:
    """Built straight from the headline classes: thousands of journals are made of them."""
    start = _Start(random, day)
    entries: list[Headline] = [
        MoodHeadline(**start(9), score=_half(random)) for _ in range(random.randint(0, 2))
    ]
    if random.random() < 0.7:
        level = random.randint(0, 10)
        entries.append(AnxietyHeadline(**start(20), level=level, peak=_maybe(random, 10.0)))
    if random.random() < 0.7:
        entries.append(_random_flashback(random, start))
    if random.random() < 0.2:
        entries += _random_session(random, start)
    if random.random() < 0.1:
        entries.append(_random_assessment(random, start))
    return entries


class _Start:
    """What all headlines of a day begin with."""

    def __init__(self, random: Random, day: date) -> None:
        self.random, self.day = random, day

    def __call__(self, hour: float) -> dict[str, Any]:
        at = datetime.combine(self.day, time(), UTC) + timedelta(hours=hour)
        return {
            "id": str(UUID(int=self.random.getrandbits(128))),
            "revision": REVISION,
            "instant": at,
            "local_date": self.day,
            "occurred_at": at.isoformat(),
            "retrospective": self.random.random() < 0.1,
            "has_note": self.random.random() < 0.2,
        }


def _random_flashback(random: Random, start: _Start) -> Headline:
    told: Entry = dict.fromkeys(
        ("distress", "count", "worst_distress", "nightmare", "nightmares", "context")
    )
    told |= {"report": random.choice(["episode", "daily_count", "none_today"]), "trigger": ()}
    if told["report"] == "episode":
        told |= {"distress": _half(random), "trigger": ("sound", "place"), "context": "home"}
        told["nightmare"] = _maybe(random, value=True)
    if told["report"] == "daily_count":
        told["count"] = random.randint(0, 6)
        told |= {"worst_distress": _half(random) if told["count"] else None, "nightmares": 1}
    return FlashbackHeadline(**start(21), **told)


def _random_session(random: Random, start: _Start) -> list[Headline]:
    session = SessionHeadline(
        **start(10),
        status=random.choice(["planned", "in_progress", "completed", "completed", "cancelled"]),
        substance="esketamine",
        route="intranasal",
        dose_mg=_maybe(random, random.choice([56.0, 84.0])),
        weight_kg=70,
        phase=None,
        session_number=None,
        setting=None,
        supervision=None,
        vitals=(),
        experience=None,
        adverse_effects=(),
    )
    curve: list[Headline] = [
        DissociationHeadline(
            **start(hour), session_id=session.id, intensity=_half(random), resolved_at=None
        )
        for hour in (9.8, 10.5, 11, 13, 100)
        if random.random() < 0.7
    ]
    return [session, *curve]


def _random_assessment(random: Random, start: _Start) -> Headline:
    total = _maybe(random, random.randint(0, 27))
    return AssessmentHeadline(
        **start(19),
        instrument="phq-9",
        status="incomplete" if total is None else "scored",
        total=total,
        percent=None,
        average=None,
        band=None,
        prorated=random.random() < 0.2,
    )


def _half(random: Random) -> float:
    return random.randint(0, 20) / 2


def _maybe(random: Random, value: Any) -> Any:
    """The value, or nothing."""
    return value if random.random() < 0.7 else None

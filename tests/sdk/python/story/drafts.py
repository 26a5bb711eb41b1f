"""New entries of each kind, in the order in which they may be sent."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from afterglow_client.models import (
    AnxietyDraft,
    AssessmentAnswer,
    AssessmentDraft,
    DissociationDraft,
    FlashbackDraft,
    MoodDraft,
    SessionDraft,
)

ITEMS = 9
ZONE = "UTC"
Draft = (
    MoodDraft | AnxietyDraft | FlashbackDraft | DissociationDraft | SessionDraft | AssessmentDraft
)


def hours_ago(hours: int) -> datetime:
    """An instant, with the offset of the zone that the entries name."""
    return datetime.now(UTC).replace(microsecond=0) - timedelta(hours=hours)


def mood(score: float) -> MoodDraft:
    """A mood of an hour ago."""
    return MoodDraft(id=uuid4(), kind="mood", occurred_at=hours_ago(1), time_zone=ZONE, score=score)


def every_kind() -> list[Draft]:
    """Drafts of all six kinds; the dissociation belongs to the session, the last has no score."""
    session = SessionDraft(
        id=uuid4(),
        kind="session",
        occurred_at=hours_ago(6),
        time_zone=ZONE,
        status="completed",
        substance="ketamine_racemic",
        route="iv_infusion",
        dose_mg=41,
        infusion_minutes=40,
    )
    anxiety = AnxietyDraft(
        id=uuid4(),
        kind="anxiety",
        occurred_at=hours_ago(2),
        time_zone=ZONE,
        level=4.5,
        somatic=["heart"],
    )
    flashback = FlashbackDraft(
        id=uuid4(),
        kind="flashback",
        occurred_at=hours_ago(3),
        time_zone=ZONE,
        report="episode",
        distress=6.5,
        trigger=["media"],
    )
    dissociation = DissociationDraft(
        id=uuid4(),
        kind="dissociation",
        occurred_at=hours_ago(5),
        time_zone=ZONE,
        intensity=7,
        session_id=session.id,
    )
    return [
        session,
        mood(6.5),
        anxiety,
        flashback,
        dissociation,
        questionnaire(2, 1, 3, 2, 0, 1, 1, 0, 0),
        questionnaire(2, 1, 3),
    ]


def questionnaire(*values: int) -> AssessmentDraft:
    """A PHQ-9 with these answers; the items behind them are skipped."""
    skipped = range(len(values) + 1, ITEMS + 1)
    return AssessmentDraft(
        id=uuid4(),
        kind="assessment",
        occurred_at=hours_ago(4),
        time_zone=ZONE,
        instrument="phq-9",
        answers=[
            *(AssessmentAnswer(item=at, value=value) for at, value in enumerate(values, 1)),
            *(AssessmentAnswer(item=at) for at in skipped),
        ],
    )

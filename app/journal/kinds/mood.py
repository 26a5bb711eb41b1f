"""Mood: how the patient is, from 0 (worst) to 10 (best imaginable)."""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import ConfigDict
from typing_extensions import TypeAliasType

from app.journal.kinds.content import (
    Identified,
    LinkedContent,
    LinkedEnvelope,
    NeverImported,
    Recorded,
    Replacement,
    Shape,
)
from app.journal.kinds.headlines import Headline, Payload, headline_start
from app.journal.kinds.kind import Kind
from app.journal.kinds.patches import Patch, merge_patch_of
from app.journal.kinds.values import Different, HelpWanted, Maybe, RatingScope, Scale

# fmt: off
Emotion = TypeAliasType(
    "Emotion",
    Literal[
        "calm", "content", "hopeful", "grateful", "connected", "joyful", "proud", "tired",
        "flat", "numb", "sad", "lonely", "guilty", "ashamed", "irritable", "angry", "worried",
        "afraid", "overwhelmed", "hopeless",
    ],
)
# fmt: on

EXAMPLES: tuple[dict[str, Any], ...] = (
    {
        "id": "0197c0de-0011-7000-8000-000000000011",
        "kind": "mood",
        "occurred_at": "2026-03-14T08:10:00-04:00",
        "time_zone": "America/New_York",
        "score": 6,
    },
    {
        "id": "0197c0de-0012-7000-8000-000000000012",
        "kind": "mood",
        "occurred_at": "2026-03-14T21:30:00-04:00",
        "time_zone": "America/New_York",
        "score": 7.5,
        "scope": "day",
        "energy": 5,
        "stress": 3.5,
        "functioning": 8,
        "emotions": ["calm", "hopeful"],
        "note": "Walked by the river.",
        "tags": ["evening"],
    },
    {
        "id": "0197c0de-0013-7000-8000-000000000013",
        "kind": "mood",
        "occurred_at": "2026-03-29T03:00:00+02:00",
        "time_zone": "Europe/Berlin",
        "score": 1.5,
        "emotions": ["overwhelmed"],
        "help_wanted": True,
    },
)


class MoodFields(Shape):
    """What a mood says."""

    score: Scale
    """0 worst, 5 neither, 10 best imaginable."""
    scope: RatingScope = "moment"
    """Whether it tells of this moment or of the whole day."""
    energy: Maybe[Scale] = None
    """Better high."""
    stress: Maybe[Scale] = None
    """Worse high."""
    functioning: Maybe[Scale] = None
    """Better high."""
    emotions: Maybe[Annotated[list[Emotion], Different(5)]] = None
    """Labels only, never a safety rule."""
    help_wanted: Maybe[HelpWanted] = None
    """True: the patient pressed "I need help now". Else it is left out: false is refused."""


class MoodContent(MoodFields, LinkedContent):
    """A mood and its envelope."""

    kind: Literal["mood"]


class MoodReplacement(Replacement, MoodContent):
    """A whole mood, put in place of the stored one."""


class MoodDraft(NeverImported, MoodReplacement, Identified):
    """A new mood."""

    model_config = ConfigDict(json_schema_extra={"examples": list(EXAMPLES)})


@merge_patch_of
class MoodPatch(Patch, MoodReplacement):
    """The changed members of a mood."""


class Mood(MoodFields, LinkedEnvelope, Recorded):
    """A mood as it is read."""

    kind: Literal["mood"]


class MoodHeadline(Headline, frozen=True, kw_only=True):
    """`score` 0 to 10, better high."""

    kind: ClassVar[str] = "mood"

    score: float


def mood_headline(payload: Payload, revision: int) -> MoodHeadline:
    """What trends need of an opened mood."""
    return MoodHeadline(**headline_start(payload, revision), score=payload["score"])


MOOD = Kind(name="mood", content=MoodContent, headline=mood_headline, examples=EXAMPLES)

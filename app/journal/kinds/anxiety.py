"""Anxiety: its level, panic, what the body did, what was avoided and what helped."""

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, Literal

from pydantic import ConfigDict
from typing_extensions import TypeAliasType

from app.faults import Fault
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
from app.journal.kinds.rules import RuleContext, alone
from app.journal.kinds.values import Different, HelpWanted, Maybe, RatingScope, Scale, Within

# fmt: off
SomaticSign = TypeAliasType(
    "SomaticSign",
    Literal[
        "heart", "breath", "chest", "stomach", "sweating", "trembling", "dizziness", "tingling",
        "tension", "hot_cold", "other",
    ],
)
Avoided = TypeAliasType(
    "Avoided",
    Literal[
        "place", "people", "activity", "conversation", "thought", "media", "body_sensation",
        "other",
    ],
)
ReminderExposure = TypeAliasType(
    "ReminderExposure", Literal["none", "brief", "prolonged", "unknown"]
)
Coping = TypeAliasType(
    "Coping",
    Literal[
        "breathing", "grounding", "movement", "contact", "medication", "therapy_skill",
        "distraction", "rest", "none", "other",
    ],
)
# fmt: on

EXAMPLES: tuple[dict[str, Any], ...] = (
    {
        "id": "0197c0de-0021-7000-8000-000000000021",
        "kind": "anxiety",
        "occurred_at": "2026-03-14T08:11:00-04:00",
        "time_zone": "America/New_York",
        "level": 4.5,
    },
    {
        "id": "0197c0de-0022-7000-8000-000000000022",
        "kind": "anxiety",
        "occurred_at": "2026-03-14T21:31:00-04:00",
        "time_zone": "America/New_York",
        "level": 5,
        "scope": "day",
        "peak": 8.5,
        "avoided": ["place", "conversation"],
        "reminder_exposure": "brief",
    },
    {
        "id": "0197c0de-0023-7000-8000-000000000023",
        "kind": "anxiety",
        "occurred_at": "2026-03-15T02:20:00-04:00",
        "time_zone": "America/New_York",
        "level": 9,
        "panic": True,
        "panic_count": 1,
        "panic_minutes": 12,
        "panic_peak": 9.5,
        "somatic": ["heart", "breath"],
        "coping": ["breathing", "contact"],
        "coping_helped": 3,
    },
)


class AnxietyFields(Shape):
    """What an anxiety entry says."""

    level: Scale
    """10 worst imaginable."""
    scope: RatingScope = "moment"
    """Whether it tells of this moment or of the whole day."""
    peak: Maybe[Scale] = None
    """Worst of the day; only with scope `day`, and not below the level."""
    panic: Maybe[bool] = None
    panic_count: Maybe[Annotated[int, Within(1, 20)]] = None
    """How many attacks; like the other details only with `panic` true."""
    panic_minutes: Maybe[Annotated[int, Within(1, 240)]] = None
    """How long the longest attack lasted, in minutes."""
    panic_peak: Maybe[Scale] = None
    """Worse high."""
    somatic: Maybe[Annotated[list[SomaticSign], Different(11)]] = None
    """What the body did."""
    avoidance: Maybe[Scale] = None
    """Worse high."""
    worry: Maybe[Scale] = None
    """Worse high."""
    avoided: Maybe[Annotated[list[Avoided], Different(8)]] = None
    """What was avoided."""
    reminder_exposure: Maybe[ReminderExposure] = None
    """Whether something brought the trauma to mind."""
    coping: Maybe[Annotated[list[Coping], Different(10)]] = None
    """What was tried; `none` stands alone."""
    coping_helped: Maybe[Scale] = None
    """Better high; only with a way of coping other than `none`."""
    help_wanted: Maybe[HelpWanted] = None
    """True: the patient pressed "I need help now". Else it is left out: false is refused."""


class AnxietyContent(AnxietyFields, LinkedContent):
    """An anxiety entry with its envelope and its rules across members."""

    kind: Literal["anxiety"]

    def conflicts(self, context: RuleContext) -> Iterator[Fault]:
        """Peak, panic details, coping."""
        yield from self._peak_conflicts()
        yield from self._panic_conflicts()
        yield from alone("coping", self.coping, "none")
        if self.coping_helped is not None and self.coping in (None, ["none"]):
            message = "Only with a way of coping other than none."
            yield Fault("coping_helped_without_coping", message, "/coping_helped")

    def _peak_conflicts(self) -> Iterator[Fault]:
        if self.peak is None:
            return
        if self.scope != "day":
            yield Fault("peak_needs_day_scope", "A peak belongs to a whole day.", "/peak")
        elif self.peak < self.level:
            yield Fault("peak_below_level", "A peak is not below the level.", "/peak")

    def _panic_conflicts(self) -> Iterator[Fault]:
        if self.panic:
            return
        for field in ("panic_count", "panic_minutes", "panic_peak"):
            if getattr(self, field) is not None:
                message = "Only when there was panic."
                yield Fault("panic_detail_without_panic", message, f"/{field}")


class AnxietyReplacement(Replacement, AnxietyContent):
    """A whole anxiety entry, put in place of the stored one."""


class AnxietyDraft(NeverImported, AnxietyReplacement, Identified):
    """A new anxiety entry."""

    model_config = ConfigDict(json_schema_extra={"examples": list(EXAMPLES)})


@merge_patch_of
class AnxietyPatch(Patch, AnxietyReplacement):
    """The changed members of an anxiety entry."""


class Anxiety(AnxietyFields, LinkedEnvelope, Recorded):
    """An anxiety entry as it is read."""

    kind: Literal["anxiety"]


class AnxietyHeadline(Headline, frozen=True, kw_only=True):
    """`level` and `peak` 0 to 10, worse high; `peak` only for a whole day."""

    kind: ClassVar[str] = "anxiety"

    level: float
    peak: float | None


def anxiety_headline(payload: Payload, revision: int) -> AnxietyHeadline:
    """What trends need of an opened anxiety entry."""
    start = headline_start(payload, revision)
    return AnxietyHeadline(**start, level=payload["level"], peak=payload.get("peak"))


ANXIETY = Kind(name="anxiety", content=AnxietyContent, headline=anxiety_headline, examples=EXAMPLES)

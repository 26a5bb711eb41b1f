"""Flashbacks: one episode, the count of a day, or the statement that there was none."""

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, Literal

from pydantic import ConfigDict
from typing_extensions import TypeAliasType

from app.faults import Fault, fault
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
from app.journal.kinds.values import Different, HelpWanted, Maybe, Scale, Within, tenths

FlashbackReport = TypeAliasType("FlashbackReport", Literal["episode", "daily_count", "none_today"])
DurationBand = TypeAliasType(
    "DurationBand", Literal["seconds", "under_5", "5_15", "15_60", "over_60"]
)
FlashbackSense = TypeAliasType(
    "FlashbackSense",
    Literal["sight", "sound", "smell", "taste", "touch", "body", "emotion_only"],
)
# fmt: off
FlashbackTrigger = TypeAliasType(
    "FlashbackTrigger",
    Literal[
        "sight_scene", "sound", "smell_taste", "touch_body_state", "place", "person", "date",
        "media", "conversation", "conflict", "thought_feeling", "sleep", "treatment_session",
        "none_noticed", "unknown", "other",
    ],
)
FlashbackContext = TypeAliasType(
    "FlashbackContext",
    Literal["home", "work", "outdoors", "transport", "social", "clinic", "bed", "other"],
)
Grounding = TypeAliasType(
    "Grounding",
    Literal[
        "breathing", "orienting", "cold_or_touch", "movement", "contact", "object", "medication",
        "therapy_skill", "distraction", "none", "other",
    ],
)

FIELDS_OF_REPORT = {
    "episode": (
        "distress", "intensity", "nowness", "presence", "duration_minutes", "duration_band",
        "senses", "trigger", "context", "nightmare", "grounding", "grounding_helped",
    ),
    "daily_count": ("count", "nightmares", "worst_distress"),
    "none_today": (),
}
NEEDED_BY_REPORT = {"episode": "distress", "daily_count": "count"}
# fmt: on

EXAMPLES: tuple[dict[str, Any], ...] = (
    {
        "id": "0197c0de-0002-7000-8000-000000000002",
        "kind": "flashback",
        "occurred_at": "2026-03-14T21:40:00-04:00",
        "time_zone": "America/New_York",
        "report": "episode",
        "distress": 6.5,
        "intensity": 7,
        "presence": 1,
        "duration_band": "under_5",
        "senses": ["sound", "body"],
        "trigger": ["media"],
        "context": "home",
        "grounding": ["breathing", "orienting"],
        "grounding_helped": 5,
        "tags": ["evening"],
    },
    {
        "id": "0197c0de-0032-7000-8000-000000000032",
        "kind": "flashback",
        "occurred_at": "2026-03-15T21:30:00-04:00",
        "time_zone": "America/New_York",
        "report": "daily_count",
        "count": 2,
        "nightmares": 1,
        "worst_distress": 7,
    },
    {
        "id": "0197c0de-0033-7000-8000-000000000033",
        "kind": "flashback",
        "occurred_at": "2026-03-16T21:30:00-04:00",
        "time_zone": "America/New_York",
        "report": "none_today",
    },
)


class FlashbackFields(Shape):
    """What a flashback entry says. What the memory was about is never asked."""

    report: FlashbackReport
    """Decides which members may stand here. `daily_count`: `count`, `nightmares`, `worst_distress`.
    `none_today`: none of these and none of an episode. `episode`: all but these three."""
    distress: Maybe[Scale] = None
    """Worse high; required in an episode."""
    intensity: Maybe[Scale] = None
    """Worse high."""
    nowness: Maybe[Scale] = None
    """How much it seemed to happen now; worse high."""
    presence: Maybe[Annotated[int, Within(0, 3)]] = None
    """0 fully here, 3 lost contact with the surroundings."""
    duration_minutes: Maybe[Annotated[float, Within(0.1, 1440, tenths)]] = None
    """Minutes with at most one decimal; not together with the band."""
    duration_band: Maybe[DurationBand] = None
    """In minutes, but for `seconds`."""
    senses: Maybe[Annotated[list[FlashbackSense], Different(7)]] = None
    trigger: Maybe[Annotated[list[FlashbackTrigger], Different(16)]] = None
    """`none_noticed` and `unknown` stand alone."""
    context: Maybe[FlashbackContext] = None
    nightmare: Maybe[bool] = None
    grounding: Maybe[Annotated[list[Grounding], Different(11)]] = None
    """What was tried; `none` stands alone."""
    grounding_helped: Maybe[Scale] = None
    """Better high; only with a grounding other than `none`."""
    count: Maybe[Annotated[int, Within(0, 100)]] = None
    """Flashbacks of the day; required in a daily count."""
    nightmares: Maybe[Annotated[int, Within(0, 20)]] = None
    worst_distress: Maybe[Scale] = None
    """Worse high; required when the count is above 0."""
    help_wanted: Maybe[HelpWanted] = None
    """True: the patient pressed "I need help now". Else it is left out: false is refused."""


class FlashbackContent(FlashbackFields, LinkedContent):
    """A flashback entry with its envelope and its rules across members."""

    kind: Literal["flashback"]

    def conflicts(self, context: RuleContext) -> Iterator[Fault]:
        """The report decides which members there are; the rest are rules of that report."""
        yield from self._report_conflicts()
        if self.report == "episode":
            yield from self._episode_conflicts()
        elif self.report == "daily_count":
            yield from self._count_conflicts()

    def _report_conflicts(self) -> Iterator[Fault]:
        for report, fields in FIELDS_OF_REPORT.items():
            for field in fields if report != self.report else ():
                if getattr(self, field) is not None:
                    message = "This belongs to another report."
                    yield Fault("field_not_for_report", message, f"/{field}")
        needed = NEEDED_BY_REPORT.get(self.report)
        if needed and getattr(self, needed) is None:
            yield fault("missing", f"/{needed}")

    def _episode_conflicts(self) -> Iterator[Fault]:
        if self.duration_minutes is not None and self.duration_band is not None:
            yield Fault("duration_given_twice", "Minutes or a band, not both.", "/duration_band")
        yield from alone("trigger", self.trigger, "none_noticed", "unknown")
        yield from alone("grounding", self.grounding, "none")
        if self.grounding_helped is not None and self.grounding in (None, ["none"]):
            message = "Only with a grounding other than none."
            yield Fault("grounding_helped_without_grounding", message, "/grounding_helped")

    def _count_conflicts(self) -> Iterator[Fault]:
        if self.count and self.worst_distress is None:
            message = "A count above 0 needs the worst distress."
            yield Fault("worst_distress_required", message, "/worst_distress")
        if self.count == 0 and self.worst_distress is not None:
            message = "A count of 0 has no distress."
            yield Fault("worst_distress_not_allowed", message, "/worst_distress")


class FlashbackReplacement(Replacement, FlashbackContent):
    """A whole flashback entry, put in place of the stored one."""


class FlashbackDraft(NeverImported, FlashbackReplacement, Identified):
    """A new flashback entry."""

    model_config = ConfigDict(json_schema_extra={"examples": list(EXAMPLES)})


@merge_patch_of
class FlashbackPatch(Patch, FlashbackReplacement):
    """The changed members of a flashback entry."""


class Flashback(FlashbackFields, LinkedEnvelope, Recorded):
    """A flashback entry as it is read."""

    kind: Literal["flashback"]


class FlashbackHeadline(Headline, frozen=True, kw_only=True):
    """`report` tells which of the rest may be there; distress 0 to 10, worse high."""

    kind: ClassVar[str] = "flashback"

    report: str
    distress: float | None
    count: int | None
    worst_distress: float | None
    nightmare: bool | None
    nightmares: int | None
    trigger: tuple[str, ...]
    context: str | None


def flashback_headline(payload: Payload, revision: int) -> FlashbackHeadline:
    """What trends need of an opened flashback entry."""
    return FlashbackHeadline(
        **headline_start(payload, revision),
        report=payload["report"],
        distress=payload.get("distress"),
        count=payload.get("count"),
        worst_distress=payload.get("worst_distress"),
        nightmare=payload.get("nightmare"),
        nightmares=payload.get("nightmares"),
        trigger=tuple(payload.get("trigger", ())),
        context=payload.get("context"),
    )


FLASHBACK = Kind(
    name="flashback", content=FlashbackContent, headline=flashback_headline, examples=EXAMPLES
)

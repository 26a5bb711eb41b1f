"""Dissociation around a treatment session, or on its own: tolerability, never effect."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Annotated, Any, ClassVar, Literal

from pydantic import ConfigDict
from typing_extensions import TypeAliasType

from app.faults import Fault
from app.journal.kinds.content import (
    Filled,
    Identified,
    LinkedContent,
    LinkedEnvelope,
    NeverImported,
    Recorded,
    Replacement,
    Shape,
)
from app.journal.kinds.headlines import Headline, Payload, headline_start
from app.journal.kinds.instants import instant_of
from app.journal.kinds.kind import Kind
from app.journal.kinds.patches import Patch, merge_patch_of
from app.journal.kinds.rules import LinkedSession, RuleContext
from app.journal.kinds.values import HelpWanted, Instant, Maybe, Scale, Total, Within

DissociationReporter = TypeAliasType("DissociationReporter", Literal["self", "observer"])
DissociationScaleName = TypeAliasType(
    "DissociationScaleName", Literal["cadss-23", "cadss-28", "cadss-6"]
)

HIGHEST_TOTAL = {"cadss-23": 92, "cadss-28": 112, "cadss-6": 24}
WINDOW_START = timedelta(minutes=-120)
WINDOW_END = timedelta(minutes=4320)
RESOLVED_AT_MOST = 1

EXAMPLES: tuple[dict[str, Any], ...] = (
    {
        "id": "0197c0de-0041-7000-8000-000000000041",
        "kind": "dissociation",
        "occurred_at": "2026-03-13T10:50:00-04:00",
        "time_zone": "America/New_York",
        "session_id": "0197c0de-0001-7000-8000-000000000001",
        "intensity": 7.5,
        "valence": 2,
        "distress": 1,
        "domains": {"self": 2, "time": 3, "perception": 2},
        "scale": {"name": "cadss-6", "total": 11},
    },
    {
        "id": "0197c0de-0042-7000-8000-000000000042",
        "kind": "dissociation",
        "occurred_at": "2026-03-13T12:05:00-04:00",
        "time_zone": "America/New_York",
        "session_id": "0197c0de-0001-7000-8000-000000000001",
        "intensity": 0.5,
        "resolved": True,
        "resolved_at": "2026-03-13T11:55:00-04:00",
        "reported_by": "observer",
    },
    {
        "id": "0197c0de-0043-7000-8000-000000000043",
        "kind": "dissociation",
        "occurred_at": "2026-03-20T16:30:00-04:00",
        "time_zone": "America/New_York",
        "spontaneous": True,
        "intensity": 4,
        "distress": 5.5,
    },
)


class DissociationDomains(Filled):
    """What was altered, each from 0 not at all to 4 extremely; at least one."""

    self: Maybe[Annotated[int, Within(0, 4)]] = None
    surroundings: Maybe[Annotated[int, Within(0, 4)]] = None
    time: Maybe[Annotated[int, Within(0, 4)]] = None
    perception: Maybe[Annotated[int, Within(0, 4)]] = None
    body: Maybe[Annotated[int, Within(0, 4)]] = None
    memory_gap: Maybe[Annotated[int, Within(0, 4)]] = None


class DissociationScale(Shape):
    """The total of a clinician's scale; no items of it are kept."""

    name: DissociationScaleName
    total: Total
    """0 to 92 of cadss-23, to 112 of cadss-28, to 24 of cadss-6."""


class DissociationFields(Shape):
    """What a dissociation entry says."""

    spontaneous: bool = False
    """Whether it came without a treatment session."""
    intensity: Scale
    """10 completely detached."""
    valence: Maybe[Annotated[int, Within(-5, 5)]] = None
    """From -5 very unpleasant to 5 very pleasant."""
    distress: Maybe[Scale] = None
    """Worse high."""
    sedation: Maybe[Scale] = None
    """Worse high."""
    nausea: Maybe[Scale] = None
    """Worse high."""
    anxiety: Maybe[Scale] = None
    """Worse high."""
    domains: Maybe[DissociationDomains] = None
    resolved: Maybe[bool] = None
    """True only with an intensity of at most 1."""
    resolved_at: Maybe[Instant] = None
    """When it was over; only with `resolved` true, between the dose and this entry."""
    reported_by: DissociationReporter = "self"
    scale: Maybe[DissociationScale] = None
    help_wanted: Maybe[HelpWanted] = None
    """True: the patient pressed "I need help now". Else it is left out: false is refused."""


class DissociationContent(DissociationFields, LinkedContent):
    """A dissociation entry with its envelope and its rules across members."""

    kind: Literal["dissociation"]

    def conflicts(self, context: RuleContext) -> Iterator[Fault]:
        """Session and window, resolution, the scale's range."""
        yield from self._session_conflicts(context)
        if self.resolved and self.intensity > RESOLVED_AT_MOST:
            message = f"Resolved means an intensity of at most {RESOLVED_AT_MOST}."
            yield Fault("resolved_but_intense", message, "/resolved")
        if self.resolved_at is not None:
            yield from self._resolution_conflicts(self.resolved_at, context.linked_session)
        if self.scale and not 0 <= self.scale.total <= HIGHEST_TOTAL[self.scale.name]:
            message = "This total lies outside the scale."
            yield Fault("total_out_of_range", message, "/scale/total")

    def _session_conflicts(self, context: RuleContext) -> Iterator[Fault]:
        session = context.linked_session
        if self.session_id is None:
            if not self.spontaneous:
                message = "Name the session, or say that it was spontaneous."
                yield Fault("session_required", message, "/session_id")
            return
        if self.spontaneous:
            message = "What belongs to a session is not spontaneous."
            yield Fault("session_with_spontaneous", message, "/spontaneous")
        if session is None:
            return
        if not session.dosed:
            if context.session_changed:
                message = "No dose was given in this session."
                yield Fault("session_without_dose", message, "/session_id")
        elif not WINDOW_START <= self.instant - session.instant <= WINDOW_END:
            message = "This lies more than 2 hours before or 72 hours after the dose."
            yield Fault("outside_session_window", message, "/occurred_at")

    def _resolution_conflicts(
        self, resolved_at: str, session: LinkedSession | None
    ) -> Iterator[Fault]:
        end = instant_of(resolved_at)
        if not self.resolved:
            message = "Only when it is resolved."
            yield Fault("resolved_at_without_resolved", message, "/resolved_at")
        elif end > self.instant:
            message = "This lies after the entry."
            yield Fault("resolved_after_entry", message, "/resolved_at")
        elif session is not None and session.dosed and end < session.instant:
            message = "This lies before the dose."
            yield Fault("resolved_before_dose", message, "/resolved_at")


class DissociationReplacement(Replacement, DissociationContent):
    """A whole dissociation entry, put in place of the stored one."""


class DissociationDraft(NeverImported, DissociationReplacement, Identified):
    """A new dissociation entry."""

    model_config = ConfigDict(json_schema_extra={"examples": list(EXAMPLES)})


@merge_patch_of
class DissociationPatch(Patch, DissociationReplacement):
    """The changed members of a dissociation entry."""


class Dissociation(DissociationFields, LinkedEnvelope, Recorded):
    """A dissociation entry as it is read."""

    kind: Literal["dissociation"]


class DissociationHeadline(Headline, frozen=True, kw_only=True):
    """`intensity` 0 to 10, worse high; `resolved_at` in UTC; no session when spontaneous."""

    kind: ClassVar[str] = "dissociation"

    session_id: str | None
    intensity: float
    resolved_at: datetime | None


def dissociation_headline(payload: Payload, revision: int) -> DissociationHeadline:
    """What trends need of an opened dissociation entry."""
    resolved_at = payload.get("resolved_at")
    return DissociationHeadline(
        **headline_start(payload, revision),
        session_id=payload.get("session_id"),
        intensity=payload["intensity"],
        resolved_at=instant_of(resolved_at) if resolved_at else None,
    )


DISSOCIATION = Kind(
    name="dissociation",
    content=DissociationContent,
    headline=dissociation_headline,
    examples=EXAMPLES,
)

"""A ketamine treatment session, planned or held; `occurred_at` is the first dose."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from app.faults import Fault
from app.journal.kinds.content import (
    Content,
    Envelope,
    Identified,
    NeverImported,
    Recorded,
    Replacement,
    Shape,
)
from app.journal.kinds.kind import FREE_TEXTS, Kind
from app.journal.kinds.patches import Patch, merge_patch_of
from app.journal.kinds.rules import EntryWarning, RuleContext, WarningContext, alone, is_before
from app.journal.kinds.session_headline import session_headline
from app.journal.kinds.session_rules import (
    closeness_warnings,
    dose_conflicts,
    dose_warnings,
    time_conflicts,
    vital_conflicts,
)
from app.journal.kinds.session_shapes import (
    Milligrams,
    Route,
    SessionAdverseEffect,
    SessionDose,
    SessionExperience,
    SessionPhase,
    SessionSetting,
    SessionStatus,
    SessionVital,
    Substance,
    Supervision,
    TherapyPart,
)
from app.journal.kinds.thresholds import THRESHOLDS
from app.journal.kinds.values import Different, FreeText, Instant, Maybe, Within, tenths

MOST_AHEAD = timedelta(days=366)

# fmt: off
FIELDS_OF_HELD_SESSIONS = (
    "ended_at", "doses", "vitals", "sedation_moaas", "monitoring_minutes", "discharge_ready_at",
    "adverse_effects", "experience",
)
# fmt: on

EXAMPLES: tuple[dict[str, Any], ...] = (
    {
        "id": "0197c0de-0001-7000-8000-000000000001",
        "kind": "session",
        "occurred_at": "2026-03-13T10:05:00-04:00",
        "time_zone": "America/New_York",
        "status": "completed",
        "substance": "ketamine_racemic",
        "route": "iv_infusion",
        "dose_mg": 41,
        "weight_kg": 82,
        "infusion_minutes": 40,
        "phase": "induction",
        "session_number": 3,
        "setting": "clinic",
        "supervision": "in_person",
        "monitoring_minutes": 120,
        "vitals": [
            {"phase": "pre", "systolic": 124, "diastolic": 78, "pulse": 72, "spo2": 98},
            {
                "at": "2026-03-13T10:45:00-04:00",
                "phase": "peak",
                "systolic": 141,
                "diastolic": 90,
                "spo2": 97,
            },
        ],
        "adverse_effects": [
            {"code": "nausea", "severity": 1, "onset_minutes": 50, "resolved": True}
        ],
        "escort_home": True,
    },
    {
        "id": "0197c0de-0052-7000-8000-000000000052",
        "kind": "session",
        "occurred_at": "2026-03-17T14:00:00-04:00",
        "time_zone": "America/New_York",
        "source": "clinic",
        "status": "completed",
        "substance": "esketamine",
        "route": "intranasal",
        "dose_mg": 56,
        "doses": [
            {"at": "2026-03-17T14:00:00-04:00", "mg": 28},
            {"at": "2026-03-17T14:05:00-04:00", "mg": 28},
        ],
        "sedation_moaas": 4,
        "rems_program": True,
        "therapy": ["integration"],
        "experience": {"intensity": 6, "comfort": 2, "insight": 4.5},
    },
    {
        "id": "0197c0de-0053-7000-8000-000000000053",
        "kind": "session",
        "occurred_at": "2026-04-02T09:00:00-04:00",
        "time_zone": "America/New_York",
        "status": "planned",
        "substance": "ketamine_racemic",
        "route": "im",
        "intention": "To look at what keeps me up.",
    },
)


class SessionFields(Shape):
    """What a session says. Times of a planned, cancelled or missed one are the appointment's."""

    status: SessionStatus
    """`ended_at`, `doses`, `vitals`, `sedation_moaas`, `monitoring_minutes`, `discharge_ready_at`,
    `adverse_effects` and `experience` belong to `in_progress` and `completed` only. A `planned` or
    `cancelled` one may lie up to 366 days ahead."""
    substance: Substance
    route: Route
    ended_at: Maybe[Instant] = None
    """At most 24 hours after the first dose."""
    dose_mg: Maybe[Milligrams] = None
    """Milligrams with at most two decimals; the sum of `doses` where both are given."""
    doses: Maybe[Annotated[list[SessionDose], Field(min_length=1, max_length=20)]] = None
    weight_kg: Maybe[Annotated[float, Within(25, 350, tenths)]] = None
    """Kilograms with at most one decimal."""
    infusion_minutes: Maybe[Annotated[int, Within(1, 600)]] = None
    """Only for the routes `iv_infusion` and `sc`."""
    phase: Maybe[SessionPhase] = None
    session_number: Maybe[Annotated[int, Within(1, 500)]] = None
    setting: Maybe[SessionSetting] = None
    supervision: Maybe[Supervision] = None
    therapy: Maybe[Annotated[list[TherapyPart], Different(4)]] = None
    """`none` stands alone."""
    vitals: Maybe[Annotated[list[SessionVital], Field(min_length=1, max_length=50)]] = None
    sedation_moaas: Maybe[Annotated[int, Within(0, 5)]] = None
    """5 alert; only with source `clinic`."""
    monitoring_minutes: Maybe[Annotated[int, Within(0, 1440)]] = None
    discharge_ready_at: Maybe[Instant] = None
    no_driving_until: Maybe[Instant] = None
    adverse_effects: Maybe[
        Annotated[list[SessionAdverseEffect], Field(min_length=1, max_length=30)]
    ] = None
    experience: Maybe[SessionExperience] = None
    intention: Maybe[FreeText] = None
    """Free text, private like the note."""
    rems_program: Maybe[bool] = None
    escort_home: Maybe[bool] = None


class SessionContent(SessionFields, Content):
    """A session with its envelope and its rules across members."""

    kind: Literal["session"]

    @property
    def held(self) -> bool:
        """Whether a dose was given."""
        return self.status in ("in_progress", "completed")

    @property
    def furthest_ahead(self) -> timedelta:
        """An appointment, also one that is called off, may lie up to 366 days ahead."""
        return MOST_AHEAD if self.status in ("planned", "cancelled") else super().furthest_ahead

    def conflicts(self, context: RuleContext) -> Iterator[Fault]:
        """What belongs to the status, then the rules of what may stand here."""
        if self.held:
            yield from self._course_conflicts()
        else:
            yield from self._status_conflicts()
        if self.infusion_minutes is not None and self.route not in ("iv_infusion", "sc"):
            message = "Only for infusions."
            yield Fault("infusion_not_for_route", message, "/infusion_minutes")
        yield from alone("therapy", self.therapy, "none")
        if self.no_driving_until and is_before(self.no_driving_until, self.instant):
            message = "This lies before the session."
            yield Fault("no_driving_before_dose", message, "/no_driving_until")

    def oddities(self, context: WarningContext) -> Iterator[EntryWarning]:
        """Doses, supervision, monitoring, and a session close by."""
        yield from dose_warnings(self.route, self.substance, self.dose_mg, self.weight_kg)
        if self.supervision == "none":
            message = "Nobody was there or watching. Ketamine needs someone with you."
            yield EntryWarning("unsupervised", message, "/supervision")
        watched = self.monitoring_minutes
        least = THRESHOLDS.monitoring_minutes
        if self.substance == "esketamine" and watched is not None and watched < least:
            message = f"After esketamine {least} minutes of monitoring are usual."
            yield EntryWarning("monitoring_short", message, "/monitoring_minutes")
        if self.status not in ("cancelled", "missed"):
            yield from closeness_warnings(self.instant, context.other_sessions)

    def _status_conflicts(self) -> Iterator[Fault]:
        for field in FIELDS_OF_HELD_SESSIONS:
            if getattr(self, field) is not None:
                message = "Only when the session is in progress or completed."
                yield Fault("field_not_for_status", message, f"/{field}")

    def _course_conflicts(self) -> Iterator[Fault]:
        start = self.instant
        yield from time_conflicts(start, self.ended_at)
        if self.doses:
            yield from dose_conflicts(start, self.doses, self.dose_mg)
        yield from vital_conflicts(self.vitals or ())
        if self.sedation_moaas is not None and self.source != "clinic":
            message = "This score comes from the clinic's record."
            yield Fault("clinic_source_required", message, "/sedation_moaas")
        if self.discharge_ready_at and is_before(self.discharge_ready_at, start):
            message = "This lies before the dose."
            yield Fault("discharge_before_dose", message, "/discharge_ready_at")


class SessionReplacement(Replacement, SessionContent):
    """A whole session, put in place of the stored one."""


class SessionDraft(NeverImported, SessionReplacement, Identified):
    """A new session."""

    model_config = ConfigDict(json_schema_extra={"examples": list(EXAMPLES)})


@merge_patch_of
class SessionPatch(Patch, SessionReplacement):
    """The changed members of a session."""


class Session(SessionFields, Envelope, Recorded):
    """A session as it is read."""

    kind: Literal["session"]


SESSION = Kind(
    name="session",
    content=SessionContent,
    headline=session_headline,
    examples=EXAMPLES,
    free_texts=(*FREE_TEXTS, ("intention",)),
)

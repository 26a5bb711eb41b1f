"""What a treatment session is told in: its codes, and the objects inside it."""

from typing import Annotated, Literal

from typing_extensions import TypeAliasType

from app.journal.kinds.content import Filled, Shape
from app.journal.kinds.values import Instant, Maybe, Scale, Within, hundredths

SessionStatus = TypeAliasType(
    "SessionStatus", Literal["planned", "in_progress", "completed", "cancelled", "missed"]
)
Substance = TypeAliasType(
    "Substance", Literal["ketamine_racemic", "esketamine", "arketamine", "other", "unknown"]
)
# fmt: off
Route = TypeAliasType(
    "Route",
    Literal[
        "iv_infusion", "iv_push", "im", "sc", "intranasal", "sublingual", "oral", "rectal",
        "other",
    ],
)
SessionPhase = TypeAliasType(
    "SessionPhase",
    Literal["induction", "continuation", "maintenance", "booster", "single", "unknown"],
)
SessionSetting = TypeAliasType(
    "SessionSetting", Literal["hospital", "clinic", "office", "home", "other"]
)
Supervision = TypeAliasType(
    "Supervision", Literal["in_person", "remote", "lay_sitter", "none", "unknown"]
)
TherapyPart = TypeAliasType(
    "TherapyPart", Literal["preparation", "during", "integration", "none"]
)
VitalPhase = TypeAliasType("VitalPhase", Literal["pre", "peak", "post"])
AdverseEffectCode = TypeAliasType(
    "AdverseEffectCode",
    Literal[
        "dissociation", "sedation", "dizziness", "nausea", "vomiting", "headache",
        "blurred_vision", "raised_bp", "palpitations", "anxiety", "panic", "dysphoria",
        "perceptual", "confusion", "speech", "numbness", "taste", "salivation", "urinary",
        "fainting", "breathing", "chest_pain", "seizure", "injury", "other",
    ],
)
# fmt: on

Milligrams = Annotated[float, Within(0.1, 2000, hundredths)]


class SessionDose(Shape):
    """One of several doses; the first is at `occurred_at`, the others follow it."""

    at: Instant
    mg: Milligrams
    """Milligrams with at most two decimals."""


class SessionVital(Shape):
    """One reading: when or in which phase, and at least one number."""

    at: Maybe[Instant] = None
    phase: Maybe[VitalPhase] = None
    systolic: Maybe[Annotated[int, Within(50, 300)]] = None
    """mmHg."""
    diastolic: Maybe[Annotated[int, Within(20, 200)]] = None
    """mmHg, below the systolic pressure."""
    pulse: Maybe[Annotated[int, Within(20, 250)]] = None
    """Beats a minute."""
    spo2: Maybe[Annotated[int, Within(50, 100)]] = None
    """Percent."""
    resp_rate: Maybe[Annotated[int, Within(4, 60)]] = None
    """Breaths a minute."""


class SessionAdverseEffect(Shape):
    """Something unwanted that happened."""

    code: AdverseEffectCode
    severity: Annotated[int, Within(1, 3)]
    """1 mild, 2 moderate, 3 severe."""
    onset_minutes: Maybe[Annotated[int, Within(-60, 10080)]] = None
    """Minutes after the dose."""
    resolved: Maybe[bool] = None


class SessionExperience(Filled):
    """How the session was; at least one member."""

    intensity: Maybe[Scale] = None
    """10 strongest imaginable."""
    comfort: Maybe[Annotated[int, Within(-5, 5)]] = None
    """From -5 very uncomfortable to 5 very comfortable."""
    insight: Maybe[Scale] = None
    """Better high."""
